// Block Kit blocks as elements. A surface says where they stand:
// {kind: "message" | "modal" | "home", values, errors, act(action)}.

import { h, ownPath, uniqueId } from "../lib/dom.js";
import { link, mrkdwn, textObject } from "../lib/mrkdwn.js";
import { richText } from "../lib/richtext.js";
import { element } from "./elements.js";

const BLOCKS = {
  section: (block, surface) =>
    h(
      "div",
      { class: "section" },
      h(
        "div",
        { class: "section-text" },
        h("div", { class: "mrkdwn" }, textObject(block.text)),
        block.fields &&
          h(
            "div",
            { class: "fields" },
            block.fields.map((field) => h("div", { class: "mrkdwn" }, textObject(field))),
          ),
      ),
      block.accessory && h("div", { class: "accessory" }, element(block.accessory, block, surface)),
    ),
  header: (block) => h("h3", { class: "block-header" }, textObject(block.text)),
  divider: () => h("hr"),
  context: (block, surface) =>
    h(
      "div",
      { class: "context" },
      block.elements.map((part) =>
        part.type === "image"
          ? element(part, block, surface)
          : h("span", { class: "mrkdwn" }, textObject(part)),
      ),
    ),
  actions: (block, surface) =>
    h(
      "div",
      { class: "actions" },
      block.elements.map((part) => element(part, block, surface)),
    ),
  input: inputBlock,
  image: (block) =>
    h("figure", {}, block.title && h("figcaption", {}, textObject(block.title)), picture(block)),
  rich_text: (block) => h("div", { class: "mrkdwn rich" }, richText(block)),
  markdown: (block) =>
    h(
      "div",
      { class: "mrkdwn" },
      mrkdwn(block.text.replace(/\*\*(.+?)\*\*/g, "*$1*").replace(/^#+ (.+)$/gm, "*$1*")),
    ),
  table: (block) => h("div", { class: "table-scroll" }, h("table", {}, block.rows.map(tableRow))),
  video: (block) =>
    h(
      "div",
      { class: "mrkdwn" },
      "▶ ",
      link(block.title_url ?? block.video_url, block.title.text) ?? block.title.text,
    ),
};

/** The elements of a list of blocks. */
export function blocks(list, surface) {
  return list.map((block) => {
    const make = BLOCKS[block.type];
    const content = make
      ? make(block, surface)
      : h("div", { class: "unknown" }, `This page can't show a ${block.type} block.`);
    return h(
      "div",
      { class: `block block-${block.type}`, data: { blockId: block.block_id } },
      content,
    );
  });
}

/** A picture of the sandbox's own; of others the description, for nothing is fetched from outside. */
export function picture(spec) {
  const path = ownPath(spec.image_url ?? spec.slack_file?.url ?? "outside:");
  if (path) return h("img", { src: path, alt: spec.alt_text });
  return h(
    "span",
    { class: "picture-outside", role: "img", "aria-label": spec.alt_text },
    `🖼 ${spec.alt_text}`,
  );
}

function tableRow(cells, place) {
  const tag = place === 0 ? "th" : "td";
  return h(
    "tr",
    {},
    cells.map((cell) => h(tag, {}, cell.type === "rich_text" ? richText(cell) : cell.text)),
  );
}

function inputBlock(block, surface) {
  const id = uniqueId("input");
  const error = surface.errors?.[block.block_id];
  const group = ["checkboxes", "radio_buttons", "multi_static_select"].includes(block.element.type);
  const field = element(block.element, block, surface, {
    id,
    labelledBy: `${id}-label`,
    invalid: Boolean(error),
  });
  return h(
    "div",
    { class: `input${error ? " invalid" : ""}` },
    h(
      "label",
      { id: `${id}-label`, class: "label", htmlFor: group ? null : id },
      textObject(block.label),
      block.optional && h("span", { class: "optional" }, " (optional)"),
    ),
    field,
    error && h("p", { class: "error", role: "alert", data: { testid: "input-error" } }, error),
    block.hint && h("p", { class: "hint" }, textObject(block.hint)),
  );
}
