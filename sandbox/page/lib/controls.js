// Buttons of the page itself.

import { h } from "./dom.js";

/** A button that calls `press`; `props` are further properties, such as a label for an icon. */
export function button(label, press, { testid, kind = "", ...props } = {}) {
  const on = press ? { click: press } : {};
  return h(
    "button",
    { type: "button", class: `button ${kind}`, data: { testid }, on, ...props },
    label,
  );
}

/** A button that is only a sign; `name` is what it is called. */
export function iconButton(sign, name, press, props = {}) {
  return button(sign, press, { class: "icon", "aria-label": name, ...props });
}
