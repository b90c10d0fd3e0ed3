/**
 * The numbers a step's text shows while it trains: which streams they need, and where in a frame they are.
 * Checks are not evaluated here but by the server (server/claims.py), whose names these are. No DOM.
 *
 * @typedef {{text: string, name: string, run: number, format: string}} Live
 * @typedef {import("../subscriptions.js").Want} Want
 * @typedef {import("../frames.js").Part} Part
 */
import { number, percent, whole } from "../kit/format.js";

const CURVES = new Set(["step", "epoch", "loss_batch", "loss_train", "loss_test", "score_train", "score_test", "learning_rate", "gradient_norm"]);
const SCORE = /^(?:accuracy|r2)_(train|test)$/;

/** {run 2: accuracy_test:%} without its braces. @param {string} text @returns {Live|null} */
export function readLive(text) {
  const found = text.match(/^(?:run (\d+): *)?([^:{}]+?)(?::(%|whole|\.\d))?$/);
  return found && { text, run: Number(found[1] ?? 1), name: found[2], format: found[3] ?? "" };
}

/** The column of the curves a number is, or null. @param {string} name */
export const curveOf = (name) => CURVES.has(name) ? name : SCORE.test(name) ? name.replace(SCORE, "score_$1") : null;

/** The stream a number comes with; null for a setting, which is in the state, and for a run that is not there. @param {Live} live @param {any} state @returns {Want|null} */
export function wantOf({ name, run }, state) {
  const lane = run > 1 ? { run: state?.runs?.[run - 1]?.id } : {};
  if (run > 1 && !lane.run) return null;
  if (curveOf(name)) return { key: `curves ${run}`, probe: "curves", options: {}, rate: 8, ...lane };
  const head = name.split(".")[0];
  if (state?.config && head in state.config) return null;
  const probe = isLayer(head) ? "layers" : head;
  return { key: `${probe} ${run}`, probe, options: {}, rate: 4, ...lane };
}

/** @param {string} head */
const isLayer = (head) => /^layer\d+$/.test(head);

/**
 * The number now, or NaN where it is not known.
 * @param {Live} live @param {Map<string, Part>} parts newest by the keys of `wantOf` @param {any} state
 */
export function valueOf(live, parts, state) {
  const want = wantOf(live, state);
  if (!want) {
    const own = live.run > 1 ? state?.runs?.[live.run - 1]?.changes : {};
    const found = own && (own[live.name] ?? follow(state?.config, live.name.split(".")));
    return typeof found === "number" ? found : NaN;
  }
  const part = parts.get(want.key);
  if (!part) return NaN;
  const column = curveOf(live.name);
  if (column) return Number(part.arrays[column]?.at(-1) ?? NaN);
  const path = live.name.split(".");
  return Number(follow({ ...part.meta, ...part.arrays }, isLayer(path[0]) ? path : path.slice(1)) ?? NaN);
}

/** What a path leads to, as in server/claims.py. @param {any} found @param {string[]} path @returns {any} */
export function follow(found, path) {
  if (!path.length || found === null || found === undefined) return found;
  if (ArrayBuffer.isView(found) && "shape" in found) {
    const { shape } = /** @type {{shape: number[]}} */ (/** @type {unknown} */ (found)), places = path.map(Number);
    if (places.length === shape.length) return follow(/** @type {any} */ (found).at(places.reduce((at, place, i) => at * shape[i] + (place < 0 ? shape[i] + place : place), 0)), []);
  }
  if (Array.isArray(found) || ArrayBuffer.isView(found)) {
    const list = /** @type {any[]} */ (/** @type {unknown} */ (found));
    const named = Array.isArray(found) && found.find((entry) => entry?.name === path[0]);
    return follow(named || list.at(Number(path[0])), path.slice(1));
  }
  if (typeof found !== "object") return undefined;
  for (let n = path.length; n > 0; n--) {
    const key = path.slice(0, n).join(".");
    if (key in found) return follow(found[key], path.slice(n));
  }
  for (const list of Object.values(found)) {
    const entry = Array.isArray(list) && list.find((one) => one?.name === path[0]);
    if (entry) return follow(entry, path.slice(1));
  }
  return undefined;
}

/** @param {number} value @param {string} format */
export function written(value, format) {
  if (Number.isNaN(value)) return "–";
  if (format === "%") return percent(value);
  if (format === "whole") return whole(value);
  return number(value, format ? Math.max(1, Number(format.slice(1))) : 3);
}
