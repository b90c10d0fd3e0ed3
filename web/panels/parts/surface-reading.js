/** What is written beside the pointer on the plane: the answer there, the place, the nearest example. No DOM. */
import { fixed, number, percent, pretty } from "../../kit/format.js";

/** The index of the cell under a place of the box; row 0 is the top. @param {number[]} shape @param {number} across 0…1 @param {number} down 0…1 */
export const cellAt = ([rows, columns], across, down) =>
  Math.min(rows - 1, Math.max(0, Math.floor(down * rows))) * columns + Math.min(columns - 1, Math.max(0, Math.floor(across * columns)));

/**
 * @param {any} part a part of the probe `surface` @param {string[] | null} classes @param {boolean} neuron whether it shows a single neuron
 * @param {number} across 0…1 @param {number} down 0…1 @returns {string[]}
 */
export function answerAt(part, classes, neuron, across, down) {
  const values = part?.arrays.winner ?? part?.arrays.values;
  if (!values) return [];
  const cell = cellAt(values.shape, across, down);
  if (part.meta.kind === "classes") {
    return [values[cell] === 255 ? "not a number here" : `${classes?.[values[cell]] ?? values[cell]}: ${percent(part.arrays.probability[cell] / 255)}`];
  }
  if (values[cell] === -128) return ["not a number here"];
  const value = (values[cell] / 127) * (part.meta.scale ?? 1) + (part.meta.center ?? 0);
  if (neuron) return [`neuron: ${fixed(value, 2)}`];
  if (classes?.length === 2) return [`${classes[value >= 0 ? 1 : 0]}: ${percent(Math.abs(value) / 2 + 0.5)}`, `output ${fixed(value, 2)}`];
  return [`output ${number(value)}`];
}

/** @param {string[]} names @param {number[]} place */
export const placeText = ([xName, yName], [x, y]) => `${pretty(xName)} = ${fixed(x, 2)}, ${pretty(yName)} = ${fixed(y, 2)}`;

/** @param {{test: boolean, label: number, predicted: number | null} | null} near @param {string[] | null} classes @returns {string[]} */
export function exampleText(near, classes) {
  if (!near) return [];
  const told = (/** @type {number} */ value) => (classes ? classes[Math.round(value)] ?? fixed(value, 2) : number(value));
  return [`${near.test ? "test" : "training"} point: ${told(near.label)}${near.predicted === null ? "" : `, answered ${told(near.predicted)}`}`];
}
