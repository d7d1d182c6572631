// A list of messages that keeps its elements, its scroll place and the focus while it changes.

import { h } from "../lib/dom.js";
import { button } from "../lib/controls.js";
import { day, dayName } from "../lib/time.js";
import { store } from "../lib/store.js";
import { messageNode } from "./message.js";

const PAGE = 200;
const CLOSE_SECONDS = 300;
const NEAR_END_PX = 80;

export class MessageLog {
  /**
   * `options`: label, channelId; and where there are any openThread(ts), newAfter (the time stamp
   * after which the "New" line stands) and rootTs (a thread's first message).
   */
  constructor(options) {
    this.options = options;
    this.shown = PAGE;
    this.kept = new Map();
    this.node = h("div", {
      class: "log",
      role: "log",
      "aria-live": "polite",
      "aria-label": options.label,
      tabIndex: 0,
      data: { testid: "message-log" },
    });
    this.pictureLoaded = () => this.sticks && this.toEnd();
    this.sticks = true;
    this.node.addEventListener("load", this.pictureLoaded, true);
    this.node.addEventListener("scroll", () => {
      this.sticks = this.nearEnd();
    });
  }

  nearEnd() {
    return this.node.scrollHeight - this.node.scrollTop - this.node.clientHeight < NEAR_END_PX;
  }

  toEnd() {
    this.node.scrollTop = this.node.scrollHeight;
  }

  /** Show these messages; `empty` stands where there are none. */
  update(messages, empty) {
    this.messages = messages;
    const recent = messages.slice(-this.shown);
    const items = messages.length ? this.items(recent) : [{ key: "empty", make: () => empty }];
    if (messages.length > recent.length)
      items.unshift({ key: `more-${this.shown}`, make: () => this.moreButton() });
    this.place(items);
    if (this.sticks) this.toEnd();
  }

  items(messages) {
    let before = null;
    let newLine = this.options.newAfter;
    return messages.flatMap((message) => {
      const items = [];
      const today = day(message.ts, store.me.tz);
      const sameDay = before && day(before.ts, store.me.tz) === today;
      if (!sameDay) items.push({ key: `day-${today}`, make: () => daySeparator(message.ts) });
      if (newLine && message.ts > newLine && message.user !== store.me.id) {
        items.push({
          key: "new",
          make: () => h("div", { class: "separator new" }, h("span", {}, "New")),
        });
        newLine = null;
      }
      const continued =
        sameDay &&
        items.length === 0 &&
        before.ts !== this.options.rootTs &&
        follows(message, before);
      const key = JSON.stringify([message, continued]);
      items.push({ key, make: () => messageNode(message, { ...this.options, continued }) });
      before = message;
      return items;
    });
  }

  /** Keep the elements whose key is still wanted, make the new ones, drop the rest. */
  place(items) {
    const next = new Map(items.map(({ key, make }) => [key, this.kept.get(key) ?? make()]));
    for (const [key, node] of this.kept) if (!next.has(key)) node.remove();
    let at = this.node.firstChild;
    for (const node of next.values()) {
      if (node === at) at = at.nextSibling;
      else this.node.insertBefore(node, at);
    }
    this.kept = next;
  }

  moreButton() {
    const more = () => {
      this.shown += PAGE;
      this.update(this.messages);
    };
    return button("Earlier messages", more, { kind: "earlier" });
  }
}

function follows(message, before) {
  return (
    message.user === before.user &&
    !message.ephemeral &&
    !before.ephemeral &&
    message.ts - before.ts < CLOSE_SECONDS
  );
}

function daySeparator(ts) {
  return h("div", { class: "separator" }, h("span", {}, dayName(ts, store.me.tz)));
}
