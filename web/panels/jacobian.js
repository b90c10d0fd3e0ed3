/** How much a small change grows or fades: singular values of each layer's Jacobian, and of the product of all up to it. */
import { View } from "../kit/canvas.js";
import { follow, readout } from "../kit/readout.js";
import { choice, element, every, summary } from "../kit/text.js";
import { layerTitle, measurable } from "../kit/parts.js";
import { decadesOf, depthBox, depthLegend, drawDepth, layerAt, short } from "./parts/depth-plot.js";

/** What is smaller is rounding: a rank that is not there. */
const NOTHING = 1e-13;

export default {
  name: "jacobian",
  title: "Stretch and squeeze",
  about: "Singular values of the Jacobian: by what factors a small change of what enters comes out larger or smaller. Through depth they multiply; near 1, depth does no harm. Mean over four examples.",
  fits: (/** @type {any} */ state) => (state.layers?.length ?? 0) > 1 && measurable(state, "jacobian"),
  wants: () => [{ key: "jacobian", probe: "jacobian", options: { examples: 4 }, rate: 2 }],

  /** @param {HTMLElement} host @param {any} kit */
  mount(host, kit) {
    const root = element("div", { class: "stack-panel" });
    const stage = element("div", { class: "stack-stage" });
    const foot = element("div", { class: "stack-foot" });
    root.append(stage, foot);
    host.append(root);
    const view = new View(stage, { draw, label: "Singular values of the Jacobian, layer by layer" });
    const sides = choice("Which Jacobian", [{ value: "through", label: "From the input" }, { value: "own", label: "Each layer alone" }], kit.options.peek().side ?? "through",
      (side) => { kit.options.value = { ...kit.options.peek(), side }; });
    foot.append(sides.node);
    const legend = depthLegend(foot, [{ name: "largest", lane: 0 }, { name: "median", lane: 3 }]);
    const reading = readout(stage);
    const words = summary(root);
    const rarely = every(200);
    /** @type {any} */
    let part = null;
    /** @type {number | null} */
    let marked = null;
    const side = () => kit.options.peek().side ?? "through";
    const real = (/** @type {number} */ value) => (value > NOTHING ? value : NaN);

    /** All values of a layer, those that rounding made left out. @param {string} name @returns {number[]} */
    const values = (name) => Array.from(part.arrays[`${name}.${side()}`] ?? [], real).filter(Number.isFinite);
    /** @param {any} layer @param {"largest" | "median"} which */
    const of = (layer, which) => real(side() === "own" ? layer[which] : layer[`through_${which}`]);

    function draw() {
      if (!part) return;
      const { layers } = part.meta;
      const dots = layers.map((/** @type {any} */ { name }) => values(name));
      drawDepth(view, { layers: layers.length, range: decadesOf(dots.flat(), 3), yName: "singular values", guide: "1: kept as it is", dots, marked,
        lines: [{ name: "median", values: layers.map((/** @type {any} */ layer) => of(layer, "median")), lane: 3 }, { name: "largest", values: layers.map((/** @type {any} */ layer) => of(layer, "largest")), lane: 0 }] });
    }

    function tell() {
      const { layers } = part.meta;
      const last = layers[layers.length - 1];
      rarely(() => kit.note?.(last.through_largest > NOTHING ? `a change of the input leaves the network × ${short(last.through_largest)}` : "no change of the input leaves the network"));
      words.update(() => `Largest singular value, ${side() === "own" ? "each layer alone" : "from the input"}: ${layers.map((/** @type {any} */ layer) => `${layerTitle(layer.name, layers)} ${short(of(layer, "largest"))}`).join(", ")}.`);
    }

    follow(view.canvas, {
      move(x, y) {
        const layers = part?.meta.layers ?? [];
        const at = layers.length ? layerAt(depthBox(view), layers.length, x, y) : null;
        if (at !== marked) { marked = at; view.redraw(); }
        if (at === null) { reading.hide(); return; }
        const all = values(layers[at].name);
        reading.show(x, y, [`${layerTitle(layers[at].name, layers)}, ${side() === "own" ? "alone" : "from the input"}`, `largest ${short(all[0] ?? 0)}`, `smallest of ${all.length} ${short(all.at(-1) ?? 0)}`]);
      },
      leave() { reading.hide(); marked = null; view.redraw(); },
    });
    const stop = kit.options.subscribe(() => { sides.show(side()); view.redraw(); if (part) tell(); });

    return {
      /** @param {Map<string, any>} parts */
      draw(parts) {
        const fresh = parts.get("jacobian");
        if (!fresh || fresh === part) return;
        part = fresh;
        view.paint();
        tell();
      },
      resize() { view.redraw(); },
      unmount() { stop(); legend.unmount(); view.unmount(); root.remove(); },
    };
  },
};
