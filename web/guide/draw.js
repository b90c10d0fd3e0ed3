/** Draw the curve you expect before it runs; then the real one appears over it, with how far off it was. */
import { html } from "htm/preact";
import { useEffect, useRef } from "preact/hooks";
import { drawAxes, gutter } from "../kit/axes.js";
import { palette, View } from "../kit/canvas.js";
import { number, whole } from "../kit/format.js";
import { Series } from "../kit/series.js";
import { write } from "../kit/text.js";
import { distance, empty, enough, filled, heightAt, PLACES, stroke } from "./drawn.js";
import { curvesOf, watch } from "./frames.js";
import { at, mark, marks, note } from "./guide.js";
import { curveOf } from "./measures.js";

/** @typedef {import("./guide.js").Predict} Asked */

const WORDS = /** @type {Record<string, string>} */ ({ loss_train: "training loss", loss_test: "test loss", score_train: "training score", score_test: "test score",
  learning_rate: "learning rate", gradient_norm: "gradient norm", loss_batch: "loss of the batch" });

/** @param {{asked: Asked}} props */
export function Draw({ asked }) {
  const host = useRef(/** @type {HTMLElement|null} */ (null)), off = useRef(/** @type {HTMLElement|null} */ (null));
  const name = WORDS[asked.draw ?? ""] ?? String(asked.draw);
  const made = mark.value.predicted, locked = Boolean(mark.value.answer);
  useEffect(() => host.current && off.current ? plot(host.current, off.current, asked, name) : undefined, []);
  const curve = Array.isArray(made) ? filled(made) : null;
  const set = (/** @type {number} */ place, /** @type {Event} */ event) => {
    const field = /** @type {HTMLInputElement} */ (event.currentTarget), value = Number(field.value);
    if (field.value.trim() === "" || !Number.isFinite(value)) return;
    const [low, high] = asked.between ?? [0, 1];
    const known = [0, 1, 2].map((n) => n === place ? Math.min(high, Math.max(low, value)) : curve ? curve[n * (PLACES - 1) / 2] : value);
    const whole = [[0, 0.5], [0.5, 1]].reduce((drawn, [a, b], n) => stroke(drawn, { at: a, value: known[n] }, { at: b, value: known[n + 1] }), empty());
    note({ predicted: whole });
  };
  return html`<div class="draw" data-locked=${locked}>
    <div class="draw-plot" ref=${host}></div>
    <p class="draw-legend"><span class="draw-mine">your prediction</span><span class="draw-real">${name}, measured</span></p>
    <p class="draw-off" ref=${off} aria-live="off"></p>
    ${!locked && html`<details class="rest draw-numbers"><summary>By numbers</summary><div class="draw-fields">
      ${["at the start", "half-way", "at the end"].map((words, place) => html`<label key=${place}><span>${words}</span>
        <input class="text" type="text" inputmode="decimal" value=${curve ? number(curve[place * (PLACES - 1) / 2]).replace("−", "-") : ""} placeholder="–" onChange=${(/** @type {Event} */ event) => set(place, event)} /></label>`)}
    </div></details>
    <button type="button" class="quiet-button" disabled=${made === undefined} onClick=${() => note({ predicted: undefined })}>Draw anew</button>`}
  </div>`;
}

/** @param {HTMLElement} host @param {HTMLElement} words @param {Asked} asked @param {string} name */
function plot(host, words, asked, name) {
  const over = asked.over ?? [0, 500], between = asked.between ?? [0, 1], step = at.peek();
  const column = curveOf(asked.draw ?? "") ?? "loss_train", series = new Series();
  /** @type {{at: number, value: number}|null} */
  let last = null;
  let box = { x: 0, y: 0, width: 1, height: 1 };
  let draft = Array.isArray(mark.peek().predicted) ? [.../** @type {(number|null)[]} */ (mark.peek().predicted)] : empty();
  const x = (/** @type {number} */ at) => box.x + box.width * (at - over[0]) / (over[1] - over[0]);
  const y = (/** @type {number} */ value) => box.y + box.height * (1 - (value - between[0]) / (between[1] - between[0]));
  const locked = () => Boolean(marks.peek()[step]?.answer);

  const view = new View(host, { label: `${name} over the steps: draw what you expect`, draw(view) {
    const { css } = palette(), { context, text } = view, room = gutter(text, false);
    box = { x: room.left + text * 0.9, y: room.top, width: view.width - room.left - room.right - text * 1.5, height: view.height - room.top - room.bottom };
    drawAxes(view, palette(), box, { x: over, y: between, grid: true });
    const curve = filled(draft);
    context.save();
    context.beginPath();
    context.rect(box.x, box.y - 2, box.width, box.height + 4);
    context.clip();
    context.lineJoin = context.lineCap = "round";
    const steps = series.column("step"), real = series.column(column);
    if (curve && steps.length > 1) {
      context.fillStyle = css.line;
      context.beginPath();
      const seen = [...steps].filter((at, i) => at <= over[1] && Number.isFinite(real[i]));
      seen.forEach((at, i) => context[i ? "lineTo" : "moveTo"](x(at), y(real[i])));
      seen.reverse().forEach((at) => context.lineTo(x(at), y(heightAt(curve, over, at))));
      context.fill();
    }
    if (curve) {
      context.strokeStyle = css.ink2;
      context.lineWidth = 2.5;
      context.setLineDash([7, 5]);
      context.beginPath();
      draft.forEach((value, i) => { if (value !== null || enough(draft)) context[i && (draft[i - 1] !== null || enough(draft)) ? "lineTo" : "moveTo"](x(over[0] + (over[1] - over[0]) * i / (PLACES - 1)), y(curve[i])); });
      context.stroke();
      context.setLineDash([]);
    } else {
      context.fillStyle = css.ink2;
      context.font = view.font();
      context.textAlign = "center";
      context.fillText("draw here", box.x + box.width / 2, box.y + box.height / 2);
    }
    context.strokeStyle = css.ink;
    context.lineWidth = 2.5;
    context.beginPath();
    for (let i = 0; i < steps.length && steps[i] <= over[1]; i++) context[i ? "lineTo" : "moveTo"](x(steps[i]), y(real[i]));
    context.stroke();
    context.restore();
    const apart = curve && enough(draft) && steps.length > 1 ? distance(curve, over, steps, real) : null;
    write(words, apart ? `Off by ${number(apart.mean, 2)} on average, most at step ${whole(apart.at)} (${number(apart.largest, 2)}): it was ${apart.above > 0 ? "higher" : "lower"} than you drew.` : "\u00a0");
  } });
  view.canvas.classList.add("draw-canvas");

  const placed = (/** @type {PointerEvent} */ event) => {
    const { left, top } = view.canvas.getBoundingClientRect();
    const clamp = (/** @type {number} */ share) => Math.min(1, Math.max(0, share));
    const across = clamp((event.clientX - left - box.x) / box.width), up = clamp(1 - (event.clientY - top - box.y) / box.height);
    return { at: across, value: between[0] + (between[1] - between[0]) * up };
  };
  const canvas = view.canvas;
  // A finger that draws neither scrolls nor selects, and its quick end is no fling.
  canvas.addEventListener("touchstart", (event) => { if (!locked()) event.preventDefault(); }, { passive: false });
  canvas.addEventListener("pointerdown", (event) => {
    if (locked()) return;
    canvas.setPointerCapture(event.pointerId);
    last = placed(event);
    draft = stroke(draft, null, last);
    view.redraw();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!last) return;
    const next = placed(event);
    draft = stroke(draft, last, next);
    last = next;
    view.redraw();
  });
  const up = () => {
    if (!last) return;
    last = null;
    if (enough(draft)) note({ predicted: draft }, step);
  };
  canvas.addEventListener("pointerup", up);
  canvas.addEventListener("pointercancel", up);

  const stopMarks = marks.subscribe((all) => {
    const kept = all[step]?.predicted;
    if (Array.isArray(kept)) draft = [...kept];
    else if (!last && kept === undefined && enough(draft)) draft = empty();
    view.redraw();
  });
  const stopFrames = watch("draw", curvesOf(asked.run), (parts) => {
    const part = parts.get("curves");
    if (part) series.add(/** @type {any} */ (part.arrays), part.meta.reset);
    view.redraw();
  });
  return () => { stopMarks(); stopFrames(); view.unmount(); };
}
