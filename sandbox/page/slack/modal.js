// The topmost modal of the acting member, in a native dialog that keeps the focus inside.

import { h } from "../lib/dom.js";
import { api } from "../lib/api.js";
import { button, iconButton } from "../lib/controls.js";
import { textObject } from "../lib/mrkdwn.js";
import { told } from "../lib/notices.js";
import { loadViews, store } from "../lib/store.js";
import { actor, tellProblem } from "./acting.js";
import { blocks } from "./blocks.js";
import { missingInputs } from "./required.js";

const values = new Map();
let open = null;

/** Make the page's dialog agree with the stack of modals. */
export function showModals() {
  const view = store.views.modals.at(-1);
  const drawn = view && `${view.id} ${view.hash} ${store.views.modals.length}`;
  if (open?.drawn === drawn) return;
  const kept = open?.view.id === view?.id ? document.activeElement?.dataset.actionId : null;
  open?.dialog.remove();
  open = view ? draw(view, drawn) : null;
  if (kept) open.dialog.querySelector(`[data-action-id="${CSS.escape(kept)}"]`)?.focus();
  if (!store.views.modals.length) values.clear();
}

function draw(view, drawn, errors = null) {
  if (!values.has(view.id)) values.set(view.id, {});
  const dialog = h(
    "dialog",
    {
      class: "dialog",
      "aria-labelledby": "modal-title",
      data: { testid: "modal", viewId: view.id },
      on: { cancel: (event) => escaped(event, view) },
    },
    form(view, errors),
  );
  document.body.append(dialog);
  dialog.showModal();
  const first = "[autofocus], .invalid [data-action-id], .dialog-body [data-action-id]";
  dialog.querySelector(first)?.focus();
  return { dialog, drawn, view };
}

function form(view, errors) {
  const own = values.get(view.id);
  const surface = { kind: "modal", values: own, errors, act: actor({ view_id: view.id }, own) };
  const leave = () => close(view);
  const closeLabel = view.close ? textObject(view.close) : view.submit ? "Cancel" : "Close";
  return h(
    "form",
    { noValidate: true, on: { submit: (event) => submit(event, view) } },
    h(
      "header",
      {},
      h("img", { src: "/page/app.svg", alt: "", width: 24, height: 24 }),
      h("h2", { id: "modal-title" }, textObject(view.title)),
      iconButton("✕", "Close", leave, { testid: "modal-x" }),
    ),
    h("div", { class: "dialog-body" }, blocks(view.blocks, surface)),
    h(
      "footer",
      {},
      button(closeLabel, leave, { testid: "modal-close" }),
      view.submit &&
        button(textObject(view.submit), null, {
          type: "submit",
          kind: "primary",
          testid: "modal-submit",
        }),
    ),
  );
}

function escaped(event, view) {
  if (event.target !== event.currentTarget) return;
  event.preventDefault();
  close(view);
}

async function submit(event, view) {
  event.preventDefault();
  const missing = missingInputs(view.blocks, values.get(view.id));
  if (missing) return showErrors(view, missing);
  const sender = event.target.querySelector("[type=submit]");
  sender.disabled = true;
  const answer = await told(() =>
    api.submitView(view.id, { as: store.me.id, values: values.get(view.id) }),
  );
  sender.disabled = false;
  if (answer?.errors) return showErrors(view, answer.errors);
  tellProblem(answer);
  await told(loadViews);
}

function showErrors(view, errors) {
  if (open?.view.id !== view.id) return;
  const scrolled = open.dialog.querySelector(".dialog-body").scrollTop;
  open.dialog.remove();
  open = draw(view, open.drawn, errors);
  open.dialog.querySelector(".dialog-body").scrollTop = scrolled;
  open.dialog.querySelector(".invalid")?.scrollIntoView({ block: "nearest" });
}

async function close(view) {
  tellProblem(await told(() => api.closeView(view.id, { as: store.me.id })));
  await told(loadViews);
}
