// The message box: Enter sends, Shift+Enter makes a line, "/" runs a command.

import { h, uniqueId } from "../lib/dom.js";
import { api } from "../lib/api.js";
import { encode } from "../lib/mrkdwn.js";
import { notice, told } from "../lib/notices.js";
import { store } from "../lib/store.js";
import { offers, withReferences } from "./suggestions.js";

const MAX_HEIGHT_PX = 180;
const NO_OFFERS = { from: 0, list: [] };
const drafts = new Map();

/** A message box for a channel, or for a thread of it. */
export function composer({ channelId, label, threadTs = null, testid }) {
  return new Composer(channelId, threadTs, label, testid).node;
}

class Composer {
  constructor(channelId, threadTs, label, testid) {
    this.channelId = channelId;
    this.threadTs = threadTs;
    this.draftKey = `${channelId}/${threadTs}`;
    this.listId = uniqueId("offers");
    this.offered = NO_OFFERS;
    this.chosen = 0;
    this.list = this.makeList();
    this.box = this.makeBox(label, testid);
    this.node = h(
      "div",
      { class: "composer" },
      this.list,
      h("div", { class: "composer-box" }, this.box, this.makeButton(testid)),
    );
  }

  makeList() {
    return h("ul", {
      class: "offers",
      id: this.listId,
      role: "listbox",
      "aria-label": "Suggestions",
      hidden: true,
      data: { testid: "suggestions" },
    });
  }

  makeBox(label, testid) {
    return h("textarea", {
      rows: 1,
      value: drafts.get(this.draftKey) ?? "",
      placeholder: label,
      role: "combobox",
      "aria-label": label,
      "aria-expanded": "false",
      "aria-controls": this.listId,
      "aria-autocomplete": "list",
      data: { testid },
      on: {
        input: () => this.changed(),
        keydown: (event) => this.keydown(event),
        blur: () => this.offer(NO_OFFERS),
      },
    });
  }

  makeButton(testid) {
    return h(
      "button",
      {
        type: "button",
        class: "send",
        "aria-label": "Send",
        data: { testid: `${testid}-send` },
        on: { click: () => this.send() },
      },
      "➤",
    );
  }

  /** Put a text into the box, as if it had been typed. */
  write(text) {
    this.box.value = text;
    this.changed();
  }

  changed() {
    drafts.set(this.draftKey, this.box.value);
    this.box.style.height = "auto";
    this.box.style.height = `${Math.min(this.box.scrollHeight, MAX_HEIGHT_PX)}px`;
    const atEnd = this.box.selectionEnd === this.box.value.length;
    this.offer(atEnd ? offers(this.box.value) : NO_OFFERS);
  }

  offer(offered) {
    this.offered = offered;
    this.choose(0);
  }

  choose(place) {
    this.chosen = place;
    this.list.replaceChildren(...this.offered.list.map((offer, at) => this.offerNode(offer, at)));
    this.list.hidden = this.offered.list.length === 0;
    this.box.setAttribute("aria-expanded", String(!this.list.hidden));
    if (this.list.hidden) this.box.removeAttribute("aria-activedescendant");
    else this.box.setAttribute("aria-activedescendant", `${this.listId}-${place}`);
    this.list.children[place]?.scrollIntoView({ block: "nearest" });
  }

  offerNode(offer, place) {
    const take = (event) => {
      event.preventDefault();
      this.accept(offer);
    };
    return h(
      "li",
      {
        id: `${this.listId}-${place}`,
        role: "option",
        "aria-selected": String(place === this.chosen),
        on: { mousedown: take },
      },
      h("b", {}, offer.label),
      h("span", {}, offer.hint),
    );
  }

  accept(offer) {
    this.write(this.box.value.slice(0, this.offered.from) + offer.insert);
  }

  keydown(event) {
    if (event.isComposing) return;
    const isEnter = event.key === "Enter" && !event.shiftKey;
    if (!this.list.hidden && this.keyInOffers(event)) event.preventDefault();
    else if (isEnter) {
      event.preventDefault();
      this.send();
    }
  }

  /** Move in the suggestions or take one; false when the key means something else. */
  keyInOffers(event) {
    const { list } = this.offered;
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in steps)
      this.choose((this.chosen + steps[event.key] + list.length) % list.length);
    else if (event.key === "Escape") this.offer(NO_OFFERS);
    else if (event.key === "Tab" || (event.key === "Enter" && !this.isComplete()))
      this.accept(list[this.chosen]);
    else return false;
    return true;
  }

  /** The chosen offer stands there already: Enter sends it. */
  isComplete() {
    return (
      this.offered.list[this.chosen].insert.trim() ===
      this.box.value.slice(this.offered.from).trim()
    );
  }

  async send() {
    const text = this.box.value.trim();
    if (!text) return;
    this.write("");
    const done = await told(() => deliver(text, this.channelId, this.threadTs));
    if (!done && !this.box.value) this.write(text);
  }
}

/** Send a text or run a command; false when the user should get the text back. */
async function deliver(text, channelId, threadTs) {
  const as = store.me.id;
  if (!text.startsWith("/")) {
    await api.say({
      as,
      channel: channelId,
      text: withReferences(encode(text)),
      ...(threadTs ? { thread_ts: threadTs } : {}),
    });
    return true;
  }
  if (threadTs) {
    notice("Slack runs no commands in threads. Use the channel's message box.");
    return false;
  }
  return (await api.command({ as, channel: channelId, text })).ok;
}
