/**
 * Which session this page belongs to in each lab, and which setting it begins with: a link's, or the one it had before.
 */
import { unpack } from "./link.js";
import { opened } from "./shelf/progress.js";
import { here, settled } from "./shelf/where.js";
import { chosen } from "./stage.js";
import { closing, hiddenControls, lab, state, tell } from "./store.js";

/** @typedef {{session?: string, hash?: string, panels?: string[]}} Kept */

/** @param {string} name a lab's @returns {Kept} */
export function kept(name) {
  try { return JSON.parse(sessionStorage.getItem(`lab:${name}`) ?? "{}"); } catch { return {}; }
}
/** @param {string} name @param {Kept} more */
function keep(name, more) {
  try { sessionStorage.setItem(`lab:${name}`, JSON.stringify({ ...kept(name), ...more })); } catch { /* a reload begins anew, then */ }
}

/** Where a link names no lab. */
const FIRST = "playground";
/** @type {import("./link.js").Shared|null} */
let shared = null;
/** A link that was refused: it is not tried again. */
let refusedLink = "";

/** The fields of hello. */
export async function greeting() {
  const now = state.peek(), name = lab.peek()?.name;
  // Seen already: the server may have been restarted, so it is also told what was running and how far it was.
  if (now && name) return { session: kept(name).session ?? null, lab: name, config: now.config, runs: now.runs?.map(({ label, changes }) => ({ label, changes })), run_to: Math.max(0, now.step) };
  const { lab: asked, hash } = here.peek();
  shared = hash === refusedLink ? null : await unpack(hash).catch((error) => { tell(error.message, { level: "warning" }); return null; });
  hiddenControls.value = shared?.hide ?? [];
  const wanted = asked || shared?.lab || FIRST, before = kept(wanted);
  // The same link again is a reload: it finds its session as it was. Another link begins anew.
  const session = before.hash === hash || !shared ? before.session ?? null : null;
  return { session, lab: wanted, config: session ? null : shared?.config ?? null, runs: session ? null : shared?.runs ?? null,
    ...(session ? {} : { edits: shared?.edits ?? null, run_to: shared?.step ?? null }) };
}

/** Whether the page began with a link's own setting. */
export const linked = () => Boolean(shared);

/**
 * Hello was refused. A link's setting is tried once and no more; true where it is worth asking again.
 * @param {Error} error
 */
export function refusedGreeting(error) {
  if (!shared) {
    closing.value = { why: error.message };
    return false;
  }
  tell(`The setting of this link cannot be used: ${error.message} This is the lab's own start instead.`, { level: "warning", seconds: 30 });
  shared = null;
  refusedLink = here.peek().hash;
  return true;
}

/** @param {any} value the answer to hello @param {boolean} again */
export function remember(value, again) {
  const { name } = value.lab;
  keep(name, { session: value.session, hash: here.peek().hash });
  if (again) return;
  settled(name);
  opened(name);
  const usual = (value.lab.panels ?? []).filter((/** @type {any} */ place) => !place.when).map((/** @type {any} */ one) => one.name);
  chosen.value = shared?.panels ?? kept(name).panels ?? usual;
}

chosen.subscribe((panels) => {
  const name = lab.peek()?.name;
  if (name) keep(name, { panels });
});
