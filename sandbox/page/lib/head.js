// The line over the main pane: the menu button on a phone, a title, tabs.

import { iconButton } from "./controls.js";
import { h } from "./dom.js";

/** The head of a view: title, and where there are any a note, a badge, a picture, tabs, tools. */
export function mainHead({ title, note = "", badge = "", picture = null, tabs = [], tools = [] }) {
  const openMenu = () => {
    document.body.classList.add("menu-open");
    document.querySelector("#sidebar select")?.focus();
  };
  return h(
    "header",
    { class: "main-head" },
    iconButton("☰", "Open the menu", openMenu, {
      class: "icon menu-button",
      testid: "menu-button",
    }),
    picture,
    h(
      "div",
      { class: "title" },
      h("h1", { data: { testid: "title" } }, title),
      badge && h("span", { class: "badge" }, badge),
      note && h("span", { class: "note", title: note }, note),
    ),
    tabs.length > 0 &&
      h(
        "nav",
        { class: "tabs", "aria-label": title },
        tabs.map((tab) =>
          h("a", { href: tab.href, "aria-current": tab.current ? "page" : null }, tab.label),
        ),
      ),
    tools.length > 0 && h("div", { class: "tools" }, tools),
  );
}
