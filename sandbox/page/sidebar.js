// The left column: workspace, acting member, channels, the app, and the outside world.

import { h, refill } from "./lib/dom.js";
import { avatar } from "./lib/avatar.js";
import { placeHash } from "./lib/place.js";
import { actAs, botName, directMessages, myChannels, store, unread } from "./lib/store.js";

const OUTSIDE = [
  { name: "mail", label: "Mailbox", icon: "✉️" },
  { name: "whatsapp", label: "WhatsApp", icon: "💬" },
  { name: "shop", label: "Competitor's shop", icon: "🏬" },
  { name: "faults", label: "Faults", icon: "⚡" },
];

/** Draw the sidebar for a place. */
export function drawSidebar(root, place) {
  refill(
    root,
    h(
      "header",
      { class: "workspace" },
      h("b", {}, store.workspace.team.name),
      h("span", {}, "Sandbox: nothing leaves here"),
    ),
    memberSelect(),
    h(
      "div",
      { class: "sidebar-scroll" },
      section(
        "Channels",
        myChannels()
          .filter((each) => !each.is_im)
          .map((each) => channelLink(each, place)),
      ),
      directMessages() && section("Direct messages", directLink(place)),
      section(
        "Apps",
        pageLink({ name: "home", label: `${botName()} Home`, icon: appIcon() }, place),
      ),
      section(
        "Outside",
        OUTSIDE.map((each) => pageLink({ ...each, count: counts()[each.name] }, place)),
      ),
    ),
  );
}

const appIcon = () => h("img", { class: "tiny", src: "/page/app.svg", alt: "" });
const counts = () => ({ mail: store.mails.length, whatsapp: store.whatsapp.length });

function memberSelect() {
  const options = store.workspace.members.map((each) =>
    h(
      "option",
      { value: each.id, selected: each.id === store.me.id },
      each.title ? `${each.real_name} · ${each.title.replaceAll("_", " ")}` : each.real_name,
    ),
  );
  return h(
    "label",
    { class: "acting" },
    avatar(store.me.id),
    h("span", {}, "You are"),
    h(
      "select",
      { data: { testid: "member-select" }, on: { change: (event) => actAs(event.target.value) } },
      options,
    ),
  );
}

function section(title, ...links) {
  return h(
    "section",
    { "aria-label": title },
    h("h2", {}, title),
    h(
      "ul",
      {},
      links.flat().map((each) => h("li", {}, each)),
    ),
  );
}

function channelLink(channel, place) {
  const classes = channel.is_archived ? "archived" : "";
  return entry({
    hash: placeHash("c", channel.name),
    icon: "#",
    label: channel.name,
    classes,
    current: place.name === "c" && place.id === channel.name,
    fresh: unread(channel.id),
    data: { channel: channel.name },
  });
}

function directLink(place) {
  return entry({
    hash: placeHash("c", "app"),
    icon: appIcon(),
    label: botName(),
    current: place.name === "c" && place.id === "app",
    fresh: unread(directMessages().id),
    data: { channel: "app" },
  });
}

function pageLink({ name, label, icon, count = 0 }, place) {
  const node = entry({
    hash: placeHash(name),
    icon,
    label,
    current: place.name === name,
    data: { key: `page-${name}`, page: name },
  });
  if (count)
    node.append(h("span", { class: "count", "aria-label": `${count} messages` }, String(count)));
  return node;
}

function entry({
  hash,
  icon,
  label,
  classes = "",
  current,
  fresh = { any: false, mentions: 0 },
  data,
}) {
  const state = `entry ${classes}${fresh.any ? " unread" : ""}`;
  return h(
    "a",
    {
      href: hash,
      class: state,
      "aria-current": current ? "page" : null,
      data: { ...data, unread: fresh.any ? "true" : null },
    },
    h("span", { class: "icon-cell", "aria-hidden": "true" }, icon),
    h("span", { class: "entry-label" }, label),
    fresh.mentions > 0 &&
      h(
        "span",
        { class: "mentions", "aria-label": `${fresh.mentions} mentions` },
        String(fresh.mentions),
      ),
  );
}
