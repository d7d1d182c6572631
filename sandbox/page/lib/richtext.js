// rich_text blocks as elements.

import { h } from "./dom.js";
import { emoji } from "./emoji.js";
import { channelLink, link, mention } from "./mrkdwn.js";
import { dateTokens } from "./time.js";
import { store } from "./store.js";

const CONTAINERS = {
  rich_text_section: (node) => h("div", {}, node.elements.map(leaf)),
  rich_text_preformatted: (node) => h("pre", {}, node.elements.map(leaf)),
  rich_text_quote: (node) => h("blockquote", {}, node.elements.map(leaf)),
  rich_text_list: (node) =>
    h(
      node.style === "ordered" ? "ol" : "ul",
      { class: `indent-${node.indent ?? 0}`, start: (node.offset ?? 0) + 1 },
      node.elements.map((item) => h("li", {}, item.elements.map(leaf))),
    ),
};

const LEAVES = {
  text: (node) => styled(node.text, node.style),
  link: (node) =>
    styled(link(node.url, node.text ?? node.url) ?? node.text ?? node.url, node.style),
  emoji: (node) => emoji(node.name) ?? `:${node.name}:`,
  user: (node) => mention(node.user_id),
  channel: (node) => channelLink(node.channel_id),
  usergroup: (node) => h("span", { class: "mention" }, `@${node.usergroup_id}`),
  broadcast: (node) => h("span", { class: "mention broadcast" }, `@${node.range}`),
  date: (node) => dateTokens(node.format ?? "{date}", node.timestamp, store.me.tz),
  color: (node) => node.value,
};

/** The nodes of a rich_text block. */
export function richText(block) {
  return block.elements.map((node) => CONTAINERS[node.type]?.(node) ?? null);
}

const leaf = (node) => LEAVES[node.type]?.(node) ?? "";

function styled(content, style = {}) {
  const tags = [
    ["code", "code"],
    ["bold", "b"],
    ["italic", "i"],
    ["strike", "s"],
  ];
  return tags
    .filter(([name]) => style[name])
    .reduce((inner, [, tag]) => h(tag, {}, inner), content);
}
