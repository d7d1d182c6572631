// Block Kit's fields. Each shows the kept value, else the initial one, and keeps every change.

import { h, uniqueId } from "../lib/dom.js";
import { withEmoji } from "../lib/emoji.js";
import { textObject } from "../lib/mrkdwn.js";
import { momentInZone, wallTime } from "../lib/time.js";
import { myChannels, store } from "../lib/store.js";

const people = () =>
  store.workspace.members.map((member) => ({ value: member.id, text: member.real_name }));
const publicChannels = () =>
  myChannels()
    .filter((each) => !each.is_im && !each.is_archived)
    .map((each) => ({ value: each.id, text: `#${each.name}` }));
const asChoice = (option) => ({ value: option.value, text: withEmoji(option.text.text), option });

export const INPUTS = {
  plain_text_input: (spec, context, field) =>
    textInput(spec, context, field, spec.multiline ? "textarea" : "text"),
  email_text_input: (spec, context, field) => textInput(spec, context, field, "email"),
  url_text_input: (spec, context, field) => textInput(spec, context, field, "url"),
  number_input: (spec, context, field) => textInput(spec, context, field, "number"),
  datepicker: (spec, context, field) =>
    picker(spec, context, field, "date", "selected_date", spec.initial_date),
  timepicker: (spec, context, field) =>
    picker(spec, context, field, "time", "selected_time", spec.initial_time),
  datetimepicker: momentPicker,
  static_select: (spec, context, field) =>
    select(spec, context, field, "selected_option", optionGroups(spec), spec.initial_option),
  users_select: (spec, context, field) =>
    select(spec, context, field, "selected_user", [{ choices: people() }], spec.initial_user),
  channels_select: (spec, context, field) =>
    select(
      spec,
      context,
      field,
      "selected_channel",
      [{ choices: publicChannels() }],
      spec.initial_channel,
    ),
  conversations_select: (spec, context, field) =>
    select(
      spec,
      context,
      field,
      "selected_conversation",
      [{ choices: publicChannels() }],
      spec.initial_conversation,
    ),
  multi_static_select: (spec, context, field) =>
    manySelect(spec, context, field, "selected_options", flatChoices(spec), spec.initial_options),
  multi_users_select: (spec, context, field) =>
    manySelect(spec, context, field, "selected_users", people(), spec.initial_users),
  multi_channels_select: (spec, context, field) =>
    manySelect(spec, context, field, "selected_channels", publicChannels(), spec.initial_channels),
  multi_conversations_select: (spec, context, field) =>
    manySelect(
      spec,
      context,
      field,
      "selected_conversations",
      publicChannels(),
      spec.initial_conversations,
    ),
  checkboxes: (spec, context, field) => boxes(spec, context, field, "checkbox"),
  radio_buttons: (spec, context, field) => boxes(spec, context, field, "radio"),
};

const optionGroups = (spec) =>
  spec.option_groups?.map((group) => ({
    label: group.label.text,
    choices: group.options.map(asChoice),
  })) ?? [{ choices: (spec.options ?? []).map(asChoice) }];
const flatChoices = (spec) => optionGroups(spec).flatMap((group) => group.choices);

/** Common attributes of a field. */
function attributes(spec, field) {
  return {
    id: field.id,
    placeholder: spec.placeholder?.text,
    "aria-label": field.id ? null : (spec.placeholder?.text ?? spec.action_id),
    "aria-invalid": field.invalid ? "true" : null,
    autofocus: spec.focus_on_load || null,
    data: { actionId: spec.action_id },
  };
}

/** The kept value under `name`, or the initial one, kept from now on. */
function startValue(context, name, initial) {
  if (context.value() === undefined) context.keep({ [name]: initial ?? null });
  return context.value()[name];
}

function textInput(spec, context, field, type) {
  const keep = () => context.keep({ value: node.value === "" ? null : node.value });
  const triggers = spec.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  const node = h(type === "textarea" ? "textarea" : "input", {
    ...attributes(spec, field),
    ...(type === "textarea" ? { rows: 4 } : { type }),
    ...(type === "number"
      ? { min: spec.min_value, max: spec.max_value, step: spec.is_decimal_allowed ? "any" : "1" }
      : {}),
    ...(spec.max_length ? { maxLength: spec.max_length } : {}),
    value: startValue(context, "value", spec.initial_value) ?? "",
    on: {
      input: () => {
        keep();
        if (triggers.includes("on_character_entered")) context.act({ value: node.value });
      },
      keydown: (event) => {
        if (event.key === "Enter" && type !== "textarea" && triggers.includes("on_enter_pressed"))
          context.act({ value: node.value });
      },
    },
  });
  return node;
}

function picker(spec, context, field, type, name, initial) {
  return h("input", {
    ...attributes(spec, field),
    type,
    value: startValue(context, name, initial) ?? "",
    on: { change: (event) => context.change({ [name]: event.target.value || null }) },
  });
}

function momentPicker(spec, context, field) {
  const start = startValue(context, "selected_date_time", spec.initial_date_time);
  return h("input", {
    ...attributes(spec, field),
    type: "datetime-local",
    value: start ? wallTime(start, store.me.tz) : "",
    on: {
      change: ({ target }) =>
        context.change({
          selected_date_time: target.value ? momentInZone(target.value, store.me.tz) : null,
        }),
    },
  });
}

function select(spec, context, field, name, groups, initial) {
  const start = startValue(context, name, initial);
  const all = groups.flatMap((group) => group.choices);
  const pick = async () => {
    const choice = all.find((each) => each.value === node.value);
    const before = valueOf(context.value()[name]);
    if (!(await context.change({ [name]: choice.option ?? choice.value })))
      node.value = before ?? "";
  };
  const options = groups.map((group) => {
    const nodes = group.choices.map((choice) => h("option", { value: choice.value }, choice.text));
    return group.label ? h("optgroup", { label: group.label }, nodes) : nodes;
  });
  const empty = h(
    "option",
    { value: "", disabled: true, hidden: true },
    spec.placeholder?.text ?? "Choose…",
  );
  const node = h(
    "select",
    { ...attributes(spec, field), placeholder: null, on: { change: pick } },
    empty,
    options,
  );
  node.value = valueOf(start) ?? "";
  return node;
}

const valueOf = (picked) => picked?.value ?? picked;

function manySelect(spec, context, field, name, choices, initial) {
  const picked = new Set((startValue(context, name, initial) ?? []).map(valueOf));
  const summary = () =>
    picked.size
      ? choices
          .filter((each) => picked.has(each.value))
          .map((each) => each.text)
          .join(", ")
      : (spec.placeholder?.text ?? "Choose…");
  const toggle = async (choice, on) => {
    if (on) picked.add(choice.value);
    else picked.delete(choice.value);
    head.textContent = summary();
    await context.change({
      [name]: choices
        .filter((each) => picked.has(each.value))
        .map((each) => each.option ?? each.value),
    });
  };
  const head = h(
    "summary",
    { id: field.id, class: "button", "aria-labelledby": field.labelledBy },
    summary(),
  );
  return h(
    "details",
    { class: "many", data: { actionId: spec.action_id } },
    head,
    h(
      "div",
      { class: "menu" },
      choices.map((choice) =>
        h(
          "label",
          { class: "menu-item" },
          h("input", {
            type: "checkbox",
            value: choice.value,
            checked: picked.has(choice.value),
            on: { change: (event) => toggle(choice, event.target.checked) },
          }),
          choice.text,
        ),
      ),
    ),
  );
}

function boxes(spec, context, field, type) {
  const many = type === "checkbox";
  const name = many ? "selected_options" : "selected_option";
  const start = startValue(
    context,
    name,
    many ? (spec.initial_options ?? []) : spec.initial_option,
  );
  const picked = [start ?? []].flat().map((option) => option.value);
  const group = uniqueId("group");
  const change = () => {
    const on = [...node.querySelectorAll("input:checked")].map((input) => input.value);
    const options = spec.options.filter((option) => on.includes(option.value));
    return context.change({ [name]: many ? options : (options[0] ?? null) });
  };
  const node = h(
    "div",
    {
      class: "boxes",
      role: many ? "group" : "radiogroup",
      "aria-labelledby": field.labelledBy,
      data: { actionId: spec.action_id },
    },
    spec.options.map((option) =>
      h(
        "label",
        {},
        h("input", {
          type,
          name: group,
          value: option.value,
          checked: picked.includes(option.value),
          on: { change },
        }),
        h(
          "span",
          { class: "mrkdwn" },
          textObject(option.text),
          option.description && h("small", {}, textObject(option.description)),
        ),
      ),
    ),
  );
  return node;
}
