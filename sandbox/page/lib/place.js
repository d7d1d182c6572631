// Where the user is, kept in the address: #/c/stock, #/c/stock/t/173…, #/mail/m3, #/shop …

/** Read the address: {name, id, thread}. */
export function readPlace(hash = location.hash) {
  const [name = "", id = "", , thread = ""] = hash
    .replace(/^#\/?/, "")
    .split("/")
    .map(decodeURIComponent);
  return { name, id: id || null, thread: thread || null };
}

/** The address of a place. */
export function placeHash(name, id = null, thread = null) {
  const parts = [name, id, thread && "t", thread].filter(Boolean).map(encodeURIComponent);
  return `#/${parts.join("/")}`;
}

/** Go to a place. */
export function go(name, id = null, thread = null) {
  location.hash = placeHash(name, id, thread);
}
