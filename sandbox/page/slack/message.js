// One message as an element.

import { h, ownPath } from "../lib/dom.js";
import { avatar } from "../lib/avatar.js";
import { emoji } from "../lib/emoji.js";
import { mrkdwn, textObject } from "../lib/mrkdwn.js";
import { clock, fullMoment } from "../lib/time.js";
import { displayName, mentionsMe, store } from "../lib/store.js";
import { actor } from "./acting.js";
import { blocks } from "./blocks.js";

/**
 * A message. `continued`: it follows another of the same person at once and carries no name.
 * `openThread(ts)` is given where a thread can be opened.
 */
export function messageNode(message, { channelId, continued = false, openThread = null }) {
  const classes = ["message"];
  if (continued) classes.push("continued");
  if (message.ephemeral) classes.push("ephemeral");
  if (mentionsMe(message)) classes.push("mentions-me");
  const name = displayName(message.user);
  const time = clock(message.ts, store.me.tz);
  return h(
    "article",
    {
      class: classes.join(" "),
      "aria-label": `${name}, ${time}`,
      data: { ts: message.ts, testid: "message" },
    },
    h(
      "div",
      { class: "message-side" },
      continued ? h("time", { class: "time" }, time) : avatar(message.user),
    ),
    h(
      "div",
      { class: "message-body" },
      message.ephemeral && h("p", { class: "only-you" }, "👁 Only visible to you"),
      !continued && head(message, name, time),
      h("div", { class: "content" }, content(message, channelId)),
      footer(message, openThread),
    ),
    openThread && !message.ephemeral && hoverTools(message, openThread),
  );
}

function head(message, name, time) {
  return h(
    "div",
    { class: "message-head" },
    h("b", { class: "author" }, name),
    message.bot && h("span", { class: "badge" }, "APP"),
    h(
      "time",
      {
        class: "time",
        title: fullMoment(message.ts, store.me.tz),
        dateTime: new Date(message.ts * 1000).toISOString(),
      },
      time,
    ),
  );
}

function content(message, channelId) {
  const values = {};
  const surface = {
    kind: "message",
    values,
    act: actor({ channel: channelId, message_ts: message.ts }, values),
  };
  const edited = message.edited && h("span", { class: "edited" }, "(edited)");
  const body = message.blocks?.length
    ? [blocks(message.blocks, surface), edited]
    : [message.text && h("div", { class: "mrkdwn" }, mrkdwn(message.text), edited && " ", edited)];
  return [
    ...body,
    (message.attachments ?? []).map((each) => attachment(each, surface)),
    (message.files ?? []).map(file),
  ];
}

function attachment(spec, surface) {
  const bar = /^[0-9a-f]{6}$/i.test((spec.color ?? "").replace("#", ""))
    ? `#${spec.color.replace("#", "")}`
    : null;
  const node = h(
    "div",
    { class: `attachment ${spec.color ?? ""}` },
    spec.pretext && h("div", { class: "mrkdwn" }, mrkdwn(spec.pretext)),
    spec.title && h("b", {}, mrkdwn(spec.title)),
    spec.blocks
      ? blocks(spec.blocks, surface)
      : h("div", { class: "mrkdwn" }, mrkdwn(spec.text ?? spec.fallback ?? "")),
    spec.fields &&
      h(
        "div",
        { class: "fields" },
        spec.fields.map((field) =>
          h("div", { class: "mrkdwn" }, h("b", {}, field.title), "\n", mrkdwn(field.value)),
        ),
      ),
    spec.footer && h("small", {}, textObject({ type: "plain_text", text: spec.footer })),
  );
  if (bar) node.style.setProperty("--bar", bar);
  return node;
}

function file(spec) {
  const title = spec.title || spec.name;
  const path = ownPath(spec.url);
  if (spec.mimetype?.startsWith("image/")) {
    return h(
      "figure",
      { class: "file" },
      h("figcaption", {}, title),
      h("a", { href: path, target: "_blank" }, h("img", { src: path, alt: title })),
    );
  }
  return h(
    "a",
    { class: "file card", href: path, download: spec.name },
    h("span", { "aria-hidden": "true" }, "📄"),
    h("span", {}, h("b", {}, title), h("small", {}, spec.mimetype)),
  );
}

function footer(message, openThread) {
  const reactions = (message.reactions ?? []).map((each) =>
    h(
      "span",
      {
        class: `reaction${each.users.includes(store.me.id) ? " mine" : ""}`,
        title: `${each.users.map(displayName).join(", ")} reacted with :${each.name}:`,
      },
      emoji(each.name) ?? `:${each.name}:`,
      " ",
      String(each.users.length),
    ),
  );
  const replies =
    openThread &&
    message.reply_count > 0 &&
    h(
      "button",
      {
        type: "button",
        class: "replies",
        data: { testid: "open-thread" },
        on: { click: () => openThread(message.ts) },
      },
      `${message.reply_count} ${message.reply_count === 1 ? "reply" : "replies"}`,
    );
  return (
    (reactions.length > 0 || replies) && h("div", { class: "message-foot" }, reactions, replies)
  );
}

function hoverTools(message, openThread) {
  return h(
    "div",
    { class: "hover-tools" },
    h(
      "button",
      {
        type: "button",
        title: "Reply in thread",
        "aria-label": "Reply in thread",
        data: { testid: "reply-in-thread" },
        on: { click: () => openThread(message.ts) },
      },
      "💬",
    ),
  );
}
