/** Files out and in. The session is named in a header: addresses end up in logs and histories. */
import { asked } from "./lanes/runs.js";
import { session } from "./store.js";

/** What is of one run is of the one that is shown. */
const OF_ONE = ["weights", "pytorch"];

/** @param {Response} response */
async function answer(response) {
  const body = await response.json().catch(() => null);
  if (body?.ok === false && body.error) throw Object.assign(new Error(body.error.message ?? "The server refused it."), { body });
  if (!response.ok) throw new Error(body?.detail ?? `The server answered ${response.status}.`);
  return body;
}

/** @param {string} address relative to the page @param {BodyInit} [body] @returns {Promise<Response>} */
function post(address, body) {
  const run = OF_ONE.some((what) => address.endsWith(what)) ? asked.peek() : undefined;
  return fetch(new URL(address, document.baseURI), { method: "POST", body, headers: { "X-Session": session.value ?? "", ...(run ? { "X-Run": run } : {}) } });
}

/** Sends a body, gives the JSON that comes back; errors carry the server's words. @param {string} address @param {BodyInit} body */
export async function send(address, body) {
  return answer(await post(address, body));
}

/** Fetches what the server makes and hands it to the person as a file. @param {string} what */
export async function fetchFile(what) {
  const response = await post(`api/export/${what}`);
  if (!response.ok) await answer(response);
  const name = response.headers.get("content-disposition")?.match(/filename="([^"]+)"/)?.[1] ?? what;
  save(await response.blob(), name);
}

/** @param {Blob} blob @param {string} name */
export function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Asks the person for a file; null if they change their mind. @param {string} accept @returns {Promise<File|null>} */
export function pick(accept) {
  return new Promise((resolve) => {
    const input = document.createElement("input");
    input.type = "file";
    input.accept = accept;
    input.addEventListener("change", () => resolve(input.files?.[0] ?? null));
    input.addEventListener("cancel", () => resolve(null));
    input.click();
  });
}
