// A conversation: its head, its messages, its message box.

import { h } from "../lib/dom.js";
import { avatar } from "../lib/avatar.js";
import { go } from "../lib/place.js";
import {
  botName,
  directMessages,
  isReply,
  markRead,
  readUpTo,
  store,
  unread,
} from "../lib/store.js";
import { mainHead } from "../lib/head.js";
import { composer } from "./composer.js";
import { MessageLog } from "./log.js";

/** The channel a place names: a channel's name, or "app" for the direct messages. */
export function channelOf(place) {
  if (place.id === "app") return directMessages();
  return store.workspace.channels.find((each) => !each.is_im && each.name === place.id);
}

/** Show a channel in `root`; gives {update(topic, detail)}. */
export function showChannel(root, place) {
  const channel = channelOf(place);
  if (!channel) {
    root.replaceChildren(
      mainHead({ title: `#${place.id}` }),
      h("p", { class: "empty" }, "There is no such channel."),
    );
    return { update() {} };
  }
  const log = new MessageLog({
    label: channel.is_im ? `Messages with ${botName()}` : `Messages in #${channel.name}`,
    channelId: channel.id,
    newAfter: unread(channel.id).any && readUpTo(channel.id) !== "0" ? readUpTo(channel.id) : null,
    openThread: (ts) => go("c", place.id, ts),
  });
  const update = () => {
    const messages = (store.messages.get(channel.id) ?? []).filter((each) => !isReply(each));
    log.update(messages, emptyNode(channel));
    markRead(channel.id);
  };
  root.replaceChildren(channelHead(channel), log.node, foot(channel));
  update();
  return { update: (topic, detail) => topic === "messages" && detail === channel.id && update() };
}

function channelHead(channel) {
  if (channel.is_im)
    return mainHead({
      title: botName(),
      picture: avatar(store.workspace.bot.user_id),
      badge: "APP",
      tabs: appTabs("messages"),
    });
  return mainHead({ title: `#${channel.name}`, note: channel.topic });
}

/** The tabs over the app's Home and its direct messages. */
export function appTabs(current) {
  return [
    { label: "Home", href: "#/home", current: current === "home" },
    { label: "Messages", href: "#/c/app", current: current === "messages" },
  ];
}

function foot(channel) {
  if (channel.is_archived)
    return h("p", { class: "archived" }, "This channel is archived. Nobody can write in it.");
  const label = channel.is_im ? `Message ${botName()}` : `Message #${channel.name}`;
  return composer({ channelId: channel.id, label, testid: "message-box" });
}

function emptyNode(channel) {
  const [first] = store.workspace.commands;
  return h(
    "div",
    { class: "empty" },
    h("img", { src: "/page/app.svg", alt: "", width: 56, height: 56 }),
    h(
      "h2",
      {},
      channel.is_im ? `This is you and ${botName()}` : `This is the start of #${channel.name}`,
    ),
    h(
      "p",
      {},
      "Nothing has been said here yet. ",
      first
        ? ["Try ", h("code", {}, `${first.command} ${first.usage_hint ?? ""}`.trim()), "."]
        : "Write something below.",
    ),
  );
}
