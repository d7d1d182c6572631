// Telling a service of the sandbox to fail, and letting it recover.

import { h } from "../lib/dom.js";
import { api } from "../lib/api.js";
import { button } from "../lib/controls.js";
import { mainHead } from "../lib/head.js";
import { told } from "../lib/notices.js";

const HTTP = {
  429: "Too many requests (429)",
  500: "Server error (500)",
  hang: "Hang: no answer",
  lost_answer: "Do it, then lose the answer",
  reset: "Break the connection",
};
const MODES = {
  slack: {
    ...HTTP,
    ok_false: "Refuse (ok: false)",
    drop_sockets: "Drop the Socket Mode connections",
  },
  smtp: {
    450: "Not now (450)",
    550: "Never (550)",
    hang: HTTP.hang,
    lost_answer: HTTP.lost_answer,
    reset: HTTP.reset,
  },
  whatsapp: { ...HTTP, ok_false: "Refuse with Meta's error" },
  shop: HTTP,
};
const TARGETS = {
  slack: "Slack",
  smtp: "Mail (SMTP)",
  whatsapp: "WhatsApp",
  shop: "The competitor's shop",
};
const DETAILS = [
  {
    name: "method",
    label: "Only this method",
    placeholder: "chat.postMessage",
    targets: ["slack"],
  },
  { name: "error", label: "Error name", placeholder: "channel_not_found", modes: ["ok_false"] },
  { name: "retry_after", label: "Retry after (seconds)", number: true, modes: ["429"] },
  { name: "hang_seconds", label: "Hang for (seconds)", number: true, modes: ["hang"] },
  { name: "times", label: "How many times", placeholder: "until cleared", number: true },
  { name: "seconds", label: "For how long (seconds)", placeholder: "until cleared", number: true },
];

/** Show the form and the faults that are on. */
export function showFaults(root) {
  const list = h("ul", { class: "fault-list", data: { testid: "fault-list" } });
  const refresh = () => told(async () => drawList(list, (await api.faults()).faults));
  const clear = () => told(() => api.clearFaults()).then(refresh);
  root.replaceChildren(
    mainHead({ title: "Faults", note: "let a service fail and watch what happens" }),
    h(
      "div",
      { class: "outside" },
      faultForm(refresh),
      h(
        "div",
        { class: "panel-row" },
        h("h2", {}, "Failing now"),
        button("Clear all", clear, { testid: "fault-clear" }),
      ),
      list,
    ),
  );
  refresh();
  return { update: () => {} };
}

function faultForm(done) {
  const target = labelled("Service", options(TARGETS), "fault-target");
  const mode = labelled("What happens", options(MODES.slack), "fault-mode");
  const details = DETAILS.map((detail) => ({ detail, field: detailField(detail) }));
  const adapt = () => {
    for (const { detail, field } of details) {
      field.hidden = !fits(detail, target.select.value, mode.select.value);
    }
  };
  const changeTarget = () => {
    mode.select.replaceChildren(...options(MODES[target.select.value]));
    adapt();
  };
  target.select.addEventListener("change", changeTarget);
  mode.select.addEventListener("change", adapt);
  adapt();
  const add = async (event) => {
    event.preventDefault();
    const chosen = { target: target.select.value, mode: mode.select.value };
    await told(() => api.addFault({ ...chosen, ...given(details) }));
    await done();
  };
  return h(
    "form",
    { class: "fault-form", on: { submit: add } },
    target.label,
    mode.label,
    details.map(({ field }) => field),
    button("Let it fail", null, { type: "submit", kind: "danger", testid: "fault-add" }),
  );
}

/** What was filled in; a number that is none goes as it is, to be refused with a reason. */
function given(details) {
  const filled = details
    .filter(({ field }) => !field.hidden)
    .map(({ detail, field }) => [detail, field.querySelector("input").value.trim()])
    .filter(([, value]) => value);
  return Object.fromEntries(
    filled.map(([detail, value]) => [detail.name, detail.number ? Number(value) || value : value]),
  );
}

const fits = (detail, target, mode) =>
  (detail.targets?.includes(target) ?? true) && (detail.modes?.includes(mode) ?? true);
const options = (labels) =>
  Object.entries(labels).map(([value, label]) => h("option", { value }, label));

function labelled(text, choices, testid) {
  const select = h("select", { data: { testid } }, choices);
  return { select, label: h("label", {}, h("span", {}, text), select) };
}

function detailField({ name, label, placeholder = "", number = false }) {
  return h(
    "label",
    {},
    h("span", {}, label),
    h("input", {
      type: "text",
      inputMode: number ? "decimal" : "text",
      placeholder,
      data: { testid: `fault-${name}` },
    }),
  );
}

function drawList(list, faults) {
  const line = (fault) => {
    const { target, mode, left } = fault;
    const set = DETAILS.filter(
      (detail) => fits(detail, target, mode) && fault[detail.name] !== undefined,
    );
    const notes = set.map((detail) => `${detail.label}: ${fault[detail.name]}`);
    if (left !== null) notes.push(`${left} left`);
    return h(
      "li",
      {},
      h("b", {}, TARGETS[target]),
      ` ${MODES[target][mode]} `,
      h("small", {}, notes.join(" · ")),
    );
  };
  list.replaceChildren(
    ...(faults.length ? faults.map(line) : [h("li", { class: "empty" }, "Everything works.")]),
  );
}
