/** The health of every layer: what its neurons answer, how large their gradients are, how far a step moves the weights. */
import { View, palette } from "../kit/canvas.js";
import { element, every, summary, write } from "../kit/text.js";
import { number, percent, power } from "../kit/format.js";
import { layerTitle } from "../kit/parts.js";

/** A step that moves weights by about a thousandth of their size is a healthy one. */
const GUIDE = -3;
const LOW = -6;
const HIGH = 0;
const ROWS = /** @type {const} */ (["gradient norm", "step ÷ weight", "saturated", "dead"]);

export default {
  name: "layers",
  title: "Layers",
  about: "Histograms of each layer's outputs and gradients on the next batch; a step should move weights by about a thousandth of their size.",
  fits: (/** @type {any} */ state) => (state.layers?.length ?? 0) > 0,
  wants: () => [{ key: "layers", probe: "layers", options: {}, rate: 5 }],

  /** @param {HTMLElement} host @param {any} kit */
  mount(host, kit) {
    const scroller = element("div", { class: "layers-panel", tabindex: 0, role: "group", "aria-label": "Layers side by side" });
    const grid = element("div", { class: "layers-grid" });
    const stage = element("div", { class: "layers-stage" });
    const table = element("table", { class: "layers-table" });
    grid.append(stage, table);
    scroller.append(grid);
    host.append(scroller);
    /** @type {any} */
    let part = null;
    let key = "";
    let label = 0;
    /** @type {HTMLElement[][]} */
    let cells = [];
    const view = new View(stage, { draw, resized: () => { if (part) align(); } });
    const words = summary(scroller);
    const rarely = every(250);
    const names = ["outputs", "gradients", "step size"];

    function build() {
      const { layers } = part.meta;
      grid.style.setProperty("--layers", String(layers.length));
      table.replaceChildren(
        element("caption", { class: "only-read" }, "Health of each layer"),
        element("thead", {}, element("tr", {}, element("td"), ...layers.map((/** @type {any} */ layer) => element("th", { scope: "col" }, layerTitle(layer.name, layers))))));
      const body = element("tbody");
      cells = ROWS.map((row, index) => {
        const made = layers.map(() => element("td"));
        const field = index === 2 ? "saturated" : index === 3 ? "dead" : null;
        if (!field || layers.some((/** @type {any} */ layer) => layer[field] !== null)) body.append(element("tr", {}, element("th", { scope: "row" }, row), ...made));
        return made;
      });
      table.append(body);
    }

    /** The picture's columns stand under one another with the table's. */
    function align() {
      label = /** @type {HTMLElement | null} */ (table.querySelector("thead td"))?.offsetWidth ?? 0;
      view.redraw();
    }

    function numbers() {
      part.meta.layers.forEach((/** @type {any} */ layer, /** @type {number} */ index) => {
        write(cells[0][index], number(layer.gradient_norm ?? NaN, 2));
        write(cells[1][index], layer.update_ratio === null ? "–" : number(layer.update_ratio, 2));
        for (const [row, share] of [[2, layer.saturated], [3, layer.dead]]) {
          const cell = cells[row][index];
          write(cell, share === null ? "–" : percent(share));
          cell.classList.toggle("is-worrying", share !== null && share >= 0.25);
        }
      });
    }

    let told = "";
    function note() {
      const worst = [...part.meta.layers].map((layer) => ({ layer, share: Math.max(layer.saturated ?? 0, layer.dead ?? 0) })).sort((a, b) => b.share - a.share)[0];
      const bad = worst.share >= 0.05 ? `${layerTitle(worst.layer.name, part.meta.layers)}: ${percent(worst.share)} ${(worst.layer.dead ?? 0) > (worst.layer.saturated ?? 0) ? "dead" : "saturated"}` : "no layer is saturated or dead";
      if (bad !== told) { told = bad; kit.note?.(bad); }
    }

    function draw() {
      if (!part) return;
      const colors = palette();
      const { context, width, height, text } = view;
      const { layers } = part.meta;
      const left = label || text * 6;
      const each = (width - left) / layers.length;
      // In a low panel the histograms matter most: the gauge's number is in the table too.
      const low = height < text * 11;
      const strip = low ? 0 : text * 2.6;
      const head = low ? 2 : text * 1.15;
      const tall = (height - strip) / 2;
      const inside = tall - text * 1.45 - head;
      context.font = view.font(text);
      context.textBaseline = "middle";
      context.textAlign = "left";
      context.fillStyle = colors.css.ink2;
      [tall * 0.5, tall * 1.5, height - strip * 0.62].forEach((y, row) => { if (row < 2 || strip) context.fillText(names[row], 0, y); });
      layers.forEach((/** @type {any} */ layer, /** @type {number} */ index) => {
        const x = left + each * index + text * 0.4;
        const inner = each - text * 0.9;
        histogram(part.arrays[`${layer.name}.activations`], layer.activation_range, x, head, inner, inside, colors, !low);
        histogram(part.arrays[`${layer.name}.gradients`], layer.gradient_range, x, tall + head, inner, inside, colors, !low);
        if (strip) gauge(layer.update_ratio, x, height - strip, inner, strip, colors);
      });
    }

    /** @param {Float32Array} shares @param {[number, number]} range @param {number} x @param {number} y @param {number} width @param {number} height @param {any} colors @param {boolean} told whether the tallest bar says its share */
    function histogram(shares, [low, high], x, y, width, height, colors, told) {
      if (!shares || height < 8) return;
      const { context, text } = view;
      let most = 0;
      for (const share of shares) most = Math.max(most, share);
      const bar = width / shares.length;
      const zero = low < 0 && high > 0 ? x + (-low / (high - low)) * width : NaN;
      for (const negative of [true, false]) {
        context.beginPath();
        for (let bin = 0; bin < shares.length; bin += 1) {
          if ((low + ((bin + 0.5) / shares.length) * (high - low) < 0) !== negative || !shares[bin]) continue;
          const size = Math.max(1, (shares[bin] / (most || 1)) * height);
          context.rect(x + bin * bar + 0.25, y + height - size, Math.max(1, bar - 0.5), size);
        }
        context.fillStyle = negative ? colors.css.negative : colors.css.positive;
        context.fill();
      }
      context.fillStyle = colors.css.line;
      context.fillRect(x, y + height, width, 1);
      context.fillStyle = colors.css.ink2;
      if (zero === zero) context.fillRect(zero, y + height, 1, 4);
      context.font = view.font(Math.max(11, text * 0.92));
      context.textBaseline = "top";
      const spot = y + height + 3;
      if (Math.abs(low + high) < 1e-9 * high) {
        context.textAlign = "center";
        context.fillText(`± ${number(high, 1)}`, x + width / 2, spot);
      } else {
        context.textAlign = "left";
        context.fillText(number(low, 1), x, spot);
        context.textAlign = "right";
        context.fillText(number(high, 1), x + width, spot);
      }
      context.textAlign = "right";
      context.textBaseline = "bottom";
      if (told) context.fillText(`to ${percent(most)}`, x + width, y + 1);
    }

    /** The size of a step against the weights, on a log scale with its guide. @param {number | null} ratio @param {number} x @param {number} y @param {number} width @param {number} height @param {any} colors */
    function gauge(ratio, x, y, width, height, colors) {
      const { context, text } = view;
      const at = (/** @type {number} */ exponent) => x + ((exponent - LOW) / (HIGH - LOW)) * width;
      const middle = y + height * 0.38;
      context.fillStyle = colors.css.line;
      context.fillRect(x, middle - 1, width, 2);
      context.fillStyle = colors.css.ink2;
      context.fillRect(at(GUIDE) - 0.5, middle - text * 0.5, 1, text);
      context.font = view.font(Math.max(11, text * 0.92));
      context.textAlign = "center";
      context.textBaseline = "top";
      context.fillText(power(GUIDE), at(GUIDE), middle + text * 0.5);
      if (!(ratio !== null && ratio > 0)) return;
      const exponent = Math.max(LOW, Math.min(HIGH, Math.log10(ratio)));
      context.beginPath();
      context.arc(at(exponent), middle, Math.max(3.5, text * 0.34), 0, 7);
      context.fillStyle = colors.css.ink;
      context.fill();
    }

    return {
      /** @param {Map<string, any>} parts */
      draw(parts) {
        const fresh = parts.get("layers");
        if (!fresh || fresh === part) return;
        part = fresh;
        const next = JSON.stringify(part.meta.layers.map((/** @type {any} */ { name, saturated, dead }) => [name, saturated === null, dead === null]));
        if (next !== key) { key = next; build(); numbers(); align(); }
        rarely(() => { numbers(); note(); });
        view.paint();
        words.update(() => part.meta.layers.map((/** @type {any} */ layer) => `${layerTitle(layer.name, part.meta.layers)}: gradient norm ${number(layer.gradient_norm ?? NaN, 2)}${layer.saturated === null ? "" : `, ${percent(layer.saturated)} saturated`}${layer.dead === null ? "" : `, ${percent(layer.dead)} dead`}`).join("; "));
      },
      resize() { if (part) align(); },
      unmount() { view.unmount(); scroller.remove(); },
    };
  },
};
