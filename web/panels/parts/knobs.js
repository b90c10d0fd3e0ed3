/** Sliders made from the catalog's knobs, as small as a panel needs them: a name, the rail, the number. */
import { element, write } from "../../kit/text.js";
import { number, whole } from "../../kit/format.js";
import { styles } from "../../kit/style.js";

styles(`
.knob { display: grid; grid-template: auto auto / minmax(0, 1fr) auto; align-items: baseline; font-size: var(--text-small, 0.857rem); min-width: 9rem; }
.knob-name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.knob-symbol { color: var(--ink-2); }
.knob-value { font-weight: 600; font-variant-numeric: tabular-nums; white-space: nowrap; }
.knob .slider { grid-column: 1 / -1; }
`);

/** @typedef {{kind: string, default: any, low: number | null, high: number | null, scale: string, title: string, symbol: string, unit: string, help: string}} Knob */

const STOPS = 200;
/** Numbers people say within one factor of ten. */
const SPOKEN = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];

/** A range from zero to very many: its rail is logarithmic, with zero at its end. @param {Pick<Knob, "low" | "high" | "scale">} knob */
const wide = ({ low, high, scale }) => scale !== "log" && low === 0 && (high ?? 0) >= 1e4;

/** The place of a value on a rail of STOPS. @param {Pick<Knob, "low" | "high" | "scale">} knob @param {number} value */
export function placeOf({ low, high, scale }, value) {
  if (wide({ low, high, scale })) return Math.round((Math.log1p(Math.max(0, value)) / Math.log1p(high ?? 1)) * STOPS);
  const [from, to] = ends(low, high, scale);
  const share = scale === "log" ? Math.log(Math.max(value, from) / from) / Math.log(to / from) : (value - from) / (to - from);
  return Math.round(Math.max(0, Math.min(1, share)) * STOPS);
}

/** The value at a place: a number people say. @param {Pick<Knob, "low" | "high" | "scale" | "kind">} knob @param {number} place */
export function valueAt({ low, high, scale, kind }, place) {
  const [from, to] = ends(low, high, scale);
  if (place >= STOPS) return to;
  if (place <= 0) return from;
  const far = wide({ low, high, scale });
  let value = far ? Math.expm1((place / STOPS) * Math.log1p(to)) : scale === "log" ? from * (to / from) ** (place / STOPS) : from + ((to - from) * place) / STOPS;
  if (scale === "log" || far) {
    const tens = 10 ** Math.floor(Math.log10(value) + 1e-9);
    const spoken = SPOKEN.reduce((best, one) => (Math.abs(Math.log(value / tens / one)) < Math.abs(Math.log(value / tens / best)) ? one : best));
    value = Number((spoken * tens).toPrecision(6));
  } else value = Number(value.toPrecision(4));
  return kind === "integer" ? Math.round(value) : Math.max(from, Math.min(to, value));
}

/** @param {number | null} low @param {number | null} high @param {string} scale @returns {[number, number]} */
function ends(low, high, scale) {
  const from = low ?? (scale === "log" ? 1e-6 : 0);
  return [from, high ?? Math.max(from + 1, 1)];
}

/** What a knob is called. @param {string} key @param {Knob} knob */
export const titleOf = (key, knob) => knob.title || key.replaceAll("_", " ");

/**
 * @param {string} name @param {Knob} knob @param {number} value @param {(value: number) => void} change
 */
export function slider(name, knob, value, change) {
  const input = element("input", { type: "range", class: "slider", min: 0, max: STOPS, step: 1, title: knob.help });
  // No output element: a label belongs to the first thing in it that can have one, and that must be the slider.
  const shown = element("span", { class: "knob-value", "aria-hidden": "true" });
  const sign = knob.symbol && knob.symbol !== name ? element("span", { class: "knob-symbol" }, ` ${knob.symbol}`) : null;
  const node = element("label", { class: "knob" }, element("span", { class: "knob-name" }, name, sign), shown, input);
  const text = (/** @type {number} */ now) => said(now) + (knob.unit ? (knob.unit === "°" ? "°" : ` ${knob.unit}`) : "");
  const show = (/** @type {number} */ now) => {
    const place = placeOf(knob, now);
    if (Number(input.value) !== place) input.value = String(place);
    input.style.setProperty("--at", `${(100 * place) / STOPS}%`);
    input.setAttribute("aria-valuetext", text(now));
    write(shown, text(now));
  };
  let last = value;
  input.addEventListener("input", () => {
    let next = valueAt(knob, Number(input.value));
    // Two neighbouring places may be one number people say; an arrow key must still go on.
    const turn = Math.sign(Number(input.value) - placeOf(knob, last));
    for (let place = Number(input.value); next === last && turn && place > 0 && place < STOPS; place += turn) next = valueAt(knob, place + turn);
    last = next;
    show(next);
    change(next);
  });
  // The page's own shortcuts (arrows step the training) stay away from a slider.
  input.addEventListener("keydown", (event) => { if (event.key.startsWith("Arrow") || event.key.startsWith("Page") || event.key === "Home" || event.key === "End") event.stopPropagation(); });
  show(value);
  return { node, input, show(/** @type {number} */ now) { last = now; show(now); } };
}

/** A number as people say it: 8 and 0.05, not 8.00 and 0.0500. @param {number} value */
export function said(value) {
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return whole(value);
  const text = number(value, 3);
  return /^[−\d.,]+$/.test(text) && text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/** A choice among named things of the catalog. @param {string} label @param {{name: string, title: string}[]} things @param {string} chosen @param {(name: string) => void} choose */
export function menu(label, things, chosen, choose) {
  const select = element("select", { class: "small-select", "aria-label": label }, ...things.map(({ name, title }) => element("option", { value: name }, title)));
  select.value = chosen;
  select.addEventListener("change", () => choose(select.value));
  return select;
}
