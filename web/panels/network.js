/** The network itself: every neuron with its own picture, every weight a line whose width is its size and whose hue is its sign. */
import { View, palette } from "../kit/canvas.js";
import { scaleLegend } from "../kit/legend.js";
import { follow, readout } from "../kit/readout.js";
import { shadeTable } from "../kit/palette.js";
import { steadyEnd } from "../kit/scale.js";
import { element, every, summary, write } from "../kit/text.js";
import { fixed, number, plural, pretty, whole } from "../kit/format.js";
import { classNames } from "../kit/parts.js";
import { Edges, layout } from "./parts/network-layout.js";
import { Lines, Tiles, biasMark, drawBiases, drawHot, drawPictureEdges } from "./parts/network-draw.js";
import { catalogNames, networkChrome } from "./parts/network-chrome.js";
import { formulaStrip } from "./parts/network-formula.js";
import { numberEditor } from "./parts/network-editor.js";

/** @typedef {{column: number, unit: number}} Spot */

export default {
  name: "network",
  title: "Network",
  about: "Each tile is what one neuron answers over the plane; each line is a weight: blue positive, orange negative, the wider the larger.",
  fits: (/** @type {any} */ state) => (state.layers?.length ?? 0) > 0,
  // Large tiles deserve finer maps; small ones would only cost the line.
  wants: (/** @type {any} */ _, /** @type {any} */ options) => [{ key: "network", probe: "network", options: { resolution: options?.fine ? 32 : 20 }, rate: options?.fine ? 12 : 15 }],

  /** @param {HTMLElement} host @param {any} kit */
  mount(host, kit) {
    const root = element("div", { class: "network-panel" });
    const stage = element("div", { class: "network-stage" });
    const foot = element("div", { class: "network-foot" });
    root.append(stage, foot);
    host.append(root);
    const edges = new Edges();
    const tiles = new Tiles();
    /** @type {any} */
    let part = null;
    let state = kit.state.value;
    /** @type {ReturnType<typeof layout> | null} */
    let plan = null;
    /** @type {import("./parts/network-chrome.js").LayerInfo[]} */
    let layers = [];
    /** @type {Float32Array[]} */
    let weights = [];
    /** @type {(Float32Array | null)[]} */
    let biases = [];
    let end = 0;
    let hot = -1;
    /** @type {Spot | null} */
    let focus = null;
    /** @type {Spot | null} */
    let pinned = null;
    /** @type {Float32Array | null} */
    let example = null;
    /** @type {any} */
    let walk = null;
    const rarely = every(500);
    const room = { top: 34, bottom: 34, left: 30, right: 8 };

    const lines = new Lines(stage);
    const view = new View(stage, { draw, resized: replan });
    const chrome = networkChrome(stage, {
      resize: (layer, change) => resize(hidden().map((units, index) => (index === layer ? Math.max(1, units + change) : units))),
      layers: (change) => {
        const now = hidden();
        resize(change > 0 ? [...now, now.at(-1) ?? 4] : now.slice(0, -1));
      },
      activation: (layer, name) => kit.command("set", { changes: { "model.activation": activations().map((own, index) => (index === layer ? name : own)) } }),
      enter: (column, unit) => setFocus({ column, unit }),
      leave: () => setFocus(null),
      press,
      key(event, column, unit) {
        if (event.key.toLowerCase() === "b" && column > 0 && !event.ctrlKey && !event.metaKey) {
          event.preventDefault();
          event.stopPropagation();
          editBias(column, unit);
        } else if (event.key === "Escape") { pin(null); }
        // Space and Enter press a button: they must not also play or pause the run.
        else if (event.key === " " || event.key === "Enter") event.stopPropagation();
      },
    });
    const legends = element("div", { class: "network-legends" });
    foot.append(legends);
    const scale = scaleLegend(legends, "tile", "diverging");
    const widths = element("span", { class: "legend legend-width" });
    legends.append(widths);
    const formula = formulaStrip(foot, kit, ({ layer, unit, input, value }, near) => {
      const at = near.getBoundingClientRect();
      const box = root.getBoundingClientRect();
      open(at.left - box.left + at.width / 2, at.top - box.top - 80, layer, unit, input, value);
    }, (on) => { legends.hidden = on; });
    const hint = element("span", { class: "network-hint" }, "Point at a neuron, press a line.");
    legends.append(hint);
    const editor = numberEditor(root);
    const reading = readout(stage);
    const words = summary(root);

    const hidden = () => /** @type {number[]} */ ([...(state.config?.model?.hidden ?? layers.slice(1, -1).map(({ units }) => units))]);
    const activations = () => layers.slice(1, -1).map(({ activation }) => activation ?? "tanh");

    /** @param {number[]} next */
    function resize(next) {
      /** @type {Record<string, any>} */
      const changes = { "model.hidden": next };
      // One activation a layer: a layer more needs one more.
      if (Array.isArray(state.config?.model?.activation)) {
        const now = activations();
        changes["model.activation"] = next.map((_, index) => now[index] ?? now.at(-1) ?? "tanh");
      }
      kit.command("set", { changes });
    }

    /** @param {Spot | null} spot */
    function setFocus(spot) {
      focus = spot ?? pinned;
      chrome.mark(focus, pinned);
      const target = focus && { layer: focus.column === 0 ? "input" : layers[focus.column].name, unit: focus.unit };
      if (kit.hover) kit.hover.value = target;
      const told = formula.show(target && focus && focus.column > 0 ? target : null);
      view.redraw();
      return told;
    }

    /** @param {Spot | null} spot */
    function pin(spot) {
      pinned = spot;
      if (kit.selected) kit.selected.value = spot && spot.column > 0 ? { layer: layers[spot.column].name, unit: spot.unit } : null;
      return setFocus(spot);
    }

    /** @param {number} column @param {number} unit @param {number} x @param {number} y */
    function press(column, unit, x, y) {
      if (plan && column > 0 && biases[column - 1]) {
        const mark = biasMark(plan.columns[column], unit);
        if (Math.hypot(x - mark.x, y - mark.y) < mark.r + 3) { editBias(column, unit); return; }
      }
      const same = pinned && pinned.column === column && pinned.unit === unit;
      const told = pin(same ? null : { column, unit });
      if (!same && column > 0) told.then(() => kit.announce?.(formula.words()));
    }

    /** @param {number} column @param {number} unit */
    function editBias(column, unit) {
      const values = biases[column - 1];
      if (!values || !plan) return;
      const mark = biasMark(plan.columns[column], unit);
      open(mark.x, mark.y, layers[column].name, unit, "bias", values[unit]);
    }

    /** @param {number} x @param {number} y @param {string} layer @param {number} unit @param {number | "bias"} input @param {number} value */
    function open(x, y, layer, unit, input, value) {
      const column = layers.findIndex(({ name }) => name === layer);
      const to = spotName(column, unit);
      const isBias = input === "bias";
      if (kit.selected) kit.selected.value = { layer, unit, input: isBias ? -1 : input };
      const name = isBias ? `Bias of ${to}` : `Weight ${spotName(column - 1, /** @type {number} */ (input))} → ${to}`;
      editor.open(x, y, name, value, async (next) => {
        await kit.command("edit", { weight: `${layer}.${isBias ? "bias" : "weight"}`, index: isBias ? [unit] : [input, unit], value: next });
        kit.announce?.(`${name} is now ${number(next)}`);
      });
    }

    /** @param {number} column @param {number} unit */
    function spotName(column, unit) {
      const layer = layers[column];
      if (layer.kind === "input") return pretty(part.meta.features?.[unit] ?? `x${unit + 1}`);
      if (layer.kind === "output") return layer.units > 1 ? `output ${outputNames()[unit] ?? unit + 1}` : "output";
      return `layer ${column} neuron ${unit + 1}`;
    }

    function outputNames() {
      const outputs = layers.at(-1)?.units ?? 1;
      if (outputs === 1) return [];
      return classNames(state) ?? state.data.targets ?? [];
    }

    function read() {
      const { meta, arrays } = part;
      const trained = /** @type {any[]} */ (meta.layers).filter(({ name }) => arrays[`${name}.weight`]);
      const features = meta.features ?? [];
      const inputs = features.length || arrays[`${trained[0].name}.weight`].shape?.[0];
      layers = [{ name: "input", units: inputs, activation: null, kind: "input" },
        ...trained.map(({ name, units, activation }, index) => ({ name, units, activation, kind: /** @type {"hidden" | "output"} */ (index === trained.length - 1 ? "output" : "hidden") }))];
      weights = trained.map(({ name }) => arrays[`${name}.weight`]);
      biases = trained.map(({ name }) => arrays[`${name}.bias`] ?? null);
    }

    const maps = () => part?.arrays.maps ?? null;
    const picture = () => Boolean(state.data?.image) && layers[0]?.units > 16;

    let structure = "";
    function replan() {
      if (!part || !layers.length || view.width < 10) return;
      const longest = picture() ? 0 : Math.max(2, ...(part.meta.features ?? []).map((/** @type {string} */ name) => pretty(name).length));
      const outputs = Math.max(0, ...outputNames().map((/** @type {string} */ name) => name.length));
      room.left = picture() ? 8 : Math.min(view.width * 0.18, 12 + longest * view.text * 0.62);
      room.right = outputs ? Math.min(view.width * 0.16, 14 + outputs * view.text * 0.6) : 8;
      const narrow = view.width / layers.length < 92;
      chrome.node.classList.toggle("is-narrow", narrow);
      // Many layers: no room for words under and over a column, only for its buttons and a sign.
      const tight = view.width / layers.length < 56;
      chrome.node.classList.toggle("is-tight", tight);
      room.top = view.text * (tight ? 5.2 : narrow ? 4.1 : 2.7);
      room.bottom = view.text * (tight ? 4.1 : 2.7);
      const columns = layers.map(({ name, units }, index) => ({ name, units, picture: index === 0 && picture() }));
      plan = layout(view.width, view.height, columns, room);
      // "10 of 32" needs a line of its own under the column.
      if (plan.columns.some(({ shown, units, picture: one }) => !one && shown < units)) {
        room.bottom = view.text * (tight ? 5.3 : 3.9);
        plan = layout(view.width, view.height, columns, room);
      }
      const fine = plan.tile > 60;
      if (kit.options && Boolean(kit.options.value?.fine) !== fine) kit.options.value = { ...kit.options.value, fine };
      chrome.update(layers, plan.columns, { inputNames: part.meta.features ?? [], outputNames: outputNames(), activations: catalogNames(kit.catalog, "activations"),
        width: view.width, height: view.height, top: room.top, bottom: room.bottom, step: plan.step, editable: state.config?.model?.hidden !== undefined });
      chrome.mark(focus, pinned);
    }

    function draw() {
      if (!part || !plan) return;
      const colors = palette();
      const { context } = view;
      const { columns } = plan;
      edges.update(columns, weights, end || 1);
      const next = steadyEnd(end, edges.largest);
      if (next !== end) { end = next; edges.update(columns, weights, end); }
      const thick = Math.max(2.5, Math.min(16, plan.tile * 0.2));
      if (columns[0].picture) drawPictureEdges(context, colors, columns, weights[0], thick);
      lines.show(colors, columns, edges, { end, thick, focus });
      if (hot >= 0) drawHot(context, colors, columns, edges, { end, thick, hot });
      const plane = Boolean(maps());
      if (plane && maps().shape[1] > 1) tiles.responses(maps(), part.arrays.scales, maps().shape[1], columns, colors);
      else if (plane) tiles.curves(maps(), part.arrays.scales, maps().shape[2], columns);
      else tiles.weights(weights, columns, colors);
      tiles.draw(context, columns, colors, { plane, example, table: example ? shadeTable(colors.theme.panel, colors.theme.ink) : null });
      drawBiases(context, colors, columns, biases);
    }

    function legend() {
      if (legends.hidden || !plan) return;
      const plane = Boolean(maps());
      const column = focus && focus.column > 0 ? focus.column : layers.length - 1;
      const top = tiles.ends[column] || 1;
      scale.set(-top, 0, top, plane ? "output tile" : "tiles: weights coming in");
      write(widths, `widest line: |w| = ${number(end, 1)}`);
    }

    let told = "";
    function note() {
      const parameters = state.parameters ?? weights.reduce((sum, values, gap) => sum + values.length + (biases[gap]?.length ?? 0), 0);
      const some = edges.hidden ? `, the strongest ${whole(edges.count)} of ${whole(edges.count + edges.hidden)} lines` : "";
      const tight = chrome.node.classList.contains("is-tight") && plan?.columns.find(({ shown, units }, index) => index && shown < units);
      const next = `${plural(parameters, "parameter")}${some}${tight ? `, ${tight.shown} of ${whole(tight.units)} neurons a layer shown` : ""}`;
      if (next !== told) { told = next; kit.note?.(next); }
    }

    /** @param {number} edge */
    function edgeTexts(edge) {
      const gap = edges.gap[edge];
      const [from, to] = [edges.from[edge], edges.to[edge]];
      const gradient = walk?.arrays[`d.${layers[gap + 1].name}.weight`];
      return [`${spotName(gap, from)} → ${spotName(gap + 1, to)}`, `weight ${fixed(edges.weight[edge], 3)}`,
        gradient ? `gradient ${number(gradient[from * layers[gap + 1].units + to], 2)} (one example)` : "gradient …"];
    }

    let asking = false;
    async function askGradient() {
      if (asking) return;
      asking = true;
      try { walk = await kit.measure("walk", { example: 0 }); } catch { walk = null; } finally { asking = false; }
    }

    let lastPlace = [0, 0];
    follow(view.canvas, {
      move(x, y) {
        lastPlace = [x, y];
        const found = plan ? edges.at(plan.columns, x, y) : -1;
        if (found < 0 && hot < 0) return;
        hot = found;
        if (hot >= 0) { rarely(askGradient); reading.show(x, y, edgeTexts(hot)); } else reading.hide();
        view.canvas.classList.toggle("is-pointing", hot >= 0);
        view.redraw();
      },
      leave() { hot = -1; reading.hide(); view.redraw(); },
      tap(x, y, event) {
        const found = plan ? edges.at(plan.columns, x, y, event.pointerType === "touch" ? 12 : 6) : -1;
        if (found < 0) { if (pinned) pin(null); return; }
        const gap = edges.gap[found];
        reading.hide();
        open(x, y, layers[gap + 1].name, edges.to[found], edges.from[found], edges.weight[found]);
      },
    });

    /** The example behind the input picture and the formulas. */
    async function askExample() {
      try { example = (await kit.measure("unit", { layer: layers[1].name, unit: 0, example: 0 })).arrays.inputs; view.redraw(); } catch { example = null; }
    }

    return {
      /** @param {Map<string, any>} parts @param {any} next */
      draw(parts, next) {
        if (next) state = next;
        const fresh = parts.get("network");
        if (fresh && fresh !== part) {
          part = fresh;
          read();
          const now = JSON.stringify([part.meta.features, part.meta.layers, state.data?.classes, state.data?.image, state.config?.model?.hidden === undefined]);
          if (now !== structure) {
            structure = now;
            hot = -1;
            walk = null;
            reading.hide();
            if (pinned && (pinned.column >= layers.length || pinned.unit >= layers[pinned.column].units)) pinned = null;
            if (focus && (focus.column >= layers.length || focus.unit >= layers[focus.column].units)) focus = pinned;
            replan();
            if (picture() && layers.length > 1) askExample();
          }
        }
        if (!part) return;
        view.paint();
        if (hot >= 0) { if (state.playing) rarely(askGradient); reading.show(lastPlace[0], lastPlace[1], edgeTexts(hot)); }
        formula.tick();
        legend();
        note();
        words.update(() => `A network: ${chrome.words(layers)}. Largest weight ${number(edges.largest)}.`);
      },
      resize() { replan(); view.redraw(); },
      unmount() {
        if (kit.hover) kit.hover.value = null;
        scale.unmount();
        lines.unmount();
        view.unmount();
        root.remove();
      },
    };
  },
};
