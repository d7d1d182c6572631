// The page: one place at a time in the main pane, kept up to date by the sandbox's stream.

import { listen } from "./lib/api.js";
import { notice, told } from "./lib/notices.js";
import { go, readPlace } from "./lib/place.js";
import {
  loadAll,
  loadMails,
  loadMessages,
  loadShop,
  loadViews,
  loadWhatsapp,
  loadWorkspace,
  myChannels,
  store,
  subscribe,
  unread,
} from "./lib/store.js";
import { drawSidebar } from "./sidebar.js";
import { showChannel } from "./slack/channel.js";
import { showHome } from "./slack/home.js";
import { showModals } from "./slack/modal.js";
import { showThread } from "./slack/thread.js";
import { showFaults } from "./outside/faults.js";
import { showMailbox } from "./outside/mailbox.js";
import { showShop } from "./outside/shop.js";
import { showWhatsapp } from "./outside/whatsapp.js";

const VIEWS = {
  c: showChannel,
  home: showHome,
  mail: showMailbox,
  whatsapp: showWhatsapp,
  shop: showShop,
  faults: showFaults,
};
const FIRST_CHANNEL = "general";
const LOADS = {
  message: (change) => loadMessages(change.channel),
  view: () => loadViews(),
  home: () => loadViews(),
  mail: () => loadMails(),
  whatsapp: () => loadWhatsapp(),
  shop: () => loadShop(),
  workspace: () => loadWorkspace(),
  reset: () => loadAll(),
};

const sidebar = document.getElementById("sidebar");
const main = document.getElementById("main");
const threadPane = document.getElementById("thread");
let place = null;
let view = null;
let thread = null;

/** Show the place that the address names. */
function show() {
  const next = readPlace();
  if (!VIEWS[next.name]) return go("c", FIRST_CHANNEL);
  document.body.classList.remove("menu-open");
  const samePlace = place && place.name === next.name && place.id === next.id;
  place = next;
  if (!samePlace) view = VIEWS[place.name](main, place);
  thread = showThread(threadPane, place);
  drawAround();
  focusOn(threadPane.hidden ? main : threadPane);
}

/** Draw the place anew, for another acting member. */
function showAnew() {
  place = null;
  show();
}

function drawAround() {
  if (!place) return;
  drawSidebar(sidebar, place);
  const mentions = myChannels().reduce((sum, each) => sum + unread(each.id).mentions, 0);
  const title = main.querySelector("h1")?.textContent ?? "";
  document.title = `${mentions ? `(${mentions}) ` : ""}${title} · ${store.workspace.team.name}`;
}

/** Put the caret in the message box where there is a keyboard to use it. */
function focusOn(pane) {
  if (matchMedia("(pointer: fine)").matches && !document.querySelector("dialog[open]"))
    pane.querySelector("textarea")?.focus();
}

function closeMenu() {
  document.body.classList.remove("menu-open");
}

for (const topic of ["workspace", "messages", "read", "views", "mails", "whatsapp", "shop"]) {
  subscribe(topic, (detail) => {
    view?.update(topic, detail);
    thread?.update(topic, detail);
    drawAround();
  });
}
subscribe("views", showModals);
subscribe("me", showAnew);
addEventListener("hashchange", show);
document.getElementById("scrim").addEventListener("click", closeMenu);
addEventListener("keydown", (event) => event.key === "Escape" && closeMenu());
document.querySelector("[data-skip]").addEventListener("click", (event) => {
  event.preventDefault();
  main.focus();
});

await told(loadAll);
if (store.me) show();
listen(
  (change) => told(() => LOADS[change.type]?.(change)),
  (again) =>
    told(async () => {
      await loadAll();
      if (!again) return;
      showAnew();
      notice("Connected to the sandbox again.");
    }),
);
