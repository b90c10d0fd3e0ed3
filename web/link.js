/**
 * A whole setting as the part of a link behind `#`: a version, then deflated JSON in base64url.
 * What a link holds is a wish: the server validates it like any other setting.
 *
 * @typedef {{config: any, edits?: any[], step?: number, runs?: {label: string, changes: Record<string, any>}[], lab?: string, hide?: string[], panels?: string[]}} Shared
 */

export const VERSION = 1;
/** A link that unpacks to more than this is refused before it can fill the memory. */
const MOST_CHARACTERS = 2_000_000;

/**
 * @param {Shared} shared
 * @returns {Promise<string>} `s1.…`
 */
export async function pack(shared) {
  const bytes = new TextEncoder().encode(JSON.stringify(shared));
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const packed = new Uint8Array(await new Response(stream).arrayBuffer());
  let text = "";
  for (const byte of packed) text += String.fromCharCode(byte);
  return `s${VERSION}.${btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "")}`;
}

/**
 * @param {string} hash with or without `#`
 * @returns {Promise<Shared|null>} null where the hash is no such link; throws with words a person can read
 */
export async function unpack(hash) {
  const match = hash.replace(/^#/, "").match(/^s(\d+)\.([A-Za-z0-9_-]+)$/);
  if (!match) return null;
  if (Number(match[1]) !== VERSION) {
    throw new Error(`This link was made by another version of the playground (${match[1]}; this one reads ${VERSION}).`);
  }
  let shared;
  try {
    const text = atob(match[2].replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
    shared = JSON.parse(await inflate(bytes));
  } catch {
    throw new Error("This link is damaged: a part of it may have been cut off when it was copied.");
  }
  if (typeof shared?.config !== "object" || shared.config === null) throw new Error("This link holds no setting.");
  const names = (/** @type {any} */ list) => Array.isArray(list) ? list.filter((name) => typeof name === "string") : undefined;
  return { config: shared.config, lab: typeof shared.lab === "string" ? shared.lab : undefined,
    edits: Array.isArray(shared.edits) && shared.edits.length ? shared.edits : undefined, step: Number.isInteger(shared.step) && shared.step > 0 ? shared.step : undefined,
    runs: Array.isArray(shared.runs) && shared.runs.length ? shared.runs : undefined, hide: names(shared.hide), panels: names(shared.panels) };
}

/** @param {Uint8Array<ArrayBuffer>} bytes */
async function inflate(bytes) {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return text + decoder.decode();
    text += decoder.decode(value, { stream: true });
    if (text.length > MOST_CHARACTERS) throw new Error("too long");
  }
}
