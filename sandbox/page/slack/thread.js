// A thread in the right pane: the first message, the replies, a reply box.

import { h } from "../lib/dom.js";
import { iconButton } from "../lib/controls.js";
import { go } from "../lib/place.js";
import { store } from "../lib/store.js";
import { channelOf } from "./channel.js";
import { composer } from "./composer.js";
import { MessageLog } from "./log.js";

/** Show a place's thread in `root`, or hide it without one; gives {update(topic, detail)}. */
export function showThread(root, place) {
  const channel = place.thread && channelOf(place);
  root.hidden = !channel;
  if (!channel) {
    root.replaceChildren();
    return { update() {} };
  }
  const log = new MessageLog({ label: "Thread", channelId: channel.id, rootTs: place.thread });
  const close = () => go("c", place.id);
  const update = () => {
    const all = store.messages.get(channel.id) ?? [];
    log.update(
      all.filter((each) => [each.ts, each.thread_ts].includes(place.thread)),
      h("p", { class: "empty" }, "This message is gone."),
    );
  };
  root.replaceChildren(
    h(
      "header",
      { class: "main-head" },
      h(
        "div",
        { class: "title" },
        h("h1", {}, "Thread"),
        h("span", { class: "note" }, channel.is_im ? "" : `#${channel.name}`),
      ),
      iconButton("✕", "Close the thread", close, { testid: "close-thread" }),
    ),
    log.node,
    composer({
      channelId: channel.id,
      label: "Reply…",
      threadTs: place.thread,
      testid: "thread-box",
    }),
  );
  update();
  return { update: (topic, detail) => topic === "messages" && detail === channel.id && update() };
}
