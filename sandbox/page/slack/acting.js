// Pressing and picking: one request to the sandbox, and a clear word when the app doesn't answer.

import { api } from "../lib/api.js";
import { notice, told } from "../lib/notices.js";
import { botName, store } from "../lib/store.js";

const PROBLEMS = {
  operation_timeout: () => `${botName()} didn't answer in 3 seconds.`,
  not_connected: () => `${botName()} isn't connected to this sandbox.`,
  unknown_command: () => "That is not a command here. Type / to see those there are.",
};

/** Say what went wrong when an answer isn't ok. */
export function tellProblem(answer) {
  if (answer && !answer.ok) notice(PROBLEMS[answer.error]?.() ?? `Slack's answer: ${answer.error}`);
}

/** A surface's `act`: `where` is {channel, message_ts} or {view_id}, `values` its state. */
export function actor(where, values) {
  return async (action) =>
    tellProblem(
      await told(() => api.act({ as: store.me.id, ...where, action, state: { values } })),
    );
}
