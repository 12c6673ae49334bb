// The host's HTTP interface. Where it wants a key, the call waits until there is one and is made again.

/** An answer that is no success, or none at all; in words for people. */
export class Problem extends Error {
  constructor({ title, detail, remedy, status = 0, traceId = null }) {
    super(detail ?? title);
    Object.assign(this, { title, detail: detail ?? null, remedy: remedy ?? null, status, traceId });
  }
}

let signIn = () => Promise.reject(new Problem({ title: "A key is needed", status: 401 }));

/** Who asks for the key: a function whose promise is kept once there is one. */
export const setSignIn = asker => { signIn = asker; };

export const get = (path, { signal } = {}) => call("GET", path, { signal });

export const post = (path, body, headers) => call("POST", path, { body, headers });

export const remove = path => call("DELETE", path, {});

async function call(method, path, { body, headers, signal }) {
  for (;;) {
    const answer = await send(method, path, { body, headers, signal });
    if (answer.status !== 401 || path === "/session") return read(answer);
    await signIn();
    signal?.throwIfAborted();
  }
}

async function send(method, path, { body, headers, signal }) {
  try {
    return await fetch(path, {
      method,
      signal,
      cache: "no-store",
      credentials: "same-origin",
      headers: { Accept: "application/json", ...(method === "GET" ? {} : { "Content-Type": "application/json" }), ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem({
      title: "The host can’t be reached",
      detail: "No answer came from " + location.host + ".",
      remedy: "See whether `kubemetrics serve` still runs and whether the network is there, then try again.",
    });
  }
}

async function read(answer) {
  const text = await answer.text();
  let value = null;
  try {
    value = text === "" ? null : JSON.parse(text);
  } catch {
    if (answer.ok) throw new Problem({ title: "The answer can’t be understood", status: answer.status, detail: "It is no JSON." });
  }
  if (answer.ok) return { value, status: answer.status };
  throw new Problem({
    title: value?.title ?? `The host answered ${answer.status}`,
    detail: value?.detail ?? answer.statusText,
    remedy: value?.remedy ?? again(answer.headers.get("Retry-After")),
    status: answer.status,
    traceId: value?.traceId,
  });
}

const again = seconds => seconds && /^\d+$/.test(seconds) ? `Try again in ${seconds} s.` : null;

/** Lists come bare, or as the one array of an object. */
export const listOf = value => Array.isArray(value) ? value : Object.values(value ?? {}).find(Array.isArray) ?? [];

/** A key of its own for each wish: asked twice with the same one, the host does it once. */
export function idempotencyKey() {
  // randomUUID is there on localhost and over https only.
  if (crypto.randomUUID) return crypto.randomUUID();
  return [...crypto.getRandomValues(new Uint8Array(16))].map(byte => byte.toString(16).padStart(2, "0")).join("");
}
