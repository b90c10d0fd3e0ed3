/**
 * One look a lane, everywhere: a hue, a dash pattern and a mark, so that no lane is known by its colour alone. No DOM.
 *
 * The hues were chosen by search like those of the classes (far apart for every kind of colour sight, at least 3 : 1 against
 * the panel); blue, orange and the accent are left out, since they mean something else. The first lane wears the ink, and the
 * dotted one a bright hue: dots are faint.
 *
 * @typedef {{id: string, index: number, name: string, value: string, diverged: boolean}} Named a run as it is called
 * @typedef {{index: number, light: string, dark: string, dash: number[], mark: string, letter: string}} LaneStyle
 */

/** No more lanes than can be told apart; the server takes as many. */
export const LANES = 8;

const LIGHT = ["#17181c", "#a878e4", "#00540c", "#a83c6c", "#549000", "#6c186c", "#d86c90", "#7848b4"];
const DARK = ["#eeeef1", "#9084f0", "#90d884", "#e46c9c", "#487830", "#9c48a8", "#b49c0c", "#e4a8fc"];
const DASHES = [[], [9, 4], [2, 3], [12, 3, 2, 3], [5, 3], [16, 5], [8, 3, 2, 3, 2, 3], [4, 6]];
const MARKS = /** @type {const} */ (["circle", "square", "triangle", "diamond", "down-triangle", "cross", "star", "hexagon"]);

/** @param {number} index counted from 0 @returns {LaneStyle} */
export function laneStyle(index) {
  const at = ((index % LANES) + LANES) % LANES;
  return { index: at, light: LIGHT[at], dark: DARK[at], dash: DASHES[at], mark: MARKS[at], letter: String.fromCharCode(65 + at) };
}

/** @param {number} index @param {{theme: {dark: boolean}}} palette of the theme on screen */
export const laneCss = (index, palette) => laneStyle(index)[palette.theme.dark ? "dark" : "light"];
