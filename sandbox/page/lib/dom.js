// Building elements without HTML text: what comes from outside can only ever become text.

/**
 * Make an element. `props`: class, on (listeners), data (dataset), any DOM property or attribute.
 * Children that are null or false are left out; strings become text.
 */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) setProp(node, name, value);
  node.append(
    ...children
      .flat(Infinity)
      .filter((child) => child !== null && child !== false && child !== undefined),
  );
  return node;
}

function setProp(node, name, value) {
  if (value === null || value === undefined) return;
  if (name === "on") {
    for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
  } else if (name === "data") {
    for (const [key, text] of Object.entries(value)) if (text != null) node.dataset[key] = text;
  } else if (name === "class") {
    node.className = value;
  } else if (name in node && !name.startsWith("aria") && name !== "list") {
    node[name] = value;
  } else {
    node.setAttribute(name, value);
  }
}

const FOCUS_KEYS = ["testid", "key", "actionId", "channel"];

/** Replace a node's children; keyboard focus stays on the element with the same mark. */
export function refill(root, ...children) {
  const active = root.contains(document.activeElement) ? document.activeElement : null;
  const key = active && FOCUS_KEYS.find((name) => active.dataset[name]);
  const value = key && active.dataset[key];
  root.replaceChildren(...children.flat(Infinity).filter(Boolean));
  if (!key) return;
  const same = [...root.querySelectorAll("*")].find((node) => node.dataset[key] === value);
  same?.focus({ preventScroll: true });
}

let lastId = 0;

/** A document-wide unique id, for labels. */
export function uniqueId(prefix) {
  lastId += 1;
  return `${prefix}-${lastId}`;
}

/** The path of an address on this page's own server, by any loopback name; null elsewhere. */
export function ownPath(address) {
  if (!URL.canParse(address, location.href)) return null;
  const url = new URL(address, location.href);
  const own =
    url.origin === location.origin ||
    (url.port === location.port && ["127.0.0.1", "localhost"].includes(url.hostname));
  return own && url.protocol === location.protocol ? url.pathname + url.search : null;
}
