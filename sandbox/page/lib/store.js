// What the page knows, and how it finds out again. Parts of the page subscribe to topics.

import { api } from "./api.js";

export const store = {
  workspace: {
    team: { name: "Sandbox" },
    bot: { name: "app" },
    members: [],
    channels: [],
    commands: [],
  },
  me: null,
  messages: new Map(),
  views: { modals: [], home: null },
  mails: [],
  whatsapp: [],
  shop: { products: [], mode: "normal" },
};

const ME_KEY = "sandbox.acting-member";
const subscribers = new Map();
const readMarks = new Map();

/** Call `listener` whenever something of `topic` changed. */
export function subscribe(topic, listener) {
  if (!subscribers.has(topic)) subscribers.set(topic, new Set());
  subscribers.get(topic).add(listener);
}

/** Tell the subscribers of a topic. */
function announce(topic, detail = null) {
  subscribers.get(topic)?.forEach((listener) => listener(detail));
}

/** Load everything, as at the start and after the stream was broken. */
export async function loadAll() {
  await loadWorkspace();
  await Promise.all([
    ...myChannels().map((channel) => loadMessages(channel.id)),
    loadViews(),
    loadMails(),
    loadWhatsapp(),
    loadShop(),
  ]);
}

export async function loadWorkspace() {
  store.workspace = await api.workspace();
  const wanted = store.me?.id ?? localStorage.getItem(ME_KEY);
  store.me =
    store.workspace.members.find((member) => member.id === wanted) ?? store.workspace.members[0];
  announce("workspace");
}

/** Act as another member from now on. */
export async function actAs(memberId) {
  store.me = member(memberId) ?? store.me;
  localStorage.setItem(ME_KEY, store.me.id);
  store.messages.clear();
  await loadAll();
  announce("me");
}

/** Load one channel; an unknown one means that the workspace has grown. */
export const loadMessages = latestOnly(async (id) => {
  if (!channel(id)) await loadWorkspace();
  if (!myChannels().some((each) => each.id === id)) return;
  const me = store.me;
  const { messages } = await api.messages(id, me.id);
  if (me !== store.me) return;
  store.messages.set(id, messages);
  announce("messages", id);
});

export const loadViews = latestOnly(async () => {
  store.views = await api.views(store.me.id);
  announce("views");
});

export const loadMails = latestOnly(async () => {
  store.mails = (await api.mails()).mails;
  announce("mails");
});

export const loadWhatsapp = latestOnly(async () => {
  store.whatsapp = (await api.whatsapp()).messages;
  announce("whatsapp");
});

export const loadShop = latestOnly(async () => {
  store.shop = await api.shop();
  announce("shop");
});

/** While a load runs, further wishes for the same thing become one more load after it. */
function latestOnly(load) {
  const running = new Map();
  return (key) => {
    const current = running.get(key);
    if (current) {
      current.next ??= current.done.catch(() => null).then(() => start(key));
      return current.next;
    }
    return start(key);
  };

  function start(key) {
    const entry = { done: load(key), next: null };
    running.set(key, entry);
    entry.done.finally(() => entry.next ?? running.delete(key)).catch(() => null);
    return entry.done;
  }
}

export const member = (id) => store.workspace.members.find((each) => each.id === id);
export const channel = (id) => store.workspace.channels.find((each) => each.id === id);
export const isBot = (id) => id === store.workspace.bot.user_id || id === store.workspace.bot.id;

/** The app's name with a capital. */
export function botName() {
  const { name } = store.workspace.bot;
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** The name that stands over a message or in a mention. */
export function displayName(userId) {
  if (isBot(userId)) return botName();
  return member(userId)?.real_name ?? (userId === "USLACKBOT" ? "Slackbot" : userId);
}

/** The channels that the acting member sees: public ones and their own direct messages. */
export const myChannels = () =>
  store.workspace.channels.filter((each) => !each.is_im || each.user === store.me.id);

/** The acting member's direct messages with the app. */
export const directMessages = () => myChannels().find((each) => each.is_im);

export const isReply = (message) => Boolean(message.thread_ts) && message.thread_ts !== message.ts;
export const mentionsMe = (message) => message.notifies?.includes(store.me.id) ?? false;

const markKey = (channelId) => `${store.me.id}/${channelId}`;

/** The time stamp up to which the acting member has read a channel. */
export const readUpTo = (channelId) => readMarks.get(markKey(channelId)) ?? "0";

/** Note that the acting member has seen all of a channel. */
export function markRead(channelId) {
  const last = store.messages.get(channelId)?.at(-1)?.ts;
  if (!last || last <= readUpTo(channelId)) return;
  readMarks.set(markKey(channelId), last);
  announce("read", channelId);
}

/** How much of a channel is new: {any, mentions}. */
export function unread(channelId) {
  const mark = readUpTo(channelId);
  const fresh = (store.messages.get(channelId) ?? []).filter(
    (each) => each.ts > mark && each.user !== store.me.id,
  );
  return { any: fresh.some((each) => !isReply(each)), mentions: fresh.filter(mentionsMe).length };
}
