// Small dialogs over the page.

import { h } from "../lib/dom.js";
import { button } from "../lib/controls.js";
import { textObject } from "../lib/mrkdwn.js";

/** Ask a confirm object's question; true at once where there is none. */
export function confirmed(spec) {
  if (!spec) return Promise.resolve(true);
  return new Promise((resolve) => {
    const answer = (yes) => () => {
      dialog.remove();
      resolve(yes);
    };
    const buttons = [
      button(textObject(spec.deny), answer(false), { testid: "confirm-deny" }),
      button(textObject(spec.confirm), answer(true), {
        testid: "confirm-ok",
        kind: spec.style ?? "primary",
        autofocus: true,
      }),
    ];
    const dialog = h(
      "dialog",
      {
        class: "dialog small",
        "aria-labelledby": "confirm-title",
        data: { testid: "confirm" },
        on: { cancel: answer(false) },
      },
      h("header", {}, h("h2", { id: "confirm-title" }, textObject(spec.title))),
      h("div", { class: "dialog-body mrkdwn" }, textObject(spec.text)),
      h("footer", {}, buttons),
    );
    document.body.append(dialog);
    dialog.showModal();
  });
}
