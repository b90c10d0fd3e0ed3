/**
 * The one animation-frame loop of the page: frames wait here until they are drawn, and are acknowledged after that.
 *
 * @typedef {import("./frames.js").Frame} Frame
 */

/** @type {Frame[]} */
let waiting = [];
/** @type {Set<() => void>} */
const once = new Set();
let asked = 0;

/** @type {{draw: (frames: Frame[]) => void, drawn: (frame: Frame) => void}} */
let work = { draw: () => {}, drawn: () => {} };

/** @param {typeof work} does */
export function useLoop(does) {
  work = does;
}

/** @param {Frame} frame */
export function deliver(frame) {
  waiting.push(frame);
  ask();
}

/** Runs something once in the next animation frame, however often it was asked for. @param {() => void} act */
export function soon(act) {
  once.add(act);
  ask();
}

/** What waits belongs to a lab that was left. */
export function drop() {
  waiting = [];
}

function ask() {
  asked ||= requestAnimationFrame(tick);
}

function tick() {
  asked = 0;
  const acts = [...once];
  once.clear();
  for (const act of acts) act();
  if (!waiting.length) return;
  const frames = waiting;
  waiting = [];
  try {
    work.draw(frames);
  } finally {
    // Acknowledged even if a panel failed: otherwise the server would send nothing more.
    for (const frame of frames) work.drawn(frame);
  }
}
