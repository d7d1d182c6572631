// The mailbox: everything that was sent by SMTP. HTML mails are shown without scripts and without
// the network.

import { h, refill } from "../lib/dom.js";
import { button } from "../lib/controls.js";
import { mainHead } from "../lib/head.js";
import { go } from "../lib/place.js";
import { fromIso, fullMoment, shortMoment } from "../lib/time.js";
import { store } from "../lib/store.js";

const MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";
const MAIL_HEAD = `<meta http-equiv="Content-Security-Policy" content="${MAIL_POLICY}"><base target="_blank">`;

/** Show the mailbox, with the mail that the place names open. */
export function showMailbox(root, place) {
  const list = h("ul", {
    class: "mail-list",
    "aria-label": "Mails",
    data: { testid: "mail-list" },
  });
  const reader = h("div", { class: "mail-reader", data: { testid: "mail-reader" } });
  let drawn = null;
  const update = () => {
    const mails = [...store.mails].reverse();
    refill(
      list,
      mails.length
        ? mails.map((mail) => h("li", {}, mailLink(mail, place)))
        : h("li", { class: "empty" }, "No mail has come yet."),
    );
    const mail = mails.find((each) => each.id === place.id) ?? null;
    if (drawn === mail?.id) return;
    drawn = mail?.id;
    reader.replaceChildren(
      ...(mail ? readMail(mail) : [h("p", { class: "empty" }, "Choose a mail.")]),
    );
  };
  root.replaceChildren(
    mainHead({ title: "Mailbox", note: "everything sent by SMTP" }),
    h("div", { class: `mailbox${place.id ? " reading" : ""}` }, list, reader),
  );
  update();
  return { update: (topic) => topic === "mails" && update() };
}

function mailLink(mail, place) {
  const open = () => go("mail", mail.id);
  return h(
    "button",
    {
      type: "button",
      class: "mail-entry",
      "aria-current": mail.id === place.id ? "true" : null,
      data: { key: `mail-${mail.id}` },
      on: { click: open },
    },
    h("span", { class: "mail-to" }, `To ${mail.to.join(", ")}`),
    h("time", {}, shortMoment(fromIso(mail.at), store.me.tz)),
    h("b", {}, mail.subject || "(no subject)"),
    h("span", { class: "mail-start" }, (mail.text ?? "").slice(0, 120)),
  );
}

function readMail(mail) {
  return [
    h(
      "header",
      {},
      button("← Mails", () => go("mail"), { kind: "back" }),
      h("h2", {}, mail.subject || "(no subject)"),
      headerList(mail),
      mail.attachments.length > 0 && h("p", {}, "📎 ", attachmentNames(mail)),
    ),
    ...bodyTabs(mail),
  ];
}

const attachmentNames = (mail) =>
  mail.attachments.map((each) => each.name ?? each.mimetype).join(", ");

/** The tabs over a mail's bodies, and the pane that shows the chosen one. */
function bodyTabs(mail) {
  const bodies = [
    mail.html && ["HTML", () => htmlFrame(mail)],
    mail.text && ["Text", () => h("pre", { class: "mail-text" }, mail.text)],
  ].filter(Boolean);
  const pane = h("div", { class: "mail-body", role: "tabpanel" });
  const tabs = bodies.map(([label], place) =>
    h("button", { type: "button", role: "tab", on: { click: () => choose(place) } }, label),
  );
  const choose = (place) => {
    tabs.forEach((tab, at) => tab.setAttribute("aria-selected", String(at === place)));
    pane.replaceChildren(bodies[place][1]());
  };
  if (bodies.length) choose(0);
  else pane.append(h("p", { class: "empty" }, "This mail has no text."));
  const original = `/sandbox/mails/${encodeURIComponent(mail.id)}.eml`;
  const download = h("a", { href: original, download: `${mail.id}.eml` }, "Original (.eml)");
  return [h("div", { class: "tabs" }, h("div", { role: "tablist" }, tabs), download), pane];
}

function headerList(mail) {
  const lines = [
    ["From", mail.from],
    ["To", mail.to.join(", ")],
    ["Date", fullMoment(fromIso(mail.at), store.me.tz)],
    ["In reply to", mail.in_reply_to],
    ["Message-ID", mail.message_id],
  ];
  return h(
    "dl",
    {},
    lines
      .filter(([, value]) => value)
      .map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]),
  );
}

const htmlFrame = (mail) =>
  h("iframe", {
    title: "The mail's HTML",
    sandbox: "allow-popups allow-popups-to-escape-sandbox",
    srcdoc: MAIL_HEAD + mail.html,
    data: { testid: "mail-html" },
  });
