/** Plain gradient descent in a bowl: its path at one learning rate, and measured at sixty, with 2/λ marked among them. */
import { effect } from "@preact/signals-core";
import { View, palette } from "../kit/canvas.js";
import { element, summary } from "../kit/text.js";
import { arrowStep, follow, readout } from "../kit/readout.js";
import { number } from "../kit/format.js";
import { styles } from "../kit/style.js";
import { latest } from "./parts/latest.js";
import { said, slider } from "./parts/knobs.js";
import { RaceMap } from "./parts/race-map.js";
import { logScale, rateAxes } from "./parts/rate-axis.js";

styles(`
.bowl-panel { height: 100%; container-type: size; position: relative; }
.bowl-layout { height: 100%; display: grid; grid-template: minmax(0, 1fr) auto / minmax(0, 1fr) minmax(0, 1.15fr); gap: 0.4rem 0.9rem; }
.bowl-map, .bowl-axis { position: relative; min-height: 0; min-width: 0; }
.bowl-map canvas { cursor: crosshair; }
.bowl-axis canvas.is-sliding { cursor: ew-resize; touch-action: none; }
.bowl-foot { grid-column: 1 / -1; display: grid; grid-template-columns: minmax(0, 1fr) minmax(9rem, 15rem); gap: 0.3rem 1rem; align-items: center; }
.bowl-says { margin: 0; font-weight: 600; line-height: 1.35; min-height: 2.7em; font-variant-numeric: tabular-nums; }
.bowl-says.is-worrying { color: var(--warn-ink, var(--warn)); }
@container (max-width: 34rem) {
  .bowl-layout { grid-template: minmax(11rem, 1fr) minmax(13rem, 1fr) auto / minmax(0, 1fr); overflow: auto; }
  .bowl-foot { grid-template-columns: minmax(0, 1fr); }
}
@media (max-width: 759px) {
  .panel[data-panel="bowl"] .panel-body { height: 42rem; }
  .panel[data-panel="bowl"] .bowl-layout { overflow: visible; }
}
`);

const STEPS = 60, RATES = 60;
/** The axis: from far below to beyond the limit of every curvature that can be chosen. */
const LOW = 0.003, HIGH = 3;
const CURVATURE = { kind: "number", default: 8, low: 1, high: 40, scale: "log", title: "", symbol: "λ", unit: "", help: "How sharply the bowl bends along its steep side; along the other it is 1." };
const FIRST = { rate: 0.05, curvature: 8 };
/** Shares of the starting height that are drawn: what is smaller lies at the bottom, what is larger at the top. */
const SHARES = /** @type {[number, number]} */ ([1e-8, 1e4]);

/** A share of the starting height within what is drawn; not a number is what broke. @param {number} share */
export const drawn = (share) => (Number.isFinite(share) ? Math.max(SHARES[0], Math.min(SHARES[1], share)) : SHARES[1]);

/** What a rate does, in words. @param {number} rate @param {number} limit @param {number} share of the starting height at the end */
export function verdict(rate, limit, share) {
  if (!(share < 1)) return rate < limit ? "the height has not fallen" : "beyond 2/λ: every step lands higher than the last";
  if (share > 0.01) return rate > limit * 0.9 ? "just under 2/λ: to and fro, hardly lower" : "too small: creeping";
  return rate > limit / 2 ? "over 1/λ: it jumps across the valley, and still falls" : "it goes down without crossing the valley";
}

export default {
  name: "bowl",
  title: "One bowl",
  about: "Plain gradient descent on a bowl, measured: along the steep side each step multiplies the distance by 1 − ηλ, which grows where η is over 2/λ.",
  fits: () => true,
  wants: () => [],

  /** @param {HTMLElement} host @param {any} kit */
  mount(host, kit) {
    const top = element("div", { class: "bowl-map" });
    const axis = element("div", { class: "bowl-axis" });
    const foot = element("div", { class: "bowl-foot" });
    const root = element("div", { class: "bowl-panel" }, element("div", { class: "bowl-layout" }, top, axis, foot));
    host.append(root);
    const map = new RaceMap(top, { label: "The bowl from above with the path. Arrow keys move the start." });
    const view = new View(axis, { draw, label: "Height after 60 steps over the learning rate. Left and right arrow keys change the rate.", focusable: true });
    const box = readout(axis);
    const says = element("p", { class: "bowl-says" });
    const words = summary(root);
    let options = { ...FIRST, ...kit.options?.value };
    /** @type {any} */
    let swept = null;
    let limit = 0.25;
    let gone = false;
    let groundKey = "";
    const bend = slider("steepest curvature", CURVATURE, options.curvature, (curvature) => change({ curvature }));
    foot.append(says, bend.node);
    const rates = Array.from({ length: RATES }, (_, at) => Number((LOW * (HIGH / LOW) ** (at / (RATES - 1))).toPrecision(4)));

    /** @param {any} more */
    function change(more) {
      if (kit.options) kit.options.value = { ...kit.options.value, ...options, ...more };
      else { options = { ...options, ...more }; ask(options); }
    }

    const ask = latest(async (/** @type {any} */ wanted) => {
      const landscape = { name: "bowl", a: 1, b: wanted.curvature };
      try {
        const race = (/** @type {number[]} */ list) => kit.measure("race", { landscape, steps: STEPS, start: wanted.start ?? [-2.5, 1.5],
          optimizers: list.map((rate) => ({ name: "gradient_descent", learning_rate: rate })) });
        const ground = JSON.stringify([landscape, wanted.start]);
        if (ground !== groundKey) {
          if (!groundKey) kit.note?.("measuring …");
          const part = await kit.measure("terrain", { landscape, resolution: 61 });
          const all = await race(rates);
          if (gone) return;
          groundKey = ground;
          limit = part.meta.limit;
          map.surface(part);
          swept = all.meta.racers.map((/** @type {any} */ racer, /** @type {number} */ at) => ({ rate: rates[at], share: (racer.height ?? NaN) / all.arrays[`${at}.value`][0], diverged: racer.diverged !== null }));
        }
        const one = await race([wanted.rate]);
        if (gone) return;
        const share = (one.meta.racers[0].height ?? NaN) / one.arrays["0.value"][0];
        map.run(one);
        map.step = STEPS;
        map.view.redraw();
        view.redraw();
        says.textContent = `η = ${said(wanted.rate)}, 2/λ = ${said(limit)}: ${verdict(wanted.rate, limit, share)}.`;
        says.classList.toggle("is-worrying", !(share < 1));
        kit.note?.(Number.isFinite(share) ? `after ${STEPS} steps ${number(share, 2)} of the starting height` : `after ${STEPS} steps beyond all numbers`);
        words.update(() => `${says.textContent} After ${STEPS} steps the height is ${number(share, 2)} times that of the start.`);
      } catch (error) {
        if (!gone) kit.note?.(/** @type {Error} */ (error).message);
      }
    });

    function area() {
      const { text } = view;
      return { x: Math.round(text * 3.4), y: Math.round(text * 1.7), width: Math.max(1, view.width - text * 4.8), height: Math.max(1, view.height - text * 3.9) };
    }

    function draw() {
      if (!swept) return;
      const colors = palette();
      const { context, text } = view;
      const a = area();
      const { x, y } = rateAxes(view, colors, a, { x: [LOW, HIGH], y: SHARES, logY: true, xName: "η", yName: `height after ${STEPS} steps ÷ start` });
      context.fillStyle = colors.css.warn;
      context.globalAlpha = 0.1;
      context.fillRect(x(limit), a.y, a.x + a.width - x(limit), a.height);
      context.globalAlpha = 1;
      context.strokeStyle = colors.css.ink2;
      context.lineWidth = 1;
      context.beginPath();
      context.moveTo(a.x, y(1));
      context.lineTo(a.x + a.width, y(1));
      context.stroke();
      const mark = (/** @type {number} */ rate, /** @type {string} */ name, /** @type {string} */ color, /** @type {number[]} */ dash, /** @type {number} */ line) => {
        context.setLineDash(dash);
        context.lineWidth = 1.6;
        context.strokeStyle = color;
        context.beginPath();
        context.moveTo(x(rate), a.y);
        context.lineTo(x(rate), a.y + a.height);
        context.stroke();
        context.setLineDash([]);
        context.fillStyle = color;
        context.font = view.font(text, "600");
        context.textAlign = "right";
        context.textBaseline = "top";
        context.lineWidth = 4;
        context.strokeStyle = colors.css.panel;
        context.strokeText(name, x(rate) - 4, a.y + text * line);
        context.fillText(name, x(rate) - 4, a.y + text * line);
      };
      mark(limit, "2/λ", colors.css.ink, [5, 4], 0.4);
      mark(limit / 2, "1/λ", colors.css.ink2, [2, 4], 1.8);
      for (const { rate, share, diverged } of swept) {
        context.beginPath();
        if (diverged || !(share < 1)) {
          const [px, py] = [x(rate), y(drawn(share))];
          context.moveTo(px - 3.2, py - 3.2); context.lineTo(px + 3.2, py + 3.2);
          context.moveTo(px + 3.2, py - 3.2); context.lineTo(px - 3.2, py + 3.2);
          context.strokeStyle = colors.css.ink;
          context.lineWidth = 1.6;
          context.stroke();
        } else {
          context.arc(x(rate), y(drawn(share)), 2.8, 0, 7);
          context.fillStyle = colors.css.ink;
          context.fill();
        }
      }
      // The handle: it belongs to the interface, so it wears the accent.
      const at = x(Math.max(LOW, Math.min(HIGH, options.rate)));
      context.strokeStyle = colors.css.accent;
      context.lineWidth = 2;
      context.beginPath();
      context.moveTo(at, a.y);
      context.lineTo(at, a.y + a.height);
      context.stroke();
      context.beginPath();
      context.arc(at, a.y + a.height, text * 0.55, 0, 7);
      context.fillStyle = colors.css.accent;
      context.fill();
      context.lineWidth = 2;
      context.strokeStyle = colors.css.panel;
      context.stroke();
    }

    const rateAt = (/** @type {number} */ px) => {
      const a = area();
      return Number(Math.max(LOW, Math.min(HIGH, logScale([LOW, HIGH], [a.x, a.x + a.width]).invert(px))).toPrecision(2));
    };
    view.canvas.classList.add("is-sliding");
    let held = false;
    view.canvas.addEventListener("pointerdown", (event) => { held = true; view.canvas.setPointerCapture(event.pointerId); change({ rate: rateAt(event.offsetX) }); });
    view.canvas.addEventListener("pointermove", (event) => {
      if (held) { change({ rate: rateAt(event.offsetX) }); box.hide(); return; }
      if (!swept) return;
      const rate = rateAt(event.offsetX);
      const near = swept.reduce((/** @type {any} */ best, /** @type {any} */ one) => (Math.abs(Math.log(one.rate / rate)) < Math.abs(Math.log(best.rate / rate)) ? one : best));
      box.show(event.offsetX, event.offsetY, [`η = ${number(near.rate, 2)}`, near.diverged ? "diverged" : `${number(near.share, 2)} of the starting height`]);
    });
    for (const name of ["pointerup", "pointercancel"]) view.canvas.addEventListener(name, () => { held = false; });
    view.canvas.addEventListener("pointerleave", () => box.hide());
    view.canvas.addEventListener("keydown", (event) => {
      const moved = arrowStep(event);
      if (!moved) return;
      const next = options.rate * 10 ** ((moved[0] + moved[1]) / 24);
      change({ rate: Number(Math.max(LOW, Math.min(HIGH, next)).toPrecision(3)) });
      kit.announce?.(`rate ${number(options.rate, 2)}`);
    });
    const drop = (/** @type {number} */ x, /** @type {number} */ y) => change({ start: [x, y].map((value) => Number(Math.max(-3, Math.min(3, value)).toPrecision(3))) });
    follow(map.view.canvas, { tap: (x, y) => drop(map.place.x.invert(x), map.place.y.invert(y)) });
    map.view.canvas.addEventListener("keydown", (event) => {
      const moved = arrowStep(event);
      if (!moved) return;
      const [x, y] = options.start ?? [-2.5, 1.5];
      drop(x + moved[0] * 0.15, y + moved[1] * 0.15);
    });

    const watch = effect(() => {
      options = { ...FIRST, ...kit.options?.value };
      bend.show(options.curvature);
      ask(options);
    });

    return {
      draw() {},
      resize() { view.redraw(); },
      unmount() { gone = true; watch(); map.unmount(); view.unmount(); root.remove(); },
    };
  },
};
