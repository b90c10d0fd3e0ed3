/** One neuron by hand: its line in the plane to drag, its weights and bias to set, its sum with live numbers, and the loss that follows. */
import { drawAxes, gutter } from "../kit/axes.js";
import { View, palette } from "../kit/canvas.js";
import { fixed, number } from "../kit/format.js";
import { Heatmap } from "../kit/heatmap.js";
import { classLegend, scaleLegend } from "../kit/legend.js";
import { classNames, range } from "../kit/parts.js";
import { styles } from "../kit/style.js";
import { element, summary, write } from "../kit/text.js";
import { ends, middle, moved, sumAt, turned } from "./parts/neuron-line.js";
import { PointsLayer } from "./parts/points.js";

styles(`
.neuron-box { height: 100%; container-type: inline-size; }
.neuron-panel { height: 100%; display: grid; grid-template: minmax(0, 1fr) auto / minmax(0, 1fr) minmax(16rem, 21rem); gap: 0.3rem 1rem; }
.neuron-stage { position: relative; min-height: 0; }
.neuron-stage canvas { touch-action: none; cursor: grab; }
.neuron-side { grid-area: 1 / 2 / 3; min-height: 0; overflow: auto; display: grid; align-content: start; gap: 0.3rem; font-variant-numeric: tabular-nums; }
.neuron-knob { display: grid; grid-template-columns: 3.4em minmax(0, 1fr) 3.6em; gap: 0.5rem; align-items: center; }
.neuron-knob input { width: 100%; accent-color: var(--accent); }
.neuron-knob output { text-align: right; font-weight: 600; }
.neuron-knob output.is-positive { color: var(--positive); }
.neuron-knob output.is-negative { color: color-mix(in oklab, var(--negative) 76%, var(--ink)); }
.neuron-side.is-empty { visibility: hidden; }
.neuron-title { margin: 0.35rem 0 0; font-size: var(--text-small, 0.857rem); color: var(--ink-2); }
.neuron-formula { margin: 0; font-family: var(--math, serif); font-size: 1.05rem; line-height: 1.5; min-height: 1.5em; }
.neuron-loss { display: grid; grid-template-columns: 1fr auto; gap: 0.15rem 0.8rem; margin: 0; padding: 0.5rem 0.7rem; border: 1px solid var(--line); border-radius: var(--corner-small, 8px); background: var(--paper); }
.neuron-loss b { text-align: right; }
.neuron-foot { display: flex; flex-wrap: wrap; gap: 0.3rem 1rem; }
@media (max-width: 759px) { .panel[data-panel="neuron"] .panel-body { height: 50rem; } }
@container (max-width: 34rem) {
  .neuron-panel { grid-template: minmax(14rem, 1fr) auto auto / minmax(0, 1fr); overflow: auto; }
  .neuron-side { grid-area: auto; }
}
`);

export default {
  name: "neuron",
  title: "One neuron",
  about: "A weighted sum and a bend. The line is where the sum is zero: drag its middle or its ends, and the weights follow.",
  fits: (/** @type {any} */ state) => Boolean(state.data?.plane) && state.layers?.length === 1 && state.layers[0].inputs === 2 && state.layers[0].outputs === 1,
  wants: () => [{ key: "network", probe: "network", options: { resolution: 4 }, rate: 20 }, { key: "surface", probe: "surface", options: { resolution: 48 }, rate: 15 },
    { key: "points", probe: "points", options: {}, rate: 4 }, { key: "curves", probe: "curves", options: {}, rate: 10 }],

  /** @param {HTMLElement} host @param {any} kit */
  mount(host, kit) {
    const root = element("div", { class: "neuron-panel" });
    const outer = element("div", { class: "neuron-box" }, root);
    host.append(outer);
    const stage = element("div", { class: "neuron-stage" });
    const side = element("div", { class: "neuron-side is-empty" });
    const foot = element("div", { class: "neuron-foot" });
    root.append(stage, foot, side);
    const view = new View(stage, { draw, focusable: true, label: "The plane with the neuron's line. Arrow keys move the line, Page Up and Page Down turn it." });
    const heat = new Heatmap();
    const points = new PointsLayer();
    const parts = /** @type {Record<string, any>} */ ({});
    let state = kit.state.peek?.() ?? null;
    /** What is shown: the server's, or while a hand is on it the hand's. @type {import("./parts/neuron-line.js").Neuron | null} */
    let neuron = null;
    /** @type {[number, number]} */
    let probe = [1, 1];
    let box = { x: 0, y: 0, width: 1, height: 1 };
    let [xs, ys] = /** @type {[[number, number], [number, number]]} */ ([[-3, 3], [-3, 3]]);
    let held = "";
    const best = { hand: NaN, trained: NaN, now: NaN };

    // ---- the side: weights, inputs, sum, loss
    const knob = (/** @type {string} */ name, /** @type {string} */ label, /** @type {number} */ reach, /** @type {(value: number) => void} */ set) => {
      const input = element("input", { type: "range", min: -reach, max: reach, step: 0.01, "aria-label": label });
      const out = element("output", {});
      input.addEventListener("input", () => set(input.valueAsNumber));
      const node = element("label", { class: "neuron-knob", title: label }, element("i", {}, name), input, out);
      return { node, put(/** @type {number} */ value) {
        if (document.activeElement !== input || Math.abs(input.valueAsNumber - value) > 0.006) input.value = String(value);
        write(out, fixed(value, 2));
        out.className = value > 0 ? "is-positive" : value < 0 ? "is-negative" : "";
      } };
    };
    const w1 = knob("w₁", "Weight of x₁", 6, (value) => neuron && set({ w: [value, neuron.w[1]], b: neuron.b }));
    const w2 = knob("w₂", "Weight of x₂", 6, (value) => neuron && set({ w: [neuron.w[0], value], b: neuron.b }));
    const b = knob("b", "Bias", 6, (value) => neuron && set({ w: neuron.w, b: value }));
    const x1 = knob("x₁", "Input x₁", 3, (value) => { probe = [value, probe[1]]; say(); view.redraw(); });
    const x2 = knob("x₂", "Input x₂", 3, (value) => { probe = [probe[0], value]; say(); view.redraw(); });
    const sum = element("p", { class: "neuron-formula" }), bend = element("p", { class: "neuron-formula" });
    const loss = { now: element("b"), hand: element("b"), trained: element("b") };
    side.append(element("p", { class: "neuron-title" }, "what it has learned: weights and bias"), w1.node, w2.node, b.node,
      element("p", { class: "neuron-title" }, "what comes in: the ring in the plane"), x1.node, x2.node, sum, bend,
      element("p", { class: "neuron-loss" }, "loss now", loss.now, "your lowest by hand", loss.hand, "gradient descent's lowest", loss.trained));
    const scale = scaleLegend(foot, "output", "diverging");
    const marks = classLegend(foot);
    const words = summary(root);

    const hasBias = () => Boolean(parts.network?.arrays["layer1.bias"]);
    const bends = () => /cross_entropy/.test(state?.config?.loss?.name ?? "");
    function read() {
      const weight = parts.network?.arrays["layer1.weight"];
      if (!weight) return null;
      return { w: /** @type {[number, number]} */ ([weight[0], weight[1]]), b: hasBias() ? parts.network.arrays["layer1.bias"][0] : 0 };
    }

    // ---- sending: one number at a time, always the newest
    let sending = false;
    /** @type {import("./parts/neuron-line.js").Neuron | null} */
    let wanted = null;
    /** @param {import("./parts/neuron-line.js").Neuron} next */
    function set(next) {
      neuron = hasBias() ? next : { w: next.w, b: 0 };
      wanted = neuron;
      say();
      view.redraw();
      if (!sending) send();
    }
    async function send() {
      sending = true;
      while (wanted) {
        const now = wanted, was = read();
        wanted = null;
        const edits = /** @type {[string, number[], number][]} */ ([["layer1.weight", [0, 0], now.w[0]], ["layer1.weight", [1, 0], now.w[1]], ...(hasBias() ? [["layer1.bias", [0], now.b]] : [])]);
        const old = was ? [was.w[0], was.w[1], was.b] : [];
        try {
          for (const [at, [weight, index, value]] of edits.entries()) if (Math.abs(old[at] - value) > 1e-9) await kit.command("edit", { weight, index, value });
        } catch { /* told by the kit; the next frame shows what holds */ }
      }
      sending = false;
    }

    function say() {
      if (!neuron) return;
      side.classList.remove("is-empty");
      w1.put(neuron.w[0]); w2.put(neuron.w[1]); b.put(neuron.b); x1.put(probe[0]); x2.put(probe[1]);
      b.node.hidden = !hasBias();
      const z = sumAt(neuron, probe);
      const term = (/** @type {number} */ w, /** @type {string} */ x, /** @type {boolean} */ first) => `${first ? (w < 0 ? "−" : "") : w < 0 ? " − " : " + "}${fixed(Math.abs(w), 2)}·${x}`;
      write(sum, `z = ${term(neuron.w[0], fixed(probe[0], 2), true)}${term(neuron.w[1], fixed(probe[1], 2), false)}${hasBias() ? ` ${neuron.b < 0 ? "−" : "+"} ${fixed(Math.abs(neuron.b), 2)}` : ""} = ${fixed(z, 2)}`);
      write(bend, bends() ? `a = 1 ∕ (1 + e⁻ᶻ) = ${fixed(1 / (1 + Math.exp(-z)), 3)}` : `a = z = ${fixed(z, 3)} (no bend)`);
      write(loss.now, Number.isFinite(best.now) ? number(best.now) : "–");
      write(loss.hand, Number.isFinite(best.hand) ? number(best.hand) : "–");
      write(loss.trained, Number.isFinite(best.trained) ? number(best.trained) : "–");
      words.update(() => `${sum.textContent}, ${bend.textContent}; the loss is ${loss.now.textContent}.`);
    }

    let edited = false, seenStep = -1;
    /** @param {any} part */
    function follow(part) {
      const losses = part.arrays.loss_train, steps = part.arrays.step;
      if (!losses?.length) return;
      best.now = losses[losses.length - 1];
      const step = steps[steps.length - 1];
      if (step < seenStep) { best.hand = best.trained = NaN; edited = false; }
      if (step > seenStep && seenStep >= 0) { best.trained = Math.min(Number.isFinite(best.trained) ? best.trained : Infinity, best.now); edited = false; }
      else if (edited) best.hand = Math.min(Number.isFinite(best.hand) ? best.hand : Infinity, best.now);
      seenStep = step;
    }

    // ---- the plane
    const px = (/** @type {[number, number]} */ at) => /** @type {[number, number]} */ ([box.x + (at[0] - xs[0]) / (xs[1] - xs[0]) * box.width, box.y + box.height - (at[1] - ys[0]) / (ys[1] - ys[0]) * box.height]);
    const unpx = (/** @type {number} */ x, /** @type {number} */ y) => /** @type {[number, number]} */ ([xs[0] + (x - box.x) / box.width * (xs[1] - xs[0]), ys[0] + (box.y + box.height - y) / box.height * (ys[1] - ys[0])]);
    const handles = () => {
      if (!neuron) return null;
      const line = ends(neuron, xs, ys), at = middle(neuron, [(xs[0] + xs[1]) / 2, (ys[0] + ys[1]) / 2]);
      return line && at ? { line, at, tips: line.map((end) => /** @type {[number, number]} */ ([at[0] + 0.72 * (end[0] - at[0]), at[1] + 0.72 * (end[1] - at[1])])) } : null;
    };

    function draw() {
      const colors = palette(), { context: c, width, height, text } = view;
      const room = gutter(text), size = Math.max(40, Math.min(width - room.left - room.right, height - room.top - room.bottom));
      box = { x: room.left + (width - room.left - room.right - size) / 2, y: room.top, width: size, height: size };
      const surface = parts.surface;
      if (surface?.arrays.values) {
        const { low, high } = surface.meta;
        xs = range(low, high, 0); ys = range(low, high, 1);
        const [rows, columns] = surface.arrays.values.shape;
        heat.signed(surface.arrays.values, rows, columns, colors.soft, colors.hatch);
        heat.draw(c, box.x, box.y, box.width, box.height);
        scale.set(-surface.meta.scale, 0, surface.meta.scale, bends() ? "2a − 1" : "a");
      }
      drawAxes(view, colors, box, { x: xs, y: ys, xName: "x₁", yName: "x₂" });
      const classes = classNames(state);
      if (parts.points) points.draw(view, colors, box, { part: parts.points, x: xs, y: ys, classes: classes?.length ?? 0, range: [-1, 1], showTest: false });
      const found = handles();
      if (found) {
        const [from, to] = found.line.map(px);
        c.lineCap = "round";
        for (const [wide, color] of /** @type {[number, string][]} */ ([[6, colors.css.panel], [2.5, colors.css.ink]])) {
          c.strokeStyle = color; c.lineWidth = wide;
          c.beginPath(); c.moveTo(...from); c.lineTo(...to); c.stroke();
        }
        for (const [place, r] of /** @type {[[number, number], number][]} */ ([[found.at, 9], ...found.tips.map((tip) => [tip, 7])])) {
          const [x, y] = px(place);
          c.beginPath(); c.arc(x, y, r, 0, 7); c.fillStyle = colors.css.panel; c.fill(); c.lineWidth = 2.5; c.strokeStyle = colors.css.accent ?? colors.css.ink; c.stroke();
        }
      }
      const [x, y] = px(probe);
      c.beginPath(); c.arc(x, y, 8, 0, 7); c.lineWidth = 3; c.strokeStyle = colors.css.ink; c.stroke();
      c.beginPath(); c.arc(x, y, 8, 0, 7); c.lineWidth = 1; c.strokeStyle = colors.css.panel; c.stroke();
    }

    /** @param {PointerEvent} event @returns {[number, number]} */
    const place = (event) => { const at = view.canvas.getBoundingClientRect(); return [event.clientX - at.left, event.clientY - at.top]; };
    view.canvas.addEventListener("pointerdown", (event) => {
      const [x, y] = place(event), found = handles(), near = event.pointerType === "touch" ? 28 : 16;
      const off = (/** @type {[number, number]} */ at) => { const [a, d] = px(at); return Math.hypot(a - x, d - y); };
      const spots = /** @type {[string, number][]} */ ([["probe", off(probe)], ...(found ? [["move", off(found.at)], ["tip0", off(found.tips[0])], ["tip1", off(found.tips[1])]] : [])]);
      spots.sort((a, d) => a[1] - d[1]);
      held = spots[0][1] < near ? spots[0][0] : "probe";
      view.canvas.setPointerCapture(event.pointerId);
      if (held === "probe") drag(x, y);
    });
    view.canvas.addEventListener("pointermove", (event) => { if (held) drag(...place(event)); });
    for (const name of ["pointerup", "pointercancel"]) view.canvas.addEventListener(name, () => { held = ""; });
    /** @param {number} x @param {number} y */
    function drag(x, y) {
      const at = unpx(x, y), inside = /** @type {[number, number]} */ ([Math.max(xs[0], Math.min(xs[1], at[0])), Math.max(ys[0], Math.min(ys[1], at[1]))]);
      if (held === "probe") { probe = inside; say(); view.redraw(); return; }
      const found = handles();
      if (!neuron || !found) return;
      edited = true;
      if (held === "move") set(hasBias() ? moved(neuron, inside) : turned(neuron, [0, 0], inside));
      else set(turned(neuron, hasBias() ? found.at : [0, 0], inside));
    }
    view.canvas.addEventListener("keydown", (event) => {
      const found = handles();
      const step = { ArrowLeft: [-0.1, 0], ArrowRight: [0.1, 0], ArrowUp: [0, 0.1], ArrowDown: [0, -0.1] }[event.key];
      const turn = { PageUp: 0.08, PageDown: -0.08 }[event.key];
      if (!neuron || !found || (!step && !turn)) return;
      event.preventDefault(); event.stopPropagation();
      edited = true;
      if (step) set(moved(neuron, [found.at[0] + step[0], found.at[1] + step[1]]));
      else {
        const about = hasBias() ? found.at : /** @type {[number, number]} */ ([0, 0]), angle = Math.atan2(-neuron.w[0], neuron.w[1]) + (turn ?? 0);
        set(turned(neuron, about, [about[0] + Math.cos(angle), about[1] + Math.sin(angle)]));
      }
      kit.announce?.(`${sum.textContent}`);
    });
    side.addEventListener("input", (event) => { if (![x1.node, x2.node].some((node) => node.contains(/** @type {Node} */ (event.target)))) edited = true; });

    return {
      /** @param {Map<string, any>} fresh @param {any} next */
      draw(fresh, next) {
        if (next) state = next;
        for (const [name, part] of fresh) parts[name] = part;
        const curves = fresh.get("curves");
        if (curves) follow(curves);
        if (!sending && !held.startsWith("tip") && held !== "move") neuron = read() ?? neuron;
        marks.set?.(classNames(state) ?? []);
        say();
        view.redraw();
      },
      resize() { view.redraw(); },
      unmount() { scale.unmount(); view.unmount(); outer.remove(); },
    };
  },
};
