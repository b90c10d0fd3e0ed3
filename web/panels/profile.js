/** Forward and backward through all layers at this moment: how large the signal is, how much gradient arrives; and the scale of the first weights to drag. */
import { View } from "../kit/canvas.js";
import { follow, readout } from "../kit/readout.js";
import { styles } from "../kit/style.js";
import { element, every, summary } from "../kit/text.js";
import { layerTitle } from "../kit/parts.js";
import { decadesOf, depthBox, depthLegend, drawDepth, layerAt, short, steady } from "./parts/depth-plot.js";
import { said, slider } from "./parts/knobs.js";
import { latest } from "./parts/latest.js";

styles(`
.profile-foot { display: grid; grid-template: auto / minmax(9rem, 1fr) auto; gap: 0.3rem 1rem; align-items: center; }
.profile-scale { min-width: 0; }
.profile-scale .knob { min-width: 0; }
@media (max-width: 30rem) { .profile-foot { grid-template: auto auto / minmax(0, 1fr); } }
`);

/** The knobs that say how large the first weights are, and how far each is worth dragging. */
const SCALES = /** @type {Record<string, [number, number]>} */ ({ gain: [0.1, 10], std: [0.02, 5], value: [0.02, 2] });

/** The present setting's knob of scale; an initializer that has none of its own gives way to the bell curve when it is dragged. @param {any} config @param {any} catalog */
export function scaleOf(config, catalog) {
  const record = (catalog?.initializers ?? []).find((/** @type {any} */ one) => one.name === config.initializer.name);
  const key = Object.keys(SCALES).find((name) => record?.knobs && name in record.knobs);
  return key ? { key, value: Number(config.initializer[key] ?? record.knobs[key].default), own: true } : { key: "std", value: NaN, own: false };
}

const NAMES = { gain: "initial gain", std: "initial spread σ", value: "all initial weights" };

export default {
  name: "profile",
  title: "Through the layers",
  about: "Each layer's signal on the way forward (root mean square of its outputs) and gradient on the way back (norm over its weights), on the next batch. Drag the scale: the network starts anew with such weights.",
  fits: (/** @type {any} */ state) => (state.layers?.length ?? 0) > 1,
  wants: () => [{ key: "layers", probe: "layers", options: {}, rate: 8 }],

  /** @param {HTMLElement} host @param {any} kit */
  mount(host, kit) {
    const root = element("div", { class: "stack-panel" });
    const stage = element("div", { class: "stack-stage" });
    const scale = element("div", { class: "profile-scale" });
    const foot = element("div", { class: "profile-foot" }, scale);
    root.append(stage, foot);
    host.append(root);
    const view = new View(stage, { draw, label: "Gradient norm and size of the signal, layer by layer" });
    const legend = depthLegend(foot, [{ name: "gradient, coming back", lane: 0 }, { name: "signal, going forward", lane: 3 }]);
    const reading = readout(stage);
    const words = summary(root);
    const rarely = every(120);
    /** @type {any[]} */
    let layers = [];
    /** @type {number | null} */
    let marked = null;
    /** @type {[number, number] | null} */
    let range = null;
    let whose = "";
    /** @type {any} */
    let seen = null;
    let kind = "";
    /** @type {ReturnType<typeof slider> | null} */
    let handle = null;
    const numberOf = (/** @type {number | null | undefined} */ value) => value ?? NaN;

    const send = latest(async (/** @type {Record<string, any>} */ changes) => {
      try { await kit.command("set", { changes }); } catch { /* the page has told it */ }
    });

    /** The handle for the initializer there is. @param {any} state */
    function handleFor(state) {
      const { key, value, own } = scaleOf(state.config, kit.catalog);
      const measured = layers.length > 2 ? rootMeanSquare(layers[1], state) : NaN;
      const now = own ? value : measured;
      if (!Number.isFinite(now)) return;
      if (kind !== `${key} ${own}`) {
        kind = `${key} ${own}`;
        const [low, high] = SCALES[key];
        const knob = { kind: "number", default: now, low, high, scale: "log", title: "", symbol: "", unit: "", help: "The network starts anew with weights of this size, from the same seed." };
        handle = slider(/** @type {any} */ (NAMES)[key], knob, now, (next) => {
          const present = scaleOf(kit.state.peek().config, kit.catalog);
          send(present.own ? { [`initializer.${present.key}`]: next } : { "initializer.name": "normal", "initializer.std": next });
          kit.announce?.(`${said(next)}`);
        });
        scale.replaceChildren(handle.node);
      } else if (handle && document.activeElement !== handle.input) handle.show(now);
    }

    function draw() {
      if (!layers.length) return;
      drawDepth(view, { layers: layers.length, range: range ?? [-3, 1], yName: "norm, size", marked,
        lines: [{ name: "signal", values: layers.map(({ size }) => numberOf(size)), lane: 3 }, { name: "gradient", values: layers.map(({ gradient_norm: norm }) => numberOf(norm)), lane: 0 }] });
    }

    follow(view.canvas, {
      move(x, y) {
        const at = layers.length ? layerAt(depthBox(view), layers.length, x, y) : null;
        if (at !== marked) { marked = at; view.redraw(); }
        if (at === null) { reading.hide(); return; }
        reading.show(x, y, [layerTitle(layers[at].name, layers), `gradient norm ${short(numberOf(layers[at].gradient_norm))}`, `signal ${short(numberOf(layers[at].size))}`]);
      },
      leave() { reading.hide(); marked = null; view.redraw(); },
    });

    return {
      /** @param {Map<string, any>} parts @param {any} state */
      draw(parts, state) {
        const part = parts.get("layers");
        if (!part || part === seen) return;
        seen = part;
        layers = part.meta.layers;
        const now = `${part.meta.run ?? ""} ${layers.length} ${state?.config?.model?.activation}`;
        if (now !== whose) { whose = now; range = null; }
        range = steady(range, decadesOf(layers.flatMap(({ gradient_norm: norm, size }) => [numberOf(norm), numberOf(size)])));
        if (state?.config) handleFor(state);
        view.paint();
        const [first, last] = [layers[0], layers[layers.length - 1]].map(({ gradient_norm: norm }) => numberOf(norm));
        rarely(() => kit.note?.(Number.isFinite(first / last) ? `gradient, first ÷ last layer: ${short(first / last)}` : "the gradient is no number any more"));
        words.update(() => `Gradient norm from first to last layer: ${layers.map(({ gradient_norm: norm }) => short(numberOf(norm))).join(", ")}. Signal: ${layers.map(({ size }) => short(numberOf(size))).join(", ")}.`);
      },
      resize() { view.redraw(); },
      unmount() { legend.unmount(); view.unmount(); root.remove(); },
    };
  },
};

/** The spread of a dense layer's weights, as measured. @param {any} layer @param {any} state */
function rootMeanSquare(layer, state) {
  const shape = state.layers?.find((/** @type {any} */ one) => one.name === layer.name);
  const count = (shape?.inputs ?? 0) * (shape?.outputs ?? 0);
  return count && layer.weight_norm !== null ? layer.weight_norm / Math.sqrt(count) : NaN;
}
