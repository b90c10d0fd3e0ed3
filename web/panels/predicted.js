/** Predicted against true values: every point on the diagonal would be a perfect answer. */
import { View, palette } from "../kit/canvas.js";
import { drawMarks } from "../kit/marks.js";
import { follow, readout } from "../kit/readout.js";
import { choice, element, summary } from "../kit/text.js";
import { number, pretty } from "../kit/format.js";
import { measurable } from "../kit/parts.js";
import { drawAgainst } from "./parts/against.js";

export default {
  name: "predicted",
  title: "Predicted and true",
  about: "Each point is one example: its true value across, the network's answer up. The diagonal is a perfect answer.",
  fits: (/** @type {any} */ state) => measurable(state, "predicted"),
  wants: (/** @type {any} */ _, /** @type {any} */ options) => [{ key: "predicted", probe: "predicted", options: { part: options?.part ?? "test" }, rate: 8 }],

  /** @param {HTMLElement} host @param {any} kit */
  mount(host, kit) {
    const root = element("div", { class: "stack-panel" });
    const stage = element("div", { class: "stack-stage" });
    const foot = element("div", { class: "stack-foot" });
    root.append(stage, foot);
    host.append(root);
    foot.append(choice("Which examples", [{ value: "test", label: "Test" }, { value: "train", label: "Training" }], kit.options?.value?.part ?? "test",
      (part) => { if (kit.options) kit.options.value = { ...kit.options.value, part }; }).node,
      element("span", { class: "legend" }, "line: predicted = true"));
    const view = new View(stage, { draw, label: "Predicted against true values" });
    const reading = readout(stage);
    const words = summary(root);
    /** @type {any} */
    let part = null;
    let places = new Float32Array(0);

    function draw() {
      if (!part) return;
      const colors = palette(), { true: truth, predicted } = part.arrays;
      const outputs = truth.shape[1] ?? 1, count = truth.length / outputs;
      drawAgainst(view, colors, truth, { xName: "true", yName: `predicted ${pretty(part.meta.targets?.[0] ?? "")}` }, (x, y, size) => {
        if (places.length < count * 2) places = new Float32Array(count * 2);
        for (let row = 0; row < count; row += 1) {
          places[row * 2] = x(truth[row * outputs]);
          places[row * 2 + 1] = y(predicted[row * outputs]);
        }
        view.context.globalAlpha = 0.75;
        drawMarks(view.context, "circle", places, count, size, colors.css.positive, colors.css.panel);
      });
    }

    follow(view.canvas, {
      move(x, y) {
        if (!part) return;
        let [best, found] = [200, -1];
        for (let at = 0; at < part.arrays.true.length * 2 && at + 1 < places.length; at += 2) {
          const away = (places[at] - x) ** 2 + (places[at + 1] - y) ** 2;
          if (away < best) { best = away; found = at / 2; }
        }
        if (found < 0) { reading.hide(); return; }
        const outputs = part.arrays.true.shape[1] ?? 1;
        reading.show(x, y, [`true ${number(part.arrays.true[found * outputs])}`, `predicted ${number(part.arrays.predicted[found * outputs])}`]);
      },
      leave() { reading.hide(); },
    });

    let told = "";
    return {
      /** @param {Map<string, any>} parts */
      draw(parts) {
        const fresh = parts.get("predicted");
        if (!fresh || fresh === part) return;
        part = fresh;
        view.paint();
        const { true: truth, predicted } = part.arrays;
        let sum = 0;
        for (let row = 0; row < truth.length; row += 1) sum += Math.abs(truth[row] - predicted[row]);
        const text = truth.length ? `off by ${number(sum / truth.length, 2)} on average` : "";
        if (text !== told) { told = text; kit.note?.(text); }
        words.update(() => `${truth.length} examples, ${text}.`);
      },
      resize() { view.redraw(); },
      unmount() { view.unmount(); root.remove(); },
    };
  },
};
