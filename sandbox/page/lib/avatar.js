// Pictures of people: initials on their colour; the app has its sign.

import { h } from "./dom.js";
import { displayName, isBot, member } from "./store.js";

/** The picture that stands beside a message. */
export function avatar(userId) {
  if (isBot(userId)) return h("img", { class: "avatar", src: "/page/app.svg", alt: "" });
  const node = h("span", { class: "avatar", "aria-hidden": "true" }, initials(displayName(userId)));
  node.style.setProperty("--person", `#${(member(userId)?.color ?? "6b7280").replace("#", "")}`);
  return node;
}

function initials(name) {
  const words = name.split(/\s+/).filter((word) => /^[A-Za-z]/.test(word));
  return (
    words.length
      ? words
          .slice(0, 2)
          .map((word) => word[0])
          .join("")
      : [...name][0]
  ).toUpperCase();
}
