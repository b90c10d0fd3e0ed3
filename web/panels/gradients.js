/** How much gradient reaches each layer, from the first step until now: a picture of vanishing and exploding. */
import { View, palette } from "../kit/canvas.js";
import { Heatmap } from "../kit/heatmap.js";
import { scaleLegend } from "../kit/legend.js";
import { followPoint, pointAt } from "../kit/linked.js";
import { follow, readout } from "../kit/readout.js";
import { Strip } from "../kit/series.js";
import { element, summary } from "../kit/text.js";
import { compact, number, power, whole } from "../kit/format.js";
import { layerTitle } from "../kit/parts.js";

export default {
  name: "gradients",
  title: "Gradient flow",
  about: "The gradient norm of each layer's weights over time. Dark at the left end of the network means the gradient vanishes on its way back.",
  fits: (/** @type {any} */ state) => (state.layers?.length ?? 0) > 0,
  wants: () => [{ key: "layers", probe: "layers", options: {}, rate: 5 }],

  /** @param {HTMLElement} host @param {any} kit */
  mount(host, kit) {
    const root = element("div", { class: "stack-panel" });
    const stage = element("div", { class: "stack-stage" });
    const foot = element("div", { class: "stack-foot" });
    root.append(stage, foot);
    host.append(root);
    const heat = new Heatmap();
    const view = new View(stage, { draw, label: "Gradient norm of each layer over the steps of training" });
    const scale = scaleLegend(foot, "gradient norm", "viridis");
    const reading = readout(stage);
    const words = summary(root);
    /** @type {Strip | null} */
    let strip = null;
    /** @type {any[]} */
    let layers = [];
    /** @type {any} */
    let seen = null;
    let box = { x: 0, y: 0, width: 1, height: 1 };
    let [low, high] = [-3, 0];
    /** The step that is pointed at in another picture. @type {number | null} */
    let marked = null;
    let run = /** @type {string | undefined} */ (undefined);
    const linked = followPoint("step", (step) => { marked = step; view.redraw(); });

    function draw() {
      if (!strip || !strip.count) return;
      const colors = palette();
      const { context, width, height, text } = view;
      const left = text * 4.6;
      box = { x: left, y: 4, width: width - left - text * 0.8, height: height - text * 2.2 };
      const rows = layers.length;
      const each = box.height / rows;
      heat.size(rows, strip.most);
      const logs = new Float32Array(rows * strip.most);
      let [least, most] = [Infinity, -Infinity];
      for (let row = 0; row < rows; row += 1) {
        for (let at = 0; at < strip.most; at += 1) {
          const place = row * strip.most + at;
          const value = at < strip.count ? Math.log10(Math.max(1e-12, strip.values[place])) : NaN;
          logs[place] = value;
          if (value < least) least = value;
          if (value > most && value < Infinity) most = value;
        }
      }
      low = Math.max(Math.floor(least), Math.ceil(most) - 8);
      high = Math.max(Math.ceil(most), low + 1);
      heat.floats(logs, rows, strip.most, colors.viridis, low, high, colors.hatch);
      context.imageSmoothingEnabled = false;
      context.font = view.font();
      context.textAlign = "right";
      context.textBaseline = "middle";
      // Of many layers only every second, fifth, … is named, and the last; between thin rows there is no room for a gap.
      const stride = [1, 2, 5, 10, 20, 50].find((count) => count * each >= text * 1.15) ?? 100;
      const gap = each > 9 ? 1 : 0;
      layers.forEach((layer, row) => {
        const y = box.y + row * each;
        context.drawImage(heat.canvas, 0, row, strip?.count ?? 1, 1, box.x, y + gap, box.width, Math.max(1, each - 2 * gap));
        const named = row === rows - 1 || row === 0 || ((row + 1) % stride === 0 && Math.min(row, rows - 1 - row) * each >= text * 1.15);
        if (!named) return;
        context.fillStyle = colors.css.ink;
        context.fillText(layerTitle(layer.name, layers), left - 8, y + each / 2);
      });
      context.fillStyle = colors.css.ink2;
      context.textBaseline = "top";
      // Columns are samples, not steps: each mark says the step of its sample.
      context.textAlign = "center";
      const marks = Math.min(strip.count, Math.max(2, Math.floor(box.width / (text * 6))));
      for (let mark = 0; mark < marks; mark += 1) {
        const at = marks > 1 ? Math.round((mark / (marks - 1)) * (strip.count - 1)) : 0;
        const x = box.x + ((at + 0.5) / strip.count) * box.width;
        context.fillRect(Math.round(x), box.y + box.height, 1, 4);
        const label = strip.steps[at] >= 1e4 ? compact(strip.steps[at]) : whole(strip.steps[at]);
        const half = context.measureText(label).width / 2;
        context.fillText(label, Math.min(width - half, x), box.y + box.height + 6);
      }
      if (marked !== null) {
        let at = strip.count - 1;
        while (at > 0 && strip.steps[at] > marked) at -= 1;
        context.fillStyle = colors.css.ink;
        context.fillRect(Math.round(box.x + ((at + 0.5) / strip.count) * box.width), box.y, 1, box.height);
      }
      scale.set(power(low), power((low + high) / 2 % 1 ? Math.floor((low + high) / 2) : (low + high) / 2), power(high));
    }

    follow(view.canvas, {
      move(x, y) {
        if (!strip || x < box.x || x > box.x + box.width || y < box.y || y > box.y + box.height) { reading.hide(); pointAt("step", null, linked); return; }
        const at = Math.min(strip.count - 1, Math.floor(((x - box.x) / box.width) * strip.count));
        const row = Math.min(layers.length - 1, Math.floor(((y - box.y) / box.height) * layers.length));
        pointAt("step", strip.steps[at], linked);
        reading.show(x, y, [`${layerTitle(layers[row].name, layers)}: ${number(strip.values[row * strip.most + at])}`, `step ${whole(strip.steps[at])}`]);
      },
      leave() { reading.hide(); pointAt("step", null, linked); },
    });

    let told = "";
    return {
      /** @param {Map<string, any>} parts */
      draw(parts) {
        const part = parts.get("layers");
        if (!part || part === seen) return;
        seen = part;
        const names = part.meta.layers.map((/** @type {any} */ { name, units }) => `${name}:${units}`).join();
        if (part.meta.run !== run) strip = null;
        run = part.meta.run;
        if (!strip || names !== layers.map(({ name, units }) => `${name}:${units}`).join()) {
          layers = part.meta.layers;
          strip = new Strip(layers.length);
        }
        // Paused: the same step again is no new column. An earlier step means the run went back, and the picture with it.
        if (!strip.count || strip.steps[strip.count - 1] !== part.step) strip.add(part.step, part.meta.layers.map((/** @type {any} */ { gradient_norm: norm }) => norm ?? NaN));
        view.paint();
        const norms = part.meta.layers.map((/** @type {any} */ { gradient_norm: norm }) => norm);
        const text = layers.length > 1 ? `first ÷ last layer: ${number(norms[0] / norms.at(-1), 2)}` : "";
        if (text !== told) { told = text; kit.note?.(text); }
        words.update(() => `Gradient norms now: ${layers.map(({ name }, index) => `${layerTitle(name, layers)} ${number(norms[index], 2)}`).join(", ")}.`);
      },
      resize() { view.redraw(); },
      unmount() { linked.stop(); scale.unmount(); view.unmount(); root.remove(); },
    };
  },
};
