// What the message box offers while one types: commands after "/", people after "@".

import { botName, store } from "../lib/store.js";

/** The offers for a text with the caret at its end: a list of {insert, label, hint}, put `from` there. */
export function offers(text) {
  const command = /^\/[^\s]*$/.exec(text);
  if (command) return { from: 0, list: commandOffers(text) };
  const person = /(?:^|\s)@(\S*)$/.exec(text);
  if (person) return { from: text.length - person[1].length - 1, list: personOffers(person[1]) };
  return { from: 0, list: [] };
}

function commandOffers(text) {
  return store.workspace.commands
    .filter((each) => each.command.startsWith(text))
    .map((each) => ({
      insert: `${each.command} `,
      label: `${each.command} ${each.usage_hint ?? ""}`,
      hint: each.description ?? "",
    }));
}

function personOffers(start) {
  const wanted = start.toLowerCase();
  return people()
    .filter(
      (each) =>
        each.name
          .toLowerCase()
          .split(/\s+/)
          .some((word) => word.startsWith(wanted)) || each.name.toLowerCase().startsWith(wanted),
    )
    .map((each) => ({ insert: `@${each.name} `, label: each.name, hint: each.hint }));
}

const people = () => [
  { id: store.workspace.bot.user_id, name: botName(), hint: "app" },
  ...store.workspace.members.map((each) => ({
    id: each.id,
    name: each.real_name,
    hint: each.title,
  })),
];

/** Turn "@Name" and "#channel" in an encoded text into Slack's own references. */
export function withReferences(text) {
  const named = people()
    .sort((one, other) => other.name.length - one.name.length)
    .reduce((result, each) => result.replaceAll(`@${each.name}`, `<@${each.id}>`), text);
  return named
    .replace(/(^|\s)@(channel|here|everyone)\b/g, "$1<!$2>")
    .replace(/(^|\s)#([\w-]+)/g, (whole, before, name) => {
      const found = store.workspace.channels.find((each) => !each.is_im && each.name === name);
      return found ? `${before}<#${found.id}>` : whole;
    });
}
