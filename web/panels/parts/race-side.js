/** Beside the map: the surface and its knobs, the scoreboard, and the settings of the chosen racer. */
import { element, write } from "../../kit/text.js";
import { number, power } from "../../kit/format.js";
import { palette, onTheme } from "../../kit/canvas.js";
import { laneCss, laneStyle } from "../../kit/lanes.js";
import { drawMarks } from "../../kit/marks.js";
import { styles } from "../../kit/style.js";
import { menu, slider, titleOf } from "./knobs.js";
import { result } from "./race-board.js";

styles(`
.race-side { overflow: auto; min-height: 0; display: flex; flex-direction: column; gap: 0.5rem; padding: 3px; scrollbar-width: thin; }
.race-surface { display: grid; gap: 0.3rem; flex: none; }
.race-surface .small-select { max-width: none; font-weight: 600; }
.race-board { width: 100%; border-collapse: collapse; font-size: var(--text-small, 0.857rem); font-variant-numeric: tabular-nums; table-layout: fixed; flex: none; }
.race-board th, .race-board td { padding: 0.1rem 0.15rem; text-align: right; font-weight: 400; border-bottom: 1px solid var(--line); white-space: nowrap; overflow: hidden; }
.race-board thead th { color: var(--ink-2); }
.race-board th:first-child { text-align: left; width: 51%; }
.race-board .is-worrying { color: var(--warn-ink, var(--warn)); font-weight: 600; }
.race-pick { font: inherit; display: flex; align-items: center; gap: 0.4rem; width: 100%; min-height: 1.9rem; padding: 0 0.2rem; border: 0; border-radius: 6px; background: none; color: var(--ink); cursor: pointer; text-align: left; }
.race-pick span { overflow: hidden; text-overflow: ellipsis; }
.race-pick:hover { background: var(--paper); }
.race-pick[aria-pressed="true"] { background: var(--accent-soft, #e0efec); font-weight: 600; box-shadow: inset 0 0 0 1.5px var(--accent); }
.race-pick:focus-visible { outline: 2px solid var(--accent); outline-offset: -2px; }
.racer-icon { width: 2.3rem; height: 1rem; flex: none; }
.race-add { display: flex; flex-wrap: wrap; gap: 0.4rem; flex: none; }
.race-title { margin: 0.2rem 0 0; font-size: var(--text-small, 0.857rem); font-weight: 600; }
@container (max-width: 40rem) {
  .race-side { grid-row: 3; overflow: visible; }
}
`);

/** A dash and a mark as the racer's path wears them. @param {number} index */
export function racerIcon(index) {
  const canvas = element("canvas", { class: "racer-icon", "aria-hidden": "true", width: 72, height: 28 });
  const draw = () => {
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    const colors = palette();
    context.clearRect(0, 0, 72, 28);
    context.beginPath();
    context.setLineDash(laneStyle(index).dash.map((length) => length * 1.6));
    context.moveTo(0, 14);
    context.lineTo(72, 14);
    context.lineWidth = 4;
    context.strokeStyle = laneCss(index, colors);
    context.stroke();
    context.setLineDash([]);
    drawMarks(context, laneStyle(index).mark, [36, 14], 1, 9, laneCss(index, colors), colors.css.panel);
  };
  draw();
  return { canvas, draw };
}

/**
 * @param {HTMLElement} parent
 * @param {{catalog: () => any, change: (more: (now: any) => any) => void, choose: (index: number) => void, surface: (name: string) => void,
 *   shape: (knob: string, value: number) => void, add: (racer: any) => void, remove: (index: number) => void}} act
 */
export function raceSide(parent, act) {
  const surfaceBox = element("div", { class: "race-surface" });
  const body = element("tbody");
  const board = element("table", { class: "race-board" }, element("caption", { class: "only-read" }, "How the race stands"),
    element("thead", {}, element("tr", {}, ...["Optimizer", "height", "to ★", "steps"].map((head, at) => element("th", { scope: "col", title: [undefined, "above the lowest place", "to the nearest lowest place", "the step since when its height has stayed under 1 % of the start's"][at] }, head)))), body);
  const tools = element("div", { class: "race-add" });
  const own = element("div", { class: "race-own" });
  parent.append(surfaceBox, board, tools, own);
  let key = "";
  /** @type {{cells: HTMLElement[], row: HTMLElement, pick: HTMLButtonElement}[]} */
  let lines = [];
  /** @type {{canvas: HTMLCanvasElement, draw: () => void}[]} */
  let icons = [];
  const stop = onTheme(() => icons.forEach((icon) => icon.draw()));
  const able = () => (act.catalog()?.optimizers ?? []).filter((/** @type {any} */ one) => !one.estimates);
  /** @type {Map<string, {show: (value: number) => void}>} */
  let sliders = new Map();

  /** @param {any} options @param {number} chosen */
  function build(options, chosen) {
    const { landscape, racers } = options;
    const next = JSON.stringify([landscape.name, racers.map((/** @type {any} */ one) => one.name), chosen, Boolean(act.catalog())]);
    if (next === key) {
      for (const [path, one] of sliders) {
        const [owner, name] = path.split(".");
        one.show(owner === "surface" ? landscape[name] : owner === "noise" ? options.noise ?? 0 : racers[chosen][name]);
      }
      return;
    }
    key = next;
    sliders = new Map();
    const catalog = act.catalog();
    const surface = catalog?.landscapes?.find((/** @type {any} */ one) => one.name === landscape.name);
    surfaceBox.replaceChildren(menu("Surface", catalog?.landscapes ?? [], landscape.name, act.surface));
    for (const [name, knob] of Object.entries(surface?.knobs ?? {})) {
      add(surfaceBox, `surface.${name}`, titleOf(name, /** @type {any} */ (knob)), knob, landscape[name], (value) => act.shape(name, value));
    }
    icons = racers.map((/** @type {any} */ _, /** @type {number} */ index) => racerIcon(index));
    lines = racers.map((/** @type {any} */ racer, /** @type {number} */ index) => {
      const record = catalog?.optimizers?.find((/** @type {any} */ one) => one.name === racer.name);
      const pick = element("button", { type: "button", class: "race-pick", "aria-pressed": String(index === chosen), onclick: () => act.choose(index) },
        icons[index].canvas, element("span", {}, short(record?.title ?? racer.name)));
      const cells = [element("td"), element("td"), element("td")];
      return { cells, pick, row: element("tr", { class: index === chosen ? "is-chosen" : "" }, element("th", { scope: "row" }, pick), ...cells) };
    });
    body.replaceChildren(...lines.map(({ row }) => row));
    const more = able().filter(() => racers.length < 8);
    const select = menu("Add an optimizer", [{ name: "", title: "Add …" }, ...more.map((/** @type {any} */ one) => ({ name: one.name, title: short(one.title) }))], "", (name) => {
      if (!name) return;
      const record = able().find((/** @type {any} */ one) => one.name === name);
      const settings = Object.fromEntries(Object.entries(record.knobs).map(([knob, { default: value }]) => [knob, value]));
      act.add({ name, ...settings });
    });
    const gone = element("button", { type: "button", class: "quiet", disabled: racers.length < 2, onclick: () => act.remove(chosen) }, `Take ${short(titleFor(catalog, racers[chosen].name))} out`);
    tools.replaceChildren(select, gone);
    const record = catalog?.optimizers?.find((/** @type {any} */ one) => one.name === racers[chosen].name);
    own.replaceChildren(element("h3", { class: "race-title" }, short(record?.title ?? "")));
    for (const [name, knob] of Object.entries(record?.knobs ?? {})) {
      if (/** @type {any} */ (knob).kind !== "number" || name === "eps") continue;
      add(own, `own.${name}`, titleOf(name, /** @type {any} */ (knob)), knob, racers[chosen][name] ?? /** @type {any} */ (knob).default, (value) => act.change((now) => ({
        racers: now.racers.map((/** @type {any} */ one, /** @type {number} */ at) => (at === chosen ? { ...one, [name]: value } : one)) })));
    }
    own.append(element("h3", { class: "race-title" }, "All of them"));
    add(own, "noise.", "chance in the gradient", NOISE, options.noise ?? 0, (value) => act.change(() => ({ noise: value })));
  }

  /** @param {HTMLElement} place @param {string} path @param {string} name @param {any} knob @param {number} value @param {(value: number) => void} change */
  function add(place, path, name, knob, value, change) {
    const made = slider(name, knob, value, change);
    sliders.set(path, made);
    place.append(made.node);
  }

  return {
    build,
    /** @param {any[]} rows of standing() @param {any} meta */
    numbers(rows, meta) {
      rows.forEach(({ height, distance, lost, arrived }, index) => {
        const line = lines[index];
        if (!line) return;
        write(line.cells[0], short2(height));
        write(line.cells[1], short2(distance));
        write(line.cells[2], lost ? "diverged" : arrived ? result(meta.racers[index]) : "–");
        line.cells[2].classList.toggle("is-worrying", lost);
      });
    },
    unmount() { stop(); },
  };
}

const NOISE = { kind: "number", default: 0, low: 0, high: 5, scale: "linear", title: "chance", symbol: "σ", unit: "", help: "The spread of the chance added to each number of the gradient, as small batches add it." };

/** A number in five places: what is tiny is told by its power of ten. @param {number} value */
export function short2(value) {
  if (!Number.isFinite(value)) return "∞";
  if (value > 0 && value < 1e-3) return power(Math.floor(Math.log10(value)));
  return value >= 1e5 ? power(Math.floor(Math.log10(value))) : number(value, 2);
}

/** Without what stands in brackets. @param {string} title */
const short = (title) => title.replace(/ \(.*\)/, "");
/** @param {any} catalog @param {string} name */
const titleFor = (catalog, name) => catalog?.optimizers?.find((/** @type {any} */ one) => one.name === name)?.title ?? name;
