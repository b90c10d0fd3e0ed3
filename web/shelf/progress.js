/**
 * How far this person came, kept in this browser only: which lab was the last, and the steps done in each.
 * A step is done by its number, counted from 1.
 *
 * @typedef {{done: number[], at: number}} Reached at: the step shown last, 0 where none was
 * @typedef {{last: string|null, labs: Record<string, Reached>}} Progress
 */
import { signal } from "@preact/signals-core";

const KEY = "progress";
const NOTHING = /** @type {Progress} */ ({ last: null, labs: {} });

/** What a browser kept, as far as it makes sense: anybody can write there. @param {string|null} text @returns {Progress} */
export function understand(text) {
  let kept;
  try { kept = JSON.parse(text ?? ""); } catch { return NOTHING; }
  if (typeof kept?.labs !== "object" || kept.labs === null) return NOTHING;
  const whole = (/** @type {any} */ step) => Number.isInteger(step) && step > 0 && step < 1000;
  const labs = Object.entries(kept.labs).filter(([, one]) => Array.isArray(/** @type {any} */ (one)?.done)).map(([name, one]) => {
    const { done, at } = /** @type {any} */ (one);
    return [name, { done: [...new Set(done.filter(whole))].sort((a, b) => a - b), at: whole(at) ? at : 0 }];
  });
  return { last: typeof kept.last === "string" ? kept.last : null, labs: Object.fromEntries(labs) };
}

function stored() {
  try { return localStorage.getItem(KEY); } catch { return null; }
}

export const progress = signal(understand(stored()));

/** @param {Progress} next */
function keep(next) {
  progress.value = next;
  try { localStorage.setItem(KEY, JSON.stringify(next)); } catch { /* not remembered, then */ }
}

/** @param {string} lab @returns {Reached} */
export const of = (lab) => progress.value.labs[lab] ?? { done: [], at: 0 };

/** This lab was opened. @param {string} lab */
export function opened(lab) {
  const now = understand(stored());
  keep({ last: lab, labs: { ...now.labs, [lab]: now.labs[lab] ?? { done: [], at: 0 } } });
}

/** The step now shown; another tab may have written meanwhile, so what is kept is read first. @param {string} lab @param {number} at */
export function reached(lab, at) {
  const now = understand(stored());
  keep({ ...now, labs: { ...now.labs, [lab]: { done: now.labs[lab]?.done ?? [], at } } });
}

/** @param {string} lab @param {number} step */
export function did(lab, step) {
  const now = understand(stored());
  const { done = [], at = step } = now.labs[lab] ?? {};
  if (done.includes(step)) return;
  keep({ ...now, labs: { ...now.labs, [lab]: { done: [...done, step].sort((a, b) => a - b), at } } });
}
