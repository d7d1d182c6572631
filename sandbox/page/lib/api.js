// The sandbox's control API, one function a request; all throw ApiError with one clear line.

class ApiError extends Error {}

async function request(method, path, body) {
  let response;
  try {
    response = await fetch(path, {
      method,
      headers: body ? { "Content-Type": "application/json" } : {},
      body: body && JSON.stringify(body),
    });
  } catch {
    throw new ApiError("The sandbox doesn't answer. Is it still running?");
  }
  const answer = await response
    .json()
    .catch(() => ({ error: `HTTP ${response.status} from ${path}` }));
  if (!response.ok) throw new ApiError(answer.error ?? `HTTP ${response.status} from ${path}`);
  return answer;
}

const get = (path) => request("GET", path);
const post = (path, body = {}) => request("POST", path, body);
const query = (values) => new URLSearchParams(values).toString();

export const api = {
  workspace: () => get("/sandbox/workspace"),
  messages: (channel, as) => get(`/sandbox/messages?${query({ channel, as })}`),
  say: (message) => post("/sandbox/messages", message),
  command: (command) => post("/sandbox/commands", command),
  act: (action) => post("/sandbox/actions", action),
  views: (as) => get(`/sandbox/views?${query({ as })}`),
  submitView: (id, body) => post(`/sandbox/views/${encodeURIComponent(id)}/submit`, body),
  closeView: (id, body) => post(`/sandbox/views/${encodeURIComponent(id)}/close`, body),
  openHome: (as) => post("/sandbox/home", { as }),
  mails: () => get("/sandbox/mails"),
  whatsapp: () => get("/sandbox/whatsapp"),
  writeBack: (phone, text) => post("/sandbox/whatsapp", { from: phone, text }),
  shop: () => get("/sandbox/shop"),
  editProduct: (handle, change) =>
    request("PATCH", `/sandbox/shop/${encodeURIComponent(handle)}`, change),
  editShop: (change) => request("PATCH", "/sandbox/shop", change),
  faults: () => get("/sandbox/faults"),
  addFault: (fault) => post("/sandbox/faults", fault),
  clearFaults: () => request("DELETE", "/sandbox/faults"),
};

/**
 * Call `listener` for each change the sandbox announces, and `opened` whenever it can be heard:
 * what happened before has to be looked up. `opened` is told whether it was heard before.
 */
export function listen(listener, opened) {
  const stream = new EventSource("/sandbox/stream");
  let broken = false;
  stream.onmessage = (event) => listener(JSON.parse(event.data));
  stream.onerror = () => {
    broken = true;
  };
  stream.onopen = () => {
    opened(broken);
    broken = false;
  };
}
