// Slack's mrkdwn as elements: *bold* _italic_ ~strike~ `code` ```pre``` > quote <link|label> <@U1>
// :emoji: and lines.
// Entities are decoded once, at the end, so an escaped "<!channel>" stays harmless text.

import { h } from "./dom.js";
import { emoji, withEmoji } from "./emoji.js";
import { dateTokens, fullMoment } from "./time.js";
import { actAs, channel, displayName, isBot, member, store } from "./store.js";
import { placeHash } from "./place.js";

const ENTITIES = { "&lt;": "<", "&gt;": ">", "&amp;": "&" };
const TAGS = { "*": "b", _: "i", "~": "s" };
const SAFE_SCHEMES = ["http:", "https:", "mailto:", "tel:"];
const NO_WORD_BEFORE = "(?<![\\p{L}\\p{N}])";
const NO_WORD_AFTER = "(?![\\p{L}\\p{N}])";
const INLINE = new RegExp(
  [
    "`(?<code>[^`\\n]+)`",
    "<(?<angle>[^<>\\n]+)>",
    ":(?<emoji>[a-z0-9_+-]+):",
    "(?<url>https?://[^\\s<>|*~`]+)",
    `${NO_WORD_BEFORE}(?<mark>[*_~])(?!\\k<mark>)(?=\\S)(?<styled>[^\\n]+?)(?<=\\S)\\k<mark>${NO_WORD_AFTER}`,
  ].join("|"),
  "gu",
);

/** Decode the three entities, each once. */
const decode = (text) => text.replace(/&(?:lt|gt|amp);/g, (entity) => ENTITIES[entity]);

/** Encode what a person typed, as Slack's own message box does. */
export const encode = (text) =>
  text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

/** The nodes of an mrkdwn text; `verbatim` makes no links of bare addresses. */
export function mrkdwn(text, verbatim = false) {
  return text
    .split(/\n?```([\s\S]+?)```\n?/)
    .flatMap((part, place) =>
      place % 2 ? h("pre", {}, decode(part.replace(/^\n|\n$/g, ""))) : quotesAndLines(part, verbatim),
    );
}

/** The nodes of a text object: {type: "mrkdwn" | "plain_text", text}. */
export function textObject(object) {
  if (!object) return [];
  if (object.type === "mrkdwn") return mrkdwn(object.text, object.verbatim);
  return [object.emoji === false ? object.text : withEmoji(object.text)];
}

function quotesAndLines(text, verbatim) {
  const nodes = [];
  let lines = [];
  let quoted = false;
  const flush = () => {
    if (!lines.length) return;
    const content = inline(lines.join("\n"), verbatim);
    nodes.push(...(quoted ? [h("blockquote", {}, content)] : content));
    lines = [];
  };
  for (const line of text === "" ? [] : text.split("\n")) {
    const quote = /^(?:&gt;|>) ?(.*)$/.exec(line);
    if (Boolean(quote) !== quoted) {
      flush();
      quoted = Boolean(quote);
    }
    lines.push(quote ? quote[1] : line);
  }
  flush();
  return nodes;
}

function inline(text, verbatim) {
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(INLINE)) {
    nodes.push(decode(text.slice(from, match.index)), ...token(match, verbatim));
    from = match.index + match[0].length;
  }
  nodes.push(decode(text.slice(from)));
  return nodes.filter((node) => node !== "");
}

function token({ 0: whole, groups }, verbatim) {
  if (groups.code) return [h("code", {}, decode(groups.code))];
  if (groups.angle) return [angle(groups.angle)];
  if (groups.emoji) return [emoji(groups.emoji) ?? whole];
  if (groups.url) return verbatim ? [decode(whole)] : bareLink(groups.url);
  return [h(TAGS[groups.mark], {}, inline(groups.styled, verbatim))];
}

function angle(content) {
  const [target, label] = splitOnce(content, "|");
  if (target.startsWith("@")) return mention(target.slice(1));
  if (target.startsWith("#")) return channelLink(target.slice(1), label);
  if (target.startsWith("!date^")) return dateNode(target, label);
  if (target.startsWith("!"))
    return h("span", { class: "mention broadcast" }, broadcast(target, label));
  return (
    link(decode(target), label === null ? decode(target) : decode(label)) ?? decode(`<${content}>`)
  );
}

function broadcast(target, label) {
  return label ? decode(label) : `@${target.slice(1).split("^")[0]}`;
}

function dateNode(target, label) {
  const [, seconds, pattern, address] = target.split("^");
  if (!/^\d+$/.test(seconds) || !pattern) return decode(label ?? "");
  const words = dateTokens(decode(pattern), seconds, store.me.tz);
  const title = fullMoment(seconds, store.me.tz);
  return (
    (address && link(decode(address), words)) ??
    h("time", { title, dateTime: new Date(seconds * 1000).toISOString() }, words)
  );
}

/** A mention; a click on a person acts as that person. */
export function mention(userId) {
  const name = `@${displayName(userId)}`;
  if (!member(userId))
    return h("span", { class: isBot(userId) ? "mention app-mention" : "mention" }, name);
  const mine = userId === store.me.id;
  const title = mine ? "You" : `Act as ${displayName(userId)}`;
  const on = mine ? {} : { click: () => actAs(userId) };
  return h("button", { type: "button", class: `mention${mine ? " me" : ""}`, title, on }, name);
}

/** A link to a channel of the workspace. */
export function channelLink(id, label = null) {
  const known = channel(id);
  if (!known) return h("span", { class: "mention" }, `#${label ? decode(label) : id}`);
  return h("a", { class: "mention", href: placeHash("c", known.name) }, `#${known.name}`);
}

/** A link to elsewhere, or null when the address isn't one that a browser may follow safely. */
export function link(address, label = address) {
  if (!URL.canParse(address) || !SAFE_SCHEMES.includes(new URL(address).protocol)) return null;
  return h("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, label);
}

function bareLink(text) {
  const [tail] = /[.,;:!?)'"]*$/.exec(text);
  const address = decode(text.slice(0, text.length - tail.length));
  return [link(address) ?? address, tail];
}

function splitOnce(text, separator) {
  const at = text.indexOf(separator);
  return at < 0 ? [text, null] : [text.slice(0, at), text.slice(at + 1)];
}
