// Block Kit elements: buttons and menus here, fields in inputs.js. Each element keeps its value in
// surface.values[block_id][action_id] in the shape of Slack's view.state.values.

import { h } from "../lib/dom.js";
import { textObject } from "../lib/mrkdwn.js";
import { withEmoji } from "../lib/emoji.js";
import { picture } from "./blocks.js";
import { confirmed } from "./dialogs.js";
import { INPUTS } from "./inputs.js";

const OTHERS = { button, overflow, image: (spec) => picture(spec) };

/** One element of a block. `field` carries the id and the label of an input block. */
export function element(spec, block, surface, field = {}) {
  const make = OTHERS[spec.type] ?? INPUTS[spec.type];
  if (!make) return h("span", { class: "unknown" }, `This page can't show a ${spec.type} element.`);
  return make(spec, context(spec, block, surface), field);
}

/** What an element may do: read and write its value, and act. */
function context(spec, block, surface) {
  const kept = (surface.values[block.block_id] ??= {});
  const acts = block.type !== "input" || block.dispatch_action;
  return {
    value: () => kept[spec.action_id],
    async change(value) {
      if (acts && !(await confirmed(spec.confirm))) return false;
      kept[spec.action_id] = { type: spec.type, ...value };
      if (acts) await this.act(value);
      return true;
    },
    keep: (value) => {
      kept[spec.action_id] = { type: spec.type, ...value };
    },
    act: (value) =>
      acts &&
      surface.act({
        type: spec.type,
        action_id: spec.action_id,
        block_id: block.block_id,
        ...value,
      }),
  };
}

function button(spec, context) {
  const press = async () => {
    if (!(await confirmed(spec.confirm))) return;
    node.setAttribute("aria-busy", "true");
    if (spec.url) window.open(spec.url, "_blank", "noopener");
    await context.act(spec.value === undefined ? {} : { value: spec.value });
    node.removeAttribute("aria-busy");
  };
  const node = h(
    "button",
    {
      type: "button",
      class: `button ${spec.style ?? ""}`,
      "aria-label": spec.accessibility_label,
      data: { actionId: spec.action_id },
      on: { click: press },
    },
    textObject(spec.text),
  );
  return node;
}

function overflow(spec, context) {
  const pick = async (option) => {
    menu.open = false;
    if (option.url) window.open(option.url, "_blank", "noopener");
    await context.change({ selected_option: option });
  };
  const menu = h(
    "details",
    {
      class: "overflow",
      data: { actionId: spec.action_id },
      on: { focusout: closeWhenLeft, keydown: closeOnEscape },
    },
    h("summary", { class: "button", "aria-label": "More actions" }, "⋯"),
    h(
      "div",
      { class: "menu" },
      spec.options.map((option) =>
        h(
          "button",
          {
            type: "button",
            class: "menu-item",
            data: { value: option.value },
            on: { click: () => pick(option) },
          },
          withEmoji(option.text.text),
        ),
      ),
    ),
  );
  return menu;
}

function closeWhenLeft(event) {
  if (!event.currentTarget.contains(event.relatedTarget)) event.currentTarget.open = false;
}

function closeOnEscape(event) {
  if (event.key !== "Escape" || !event.currentTarget.open) return;
  event.preventDefault();
  event.currentTarget.open = false;
  event.currentTarget.querySelector("summary").focus();
}
