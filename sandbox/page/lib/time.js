// Moments as the acting member reads them: in their own time zone, on a 24-hour clock.

const formats = new Map();

function format(zone, options) {
  const key = zone + JSON.stringify(options);
  if (!formats.has(key)) {
    formats.set(key, new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...options }));
  }
  return formats.get(key);
}

const toDate = (seconds) => new Date(Number(seconds) * 1000);

export const clock = (seconds, zone) =>
  format(zone, { hour: "2-digit", minute: "2-digit" }).format(toDate(seconds));

const clockWithSeconds = (seconds, zone) =>
  format(zone, { hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(toDate(seconds));

export const fullMoment = (seconds, zone) =>
  `${format(zone, { dateStyle: "full", timeStyle: "medium" }).format(toDate(seconds))} (${zone})`;

export const shortMoment = (seconds, zone) =>
  format(zone, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }).format(
    toDate(seconds),
  );

/** Seconds since 1970 of an ISO 8601 text. */
export const fromIso = (text) => Date.parse(text) / 1000;

/** "2026-11-22", the calendar day of a moment in a zone. */
export function day(seconds, zone) {
  const parts = format(zone, { year: "numeric", month: "2-digit", day: "2-digit" }).formatToParts(
    toDate(seconds),
  );
  const part = (type) => parts.find((each) => each.type === type).value;
  return `${part("year")}-${part("month")}-${part("day")}`;
}

/** "Today", "Yesterday" or "Friday, 20 November". */
export function dayName(seconds, zone, now = Date.now() / 1000) {
  const name = day(seconds, zone);
  if (name === day(now, zone)) return "Today";
  if (name === day(now - 86400, zone)) return "Yesterday";
  return format(zone, { weekday: "long", day: "numeric", month: "long" }).format(toDate(seconds));
}

/** Slack's <!date^…> tokens, such as "{date_short} at {time}". */
export function dateTokens(pattern, seconds, zone) {
  const written = (options) => format(zone, options).format(toDate(seconds));
  const long = () => written({ weekday: "long", day: "numeric", month: "long", year: "numeric" });
  const full = () => written({ day: "numeric", month: "long", year: "numeric" });
  const short = () => written({ day: "numeric", month: "short", year: "numeric" });
  const pretty = (plain) =>
    /^(Today|Yesterday)$/.test(dayName(seconds, zone)) ? dayName(seconds, zone) : plain();
  const tokens = {
    date_num: () => day(seconds, zone),
    date_slash: () => written({ day: "2-digit", month: "2-digit", year: "numeric" }),
    date: full,
    date_short: short,
    date_long: long,
    date_pretty: () => pretty(full),
    date_short_pretty: () => pretty(short),
    date_long_pretty: () => pretty(long),
    time: () => clock(seconds, zone),
    time_secs: () => clockWithSeconds(seconds, zone),
    ago: () => ago(seconds),
  };
  return pattern.replace(/\{(\w+)\}/g, (whole, name) => tokens[name]?.() ?? whole);
}

/** "5 minutes ago" or "in 3 days". */
function ago(seconds, now = Date.now() / 1000) {
  const passed = Number(seconds) - now;
  const [unit, length] = [
    ["day", 86400],
    ["hour", 3600],
    ["minute", 60],
  ].find(([, size]) => Math.abs(passed) >= size) ?? ["second", 1];
  return new Intl.RelativeTimeFormat("en", { numeric: "auto" }).format(
    Math.round(passed / length),
    unit,
  );
}

/** Seconds since 1970 of a wall-clock time "2026-11-22T09:30" in a zone. */
export function momentInZone(wall, zone) {
  const asUtc = Date.parse(`${wall}Z`) / 1000;
  const once = asUtc - offset(asUtc, zone);
  return asUtc - offset(once, zone);
}

/** The wall-clock time "2026-11-22T09:30" of a moment in a zone. */
export const wallTime = (seconds, zone) => `${day(seconds, zone)}T${clock(seconds, zone)}`;

function offset(seconds, zone) {
  const wall = `${day(seconds, zone)}T${clockWithSeconds(seconds, zone)}Z`;
  return Date.parse(wall) / 1000 - Math.floor(seconds);
}
