// Short notes at the foot of the page.

import { h } from "./dom.js";

const SHOWN_MS = 6000;

/** Say one line to the user. */
export function notice(text) {
  const note = h("div", { class: "notice", data: { testid: "notice" } }, text);
  document.getElementById("notices").append(note);
  setTimeout(() => note.remove(), SHOWN_MS);
}

/** Run an asynchronous step; a failure is told instead of thrown. Gives null then. */
export async function told(step) {
  try {
    return await step();
  } catch (error) {
    notice(error.message);
    return null;
  }
}
