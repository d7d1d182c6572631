// The app's Home tab.

import { h, refill } from "../lib/dom.js";
import { api } from "../lib/api.js";
import { avatar } from "../lib/avatar.js";
import { mainHead } from "../lib/head.js";
import { told } from "../lib/notices.js";
import { botName, loadViews, store } from "../lib/store.js";
import { actor, tellProblem } from "./acting.js";
import { blocks } from "./blocks.js";
import { appTabs } from "./channel.js";

/** Show the Home tab in `root` and tell the app that it was opened. */
export function showHome(root) {
  const body = h("div", { class: "home", data: { testid: "home" } });
  let drawn = null;
  const update = () => {
    const { home } = store.views;
    const now = home ? `${home.id} ${home.hash}` : "none";
    if (now === drawn) return;
    drawn = now;
    const values = {};
    refill(
      body,
      home
        ? blocks(home.blocks, { kind: "home", values, act: actor({ view_id: home.id }, values) })
        : emptyHome(),
    );
  };
  root.replaceChildren(
    mainHead({
      title: botName(),
      picture: avatar(store.workspace.bot.user_id),
      badge: "APP",
      tabs: appTabs("home"),
    }),
    body,
  );
  update();
  told(async () => {
    tellProblem(await api.openHome(store.me.id));
    await loadViews();
  });
  return { update: (topic) => topic === "views" && update() };
}

const emptyHome = () => h("p", { class: "empty" }, `${botName()} hasn't shown anything here yet.`);
