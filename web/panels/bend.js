/** An activation's curve and its slope, with the sums a layer really puts into it lying underneath. */
import { View, palette } from "../kit/canvas.js";
import { drawAxes } from "../kit/axes.js";
import { laneCss, laneStyle } from "../kit/lanes.js";
import { follow, readout } from "../kit/readout.js";
import { styles } from "../kit/style.js";
import { element, every, summary, write } from "../kit/text.js";
import { layerTitle, measurable } from "../kit/parts.js";
import { fixed, number, percent } from "../kit/format.js";
import { menu } from "./parts/knobs.js";

styles(`
.bend-panel { height: 100%; display: grid; grid-template: auto minmax(0, 1fr) auto / minmax(0, 1fr); gap: 0.35rem; position: relative; }
.bend-stage { position: relative; min-height: 0; min-width: 0; }
.bend-says { display: flex; flex-wrap: wrap; gap: 0.1rem 1.1rem; margin: 0; min-height: 1.4em; font-size: var(--text-small, 0.857rem); color: var(--ink-2); font-variant-numeric: tabular-nums; }
.bend-says b { color: var(--ink); font-weight: 600; }
.bend-says .is-worrying b { color: var(--warn-ink, var(--warn)); }
.bend-says .is-worrying b::before { content: "▲ "; font-size: 0.7em; }
`);

/** The slope's line, wherever it is drawn. */
const SLOPE = 3;
const OWN = "own";

/** Stretches of z where a test holds, as pairs of places. @param {ArrayLike<number>} slope @param {(value: number) => boolean} holds @returns {[number, number][]} */
export function stretches(slope, holds) {
  /** @type {[number, number][]} */
  const found = [];
  for (let at = 0; at < slope.length; at += 1) {
    if (!holds(slope[at])) continue;
    const last = found[found.length - 1];
    if (last && last[1] === at - 1) last[1] = at; else found.push([at, at]);
  }
  return found.filter(([from, to]) => to > from);
}

export default {
  name: "bend",
  title: "The bend",
  about: "Above: the activation f (line) and its slope f′ (dashed), by the engine's own kernels. Below: the sums z that the layer's neurons really have, over the training examples. Shaded: hardly any slope, so hardly any gradient gets through.",
  fits: (/** @type {any} */ state) => (state.layers?.length ?? 0) > 1 && measurable(state, "activation_curve"),
  /** @param {any} state @param {any} options */
  wants: (state, options) => [{ key: "bend", probe: "activation_curve", rate: 8,
    options: { layer: state.layers.some((/** @type {any} */ { name }) => name === options.layer) ? options.layer : null, activation: !options.activation || options.activation === OWN ? null : options.activation } }],

  /** @param {HTMLElement} host @param {any} kit */
  mount(host, kit) {
    const root = element("div", { class: "bend-panel" });
    const bar = element("div", { class: "panel-bar" });
    const stage = element("div", { class: "bend-stage" });
    const says = element("p", { class: "bend-says" });
    root.append(bar, stage, says);
    host.append(root);
    const view = new View(stage, { draw, label: "The activation, its slope, and the layer's sums" });
    const reading = readout(stage);
    const words = summary(root);
    const rarely = every(150);
    /** @type {any} */
    let part = null;
    let [layersKey, layerNow] = ["", ""];
    let boxes = { above: { x: 0, y: 0, width: 1, height: 1 }, below: { x: 0, y: 0, width: 1, height: 1 } };
    const options = () => kit.options.peek();
    const go = (/** @type {Record<string, any>} */ more) => { kit.options.value = { ...options(), ...more }; };

    const bends = [{ name: OWN, title: "the layer's own" }, ...(kit.catalog?.activations ?? []).filter((/** @type {any} */ one) => one.elementwise)];
    const which = menu("Activation", bends, options().activation ?? OWN, (activation) => go({ activation }));
    const layer = element("span", { class: "inline" });
    const share = { saturated: element("b"), dead: element("b"), slope: element("b") };
    const told = { saturated: element("span", { title: "Share of sums where the slope is below a twentieth of its largest" }, "saturated ", share.saturated),
      dead: element("span", { title: "Share of neurons whose slope is 0 for every example" }, "dead neurons ", share.dead),
      slope: element("span", {}, "mean slope at these sums ", share.slope) };
    says.append(told.slope, told.saturated, told.dead);
    bar.append(element("label", { class: "inline" }, "f ", which), layer);

    function chooser() {
      const key = part.meta.layers.join();
      if (key === layersKey && part.meta.layer === layerNow) return;
      [layersKey, layerNow] = [key, part.meta.layer];
      const every_ = part.meta.layers.map((/** @type {string} */ name) => ({ name, title: layerTitle(name, kit.state.peek()?.layers ?? []) }));
      layer.replaceChildren(element("label", { class: "inline" }, "sums of ", menu("Layer", every_, part.meta.layer, (name) => go({ layer: name }))));
    }

    function draw() {
      if (!part) return;
      const colors = palette();
      const { context: c, width, height, text } = view;
      const { z, value, slope, share: bars } = part.arrays;
      const { low, high, flat, peak } = part.meta;
      const left = Math.round(text * 3.2), right = Math.round(text * 1.4);
      const under = Math.max(text * 4, height * 0.26);
      const above = { x: left, y: Math.round(text * 1.7), width: width - left - right, height: Math.max(8, height - under - text * 3.6) };
      const below = { x: left, y: above.y + above.height + text * 0.6, width: above.width, height: Math.max(8, under - text * 1.2) };
      boxes = { above, below };
      let [bottom, top] = [0, 1];
      for (const one of value) { bottom = Math.min(bottom, one); top = Math.max(top, one); }
      for (const one of slope) { bottom = Math.min(bottom, one); top = Math.max(top, one); }
      [bottom, top] = [bottom - 0.06 * (top - bottom), top + 0.06 * (top - bottom)];
      const x = (/** @type {number} */ one) => above.x + ((one - low) / (high - low)) * above.width;
      const y = (/** @type {number} */ one) => above.y + above.height * (1 - (one - bottom) / (top - bottom));
      const zone = (/** @type {[number, number]} */ [from, to], /** @type {string} */ name, /** @type {number} */ strength) => {
        const [a, b] = [x(z[from]), x(z[to])];
        c.globalAlpha = strength;
        c.fillStyle = colors.css.ink2;
        c.fillRect(a, above.y, b - a, below.y + below.height - above.y);
        c.globalAlpha = 1;
        c.font = view.font();
        if (b - a < c.measureText(name).width + text) return;
        c.fillStyle = colors.css.ink;
        c.textAlign = "center";
        c.textBaseline = "top";
        c.fillText(name, (a + b) / 2, above.y + above.height * 0.3);
      };
      const least = flat * peak;
      // Only where a neuron can die is a slope of 0 more than a rounded one.
      const nothing = (/** @type {number} */ s) => part.meta.dead !== null && s === 0;
      for (const one of stretches(slope, nothing)) zone(one, "slope 0: nothing gets through", 0.22);
      for (const one of stretches(slope, (s) => Math.abs(s) < least && !nothing(s))) zone(one, "hardly any slope", 0.13);
      drawAxes(view, colors, above, { x: [low, high], y: [bottom, top], grid: true });
      // The numbers along z stand under the histogram too; here only the lines are wanted.
      c.clearRect(0, above.y + above.height + 1, width, height - above.y - above.height - 1);
      for (const one of stretches(slope, (s) => Math.abs(s) < least)) { c.globalAlpha = 0.12; c.fillStyle = colors.css.ink2; c.fillRect(x(z[one[0]]), above.y + above.height + 1, x(z[one[1]]) - x(z[one[0]]), below.y + below.height - above.y - above.height - 1); c.globalAlpha = 1; }
      curve(value, 0, 2.4, colors);
      curve(slope, SLOPE, 2, colors);
      keys(colors, above);

      // The histogram: orange for sums below 0, blue above, as everywhere.
      let most = 0;
      for (const one of bars) most = Math.max(most, one);
      const wide = below.width / bars.length;
      for (let at = 0; at < bars.length; at += 1) {
        if (!bars[at]) continue;
        const tall = Math.max(1, (bars[at] / most) * (below.height - text * 0.2));
        c.fillStyle = low + ((at + 0.5) / bars.length) * (high - low) < 0 ? colors.css.negative : colors.css.positive;
        c.fillRect(below.x + at * wide + 0.4, below.y + below.height - tall, Math.max(1, wide - 0.8), tall);
      }
      drawAxes(view, colors, { ...below, y: below.y + below.height - 1, height: 1 }, { x: [low, high], y: [0, 0], xName: "z" });
      c.clearRect(0, below.y + below.height - 3, below.x - 5, 8);
      c.fillStyle = colors.css.ink2;
      c.font = view.font();
      c.textAlign = "left";
      c.textBaseline = "top";
      const name = `${layerTitle(part.meta.layer, kit.state.peek()?.layers ?? [])}'s sums${part.meta.outside > 0.001 ? `, ${percent(part.meta.outside)} beyond the edges` : ""}`;
      c.lineWidth = 3;
      c.strokeStyle = colors.css.panel;
      c.strokeText(name, below.x + 2, below.y - 1);
      c.fillStyle = colors.css.ink;
      c.fillText(name, below.x + 2, below.y - 1);

      /** @param {ArrayLike<number>} values @param {number} lane @param {number} line @param {any} shades */
      function curve(values, lane, line, shades) {
        c.strokeStyle = laneCss(lane, shades);
        c.lineWidth = line;
        c.setLineDash(lane ? laneStyle(lane).dash : []);
        c.beginPath();
        for (let at = 0; at < z.length; at += 1) if (at) c.lineTo(x(z[at]), y(values[at])); else c.moveTo(x(z[at]), y(values[at]));
        c.stroke();
        c.setLineDash([]);
      }
    }

    /** The two lines' names, above the picture. @param {any} colors @param {{x: number, y: number, width: number}} box */
    function keys(colors, box) {
      const { context: c, text } = view;
      let at = box.x + 4;
      for (const [name, lane] of /** @type {[string, number][]} */ ([[`f(z): ${part.meta.title}`, 0], [`slope f′(z), at most ${number(part.meta.peak, 3)}`, SLOPE]])) {
        c.strokeStyle = laneCss(lane, colors);
        c.lineWidth = 2;
        c.setLineDash(lane ? laneStyle(lane).dash : []);
        c.beginPath();
        c.moveTo(at, text * 0.75);
        c.lineTo(at + text * 2, text * 0.75);
        c.stroke();
        c.setLineDash([]);
        c.font = view.font();
        c.fillStyle = colors.css.ink;
        c.textAlign = "left";
        c.textBaseline = "middle";
        c.fillText(name, at + text * 2.5, text * 0.75);
        at += text * 4 + c.measureText(name).width;
      }
    }

    function tell() {
      const { meta } = part;
      write(share.slope, meta.mean_slope === null ? "–" : number(meta.mean_slope, 2));
      for (const name of /** @type {const} */ (["saturated", "dead"])) {
        told[name].hidden = meta[name] === null;
        if (meta[name] === null) continue;
        write(share[name], percent(meta[name]));
        told[name].classList.toggle("is-worrying", meta[name] >= 0.25);
      }
      kit.note?.(meta.own ? "" : `as if ${layerTitle(meta.layer, kit.state.peek()?.layers ?? [])} had it`);
      words.update(() => `${meta.title}: the largest slope is ${number(meta.peak, 3)}, at z = ${fixed(meta.peak_at, 1)}. The sums of ${meta.layer} have a mean slope of ${number(meta.mean_slope ?? NaN, 2)}${meta.saturated === null ? "" : `, ${percent(meta.saturated)} are saturated`}${meta.dead === null ? "" : `, ${percent(meta.dead)} of its neurons are dead`}.`);
    }

    follow(view.canvas, {
      move(px, py) {
        const { above, below } = boxes;
        if (!part || px < above.x || px > above.x + above.width || py < above.y || py > below.y + below.height) { reading.hide(); return; }
        const { z, value, slope, share: bars } = part.arrays;
        const along = (px - above.x) / above.width;
        const at = Math.round(along * (z.length - 1));
        reading.show(px, py, [`z = ${fixed(z[at], 2)}`, `f = ${number(value[at], 3)}, f′ = ${number(slope[at], 3)}`, `${percent(bars[Math.min(bars.length - 1, Math.floor(along * bars.length))])} of the sums`]);
      },
      leave() { reading.hide(); },
    });
    const stop = kit.options.subscribe(() => { which.value = options().activation ?? OWN; });

    return {
      /** @param {Map<string, any>} parts */
      draw(parts) {
        const fresh = parts.get("bend");
        if (!fresh || fresh === part) return;
        part = fresh;
        chooser();
        view.paint();
        rarely(tell);
      },
      resize() { view.redraw(); },
      unmount() { stop(); view.unmount(); root.remove(); },
    };
  },
};
