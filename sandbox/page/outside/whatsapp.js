// The WhatsApp inbox: one chat for each phone; whoever sits here can write back as that phone.

import { h, refill, uniqueId } from "../lib/dom.js";
import { api } from "../lib/api.js";
import { button } from "../lib/controls.js";
import { mainHead } from "../lib/head.js";
import { told } from "../lib/notices.js";
import { fromIso, shortMoment } from "../lib/time.js";
import { store } from "../lib/store.js";

/** Show the inbox. */
export function showWhatsapp(root) {
  const body = h("div", { class: "outside whatsapp", data: { testid: "whatsapp" } });
  const update = () => {
    const phones = [...new Set(store.whatsapp.map((message) => message.phone))];
    refill(
      body,
      phones.length
        ? phones.map(chat)
        : h("p", { class: "empty" }, "No WhatsApp message has been sent yet."),
    );
  };
  root.replaceChildren(mainHead({ title: "WhatsApp", note: "phones that were written to" }), body);
  update();
  return { update: (topic) => topic === "whatsapp" && update() };
}

function chat(phone) {
  const messages = store.whatsapp.filter((message) => message.phone === phone);
  return h(
    "section",
    { class: "chat", "aria-label": `Chat with ${phone}` },
    h("h2", {}, `+${phone}`),
    messages.map(bubble),
    replyBox(phone),
  );
}

function bubble(message) {
  return h(
    "div",
    { class: `bubble ${message.direction === "in" ? "inbound" : ""}` },
    message.type === "template" ? template(message.template) : h("p", {}, message.text.body),
    h("time", {}, shortMoment(fromIso(message.at), store.me.tz)),
  );
}

function template({ name, language, components = [] }) {
  const values = components.flatMap((part) => part.parameters ?? []);
  return [
    h("small", {}, `Template ${name} (${language.code})`),
    h(
      "ol",
      {},
      values.map((value) => h("li", {}, value.text ?? `(${value.type})`)),
    ),
  ];
}

function replyBox(phone) {
  const id = uniqueId("reply");
  const send = async (event) => {
    event.preventDefault();
    const text = box.value.trim();
    if (text && (await told(() => api.writeBack(phone, text)))) box.value = "";
  };
  const box = h("input", {
    id,
    type: "text",
    placeholder: "Write back as this phone…",
    data: { testid: `whatsapp-reply-${phone}` },
  });
  return h(
    "form",
    { class: "reply", on: { submit: send } },
    h("label", { class: "hidden", htmlFor: id }, `Write back as ${phone}`),
    box,
    button("Send", null, { type: "submit" }),
  );
}
