/**
 * What the page asks of the server: one connection, and settings sent so that a dragged slider
 * never has more than one command under way.
 */
import { signal } from "@preact/signals";
import { tell } from "./store.js";
import { Left, Refusal } from "./socket.js";

/** @type {import("./socket.js").Connection|null} */
let connection = null;

/** @param {import("./socket.js").Connection} it */
export function useConnection(it) {
  connection = it;
}

/** The last command that was carried out. @type {import("@preact/signals").Signal<{name: string, fields: Record<string, any>}|null>} */
export const obeyed = signal(null);

/**
 * @param {string} name
 * @param {Record<string, any>} [fields]
 * @returns {Promise<any>}
 */
export async function command(name, fields = {}) {
  if (!connection) throw new Error("Not connected yet.");
  const value = await connection.command(name, fields);
  obeyed.value = { name, fields };
  return value;
}

/** @param {string} probe @param {Record<string, any>} [options] @param {string} [run] */
export function measure(probe, options = {}, run = undefined) {
  return connection ? connection.measure(probe, options, run) : Promise.reject(new Error("Not connected yet."));
}

/** @param {unknown} error */
export function complain(error) {
  if (!(error instanceof Left)) tell(/** @type {Error} */ (error).message, { level: "warning" });
}

/** A command for a button: what goes wrong is told, and the promise gives undefined. @param {string} name @param {Record<string, any>} [fields] */
export async function attempt(name, fields) {
  try {
    return await command(name, fields);
  } catch (error) {
    complain(error);
    return undefined;
  }
}

/** Which of these paths make a run different, and which run that is: what is set there is set for it alone. @type {(paths: string[]) => {own: string[], run: string|undefined}} */
let ownPaths = () => ({ own: [], run: undefined });
/** @param {typeof ownPaths} ask */
export function useOwnPaths(ask) {
  ownPaths = ask;
}

/** Settings of all runs, but for those in which the shown run is different: they are its own. @param {Record<string, any>} changes */
export async function setAll(changes) {
  const { own, run } = ownPaths(Object.keys(changes));
  const mine = Object.fromEntries(Object.entries(changes).filter(([path]) => own.includes(path)));
  const others = without(changes, own);
  if (run && own.length) {
    const value = await command("set", { changes: mine, run });
    if (!Object.keys(others).length) return value;
  }
  return command("set", { changes: others });
}

/** Settings on their way: shown at once, until the server has accepted or refused them. */
export const pending = signal(/** @type {Record<string, any>} */ ({}));
/** Settings the server refused: path -> its words. */
export const refused = signal(/** @type {Record<string, string>} */ ({}));

/** @type {Record<string, any>} */
let next = {};
let underWay = false;

/**
 * Changes settings; of several changes of one path while a command is under way only the last is sent.
 * @param {Record<string, any>} changes
 */
export function change(changes) {
  Object.assign(next, changes);
  pending.value = { ...pending.value, ...changes };
  refused.value = without(refused.value, Object.keys(changes));
  if (!underWay) send();
}

async function send() {
  underWay = true;
  while (Object.keys(next).length) {
    const changes = next;
    next = {};
    try {
      await setAll(changes);
    } catch (error) {
      const at = error instanceof Refusal && Object.keys(changes).find((path) => error.field.startsWith(path) || path.startsWith(error.field));
      if (at && error instanceof Refusal) refused.value = { ...refused.value, [at]: error.words };
      else complain(error);
    }
    pending.value = without(pending.value, Object.keys(changes).filter((path) => !(path in next)));
  }
  underWay = false;
}

/** Nothing is on its way any more: the lab was left. */
export function forget() {
  next = {};
  pending.value = {};
  refused.value = {};
}

/** @template T @param {Record<string, T>} all @param {string[]} keys */
function without(all, keys) {
  return Object.fromEntries(Object.entries(all).filter(([key]) => !keys.includes(key)));
}
