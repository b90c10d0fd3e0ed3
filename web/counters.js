/** Step, epoch and the speed really reached. Written straight into the page: they change with every frame. */
import { whole, write } from "./controls/scale.js";

/** @type {{step: HTMLElement, epoch: HTMLElement, speed: HTMLElement}|null} */
let places = null;
/** @type {{step: number, at: number}[]} */
let seen = [];
let shown = 0;

/** @param {HTMLElement} step @param {HTMLElement} epoch @param {HTMLElement} speed */
export function useCounters(step, epoch, speed) {
  places = { step, epoch, speed };
}

/**
 * @param {number} step
 * @param {number} epoch
 * @param {number} [time] the server's clock in seconds, where a frame brought it
 */
export function count(step, epoch, time) {
  if (!places) return;
  put(places.step, step < 1e7 ? whole(step) : millions(step));
  put(places.epoch, epoch < 100 ? epoch.toFixed(1) : epoch < 1e6 ? whole(Math.floor(epoch)) : millions(epoch));
  if (time === undefined) return;
  if (seen.length && step < (seen.at(-1)?.step ?? 0)) seen = [];
  seen.push({ step, at: time });
  while (seen.length > 2 && time - seen[0].at > 1.5) seen.shift();
  const now = performance.now();
  const span = time - seen[0].at;
  // Four times a second is as fast as a number can be read.
  if (now - shown < 250 || span < 0.05) return;
  shown = now;
  put(places.speed, short((step - seen[0].step) / span));
}

/** When it stands still: what was reached is no longer reached. */
export function rest() {
  seen = [];
  if (places) put(places.speed, "–");
}

/** @param {HTMLElement} place @param {string} text */
function put(place, text) {
  if (place.textContent !== text) place.textContent = text;
}

/** @param {number} value */
const millions = (value) => `${(value / 1e6).toFixed(value < 1e8 ? 2 : 1)}M`;

/** A speed in at most six characters. @param {number} value */
export function short(value) {
  if (value >= 999_500) return `${(value / 1e6).toFixed(1)}M`;
  if (value >= 99_950) return `${Math.round(value / 1000)}k`;
  if (value >= 100) return whole(value);
  return write(value, 2);
}
