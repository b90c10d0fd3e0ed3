/** How a race stands at a step: heights, distances, who has arrived; and the words for it. No DOM. */

/**
 * @typedef {{name: string, title: string, settings: Record<string, any>, slots: string[], value: number, height: number,
 *   distance: number, reached: number | null, diverged: number | null}} Racer
 * @typedef {{racers: Racer[], steps: number, start: number[], lowest: number, minima: number[][]}} Meta
 */

/** What an optimizer remembers of past gradients, and of their squares, by the names of its slots. */
const MEMORY = ["velocity", "mean"];
const SQUARES = ["square"];

/** @param {Racer} racer */
export const memoryOf = (racer) => racer.slots.find((slot) => MEMORY.includes(slot));
/** @param {Racer} racer */
export const squaresOf = (racer) => racer.slots.find((slot) => SQUARES.includes(slot));

/** Whether a step is the rate times something as long as the gradient: then the rate that suits depends on the surface. @param {{slots: string[]}} optimizer */
export const followsTheSlope = ({ slots }) => slots.every((slot) => slot === "velocity");

/** The distance to the nearest of some places. @param {number} x @param {number} y @param {number[][]} places */
export const nearest = (x, y, places) => Math.min(...places.map(([a, b]) => Math.hypot(x - a, y - b)));

/**
 * One line a racer, at a step.
 * @param {Meta} meta @param {Record<string, ArrayLike<number>>} arrays @param {number} step
 */
export function standing(meta, arrays, step) {
  return meta.racers.map((racer, index) => {
    const place = arrays[`${index}.position`];
    const [x, y] = [place[step * 2], place[step * 2 + 1]];
    const lost = racer.diverged !== null && step >= racer.diverged;
    return { index, x, y, height: arrays[`${index}.value`][step] - meta.lowest, distance: nearest(x, y, meta.minima), lost,
      arrived: racer.reached !== null && step >= racer.reached };
  });
}

/** The order in which they arrived; those that did not come last. @param {Meta} meta */
export const order = (meta) => meta.racers.map((_, index) => index)
  .sort((a, b) => (meta.racers[a].reached ?? Infinity) - (meta.racers[b].reached ?? Infinity) || a - b);

/** When it arrived, or why it did not. @param {Racer} racer */
export const result = (racer) => (racer.diverged !== null ? "diverged" : racer.reached === null ? "not yet" : String(racer.reached));

/** The race in a sentence. @param {Meta} meta */
export function words(meta) {
  const said = order(meta).map((index) => {
    const { title, reached, diverged } = meta.racers[index];
    return diverged !== null ? `${title} diverged` : reached === null ? `${title} has not arrived after ${meta.steps} steps` : `${title} arrived after ${reached} steps`;
  });
  return `${said.join(", ")}.`;
}

/** The largest length of the vectors of one slot over a path. @param {ArrayLike<number>} vectors pairs */
export function largest(vectors) {
  let most = 0;
  for (let at = 0; at + 1 < vectors.length; at += 2) {
    const size = Math.hypot(vectors[at], vectors[at + 1]);
    if (Number.isFinite(size)) most = Math.max(most, size);
  }
  return most;
}

/**
 * The racers with rates that suit another surface, where their steps are as long as the slope is steep.
 * @param {Record<string, any>[]} racers @param {{rate: number}} surface @param {{name: string, slots: string[]}[]} optimizers
 */
export function suited(racers, surface, optimizers) {
  return racers.map((racer) => {
    const record = optimizers.find(({ name }) => name === racer.name);
    if (!record || !followsTheSlope(record)) return racer;
    return { ...racer, learning_rate: Number((surface.rate / (record.slots.length ? 5 : 1)).toPrecision(2)) };
  });
}

/** A place turned about the origin, counter-clockwise, to three figures. @param {number[]} place @param {number} degrees */
export function turned([x, y], degrees) {
  const [c, s] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  return [x * c - y * s, x * s + y * c].map((value) => Number(value.toFixed(3)));
}
