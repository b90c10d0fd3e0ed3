/** What the guide itself wants of the frames: the same streams the panels share. */
import { listeners, subscriptions } from "../stage.js";
import { state } from "../store.js";

/** @typedef {import("../subscriptions.js").Want} Want */
/** @typedef {import("../frames.js").Part} Part */

let count = 0;

/**
 * Gives every frame's parts, by the keys of the wants, to `draw`; returns the way to stop.
 * @param {string} name whose it is
 * @param {(state: any) => Want[]} wants asked anew with every state: a run may come later than the text that speaks of it
 * @param {(parts: Map<string, Part>) => void} draw
 */
export function watch(name, wants, draw) {
  // A number of its own: where one place stops watching just after another began, only its own watch ends.
  const owner = `guide ${name} ${++count}`;
  let wanted = "";
  listeners.set(owner, (rounds) => { for (const parts of rounds) draw(parts); });
  const stop = state.subscribe((now) => {
    const all = now ? [...new Map(wants(now).map((want) => [want.key, want])).values()] : [];
    if (JSON.stringify(all) === wanted) return;
    wanted = JSON.stringify(all);
    subscriptions.set(owner, all);
  });
  return () => {
    stop();
    listeners.delete(owner);
    subscriptions.set(owner, []);
  };
}

/** The curves of a run, counted from 1; nothing while it is not there. @param {number} [run] @param {number} [rate] */
export const curvesOf = (run = 1, rate = 10) => (/** @type {any} */ now) => {
  const id = now.runs?.[run - 1]?.id;
  return run > 1 && !id ? [] : [{ key: "curves", probe: "curves", options: {}, rate, ...(run > 1 ? { run: id } : {}) }];
};
