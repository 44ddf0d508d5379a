// Requests to the server. Those that change something carry the session's CSRF token.

const csrf = document.querySelector('meta[name="csrf-token"]').content;

/** An answer of the server that is no success. */
export class Refusal extends Error {
  constructor(status, reason) {
    super(reason);
    this.status = status;
  }
}

async function read(response) {
  const content = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refusal(response.status, String(content.error ?? response.status));
  return content;
}

/** Return what the server gives at a path. */
export async function get(path) {
  return read(await fetch(path, { credentials: "same-origin", cache: "no-store" }));
}

/** Send content to a path and return the answer. */
export async function post(path, content) {
  return read(
    await fetch(path, {
      method: "POST",
      credentials: "same-origin",
      headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf },
      body: JSON.stringify(content),
    }),
  );
}
