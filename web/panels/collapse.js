/** All matrices of a network multiplied into one: its numbers, and how far its answers are from the network's. */
import { View, palette } from "../kit/canvas.js";
import { drawAxes, gutter } from "../kit/axes.js";
import { styles } from "../kit/style.js";
import { element, every, summary, write } from "../kit/text.js";
import { number, whole } from "../kit/format.js";
import { measurable } from "../kit/parts.js";

styles(`
.collapse-panel { height: 100%; display: grid; grid-template: auto minmax(0, 1fr) / minmax(11rem, 2fr) minmax(0, 3fr); gap: 0.4rem 1rem; position: relative; }
.collapse-says { grid-column: 1 / -1; margin: 0; font-size: var(--text-small, 0.857rem); color: var(--ink-2); font-variant-numeric: tabular-nums; }
.collapse-says b { color: var(--ink); }
.collapse-stage { position: relative; min-height: 0; min-width: 0; }
.collapse-one { overflow: auto; min-height: 0; }
.collapse-one table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
.collapse-one caption { text-align: left; font-size: var(--text-small, 0.857rem); color: var(--ink-2); padding-bottom: 0.3rem; }
.collapse-one th { font-weight: 400; color: var(--ink-2); text-align: left; padding: 0.15rem 0.6rem 0.15rem 0; }
.collapse-one td { padding: 0.15rem 0.5rem; text-align: right; font-weight: 600; border: 1px solid var(--line); }
@media (max-width: 34rem) { .collapse-panel { grid-template: auto auto minmax(9rem, 1fr) / minmax(0, 1fr); } }
`);

const [ROWS, COLUMNS] = [10, 6];
/** Rounding of 32-bit numbers through a few layers; what is beyond it is a bend. */
export const SAME = 1e-4;

export default {
  name: "collapse",
  title: "As one layer",
  about: "All weight matrices of the network multiplied into one, W₁W₂⋯, and all biases carried through. Each point is a training example: the network's answer against that one layer's. On the diagonal they agree.",
  fits: (/** @type {any} */ state) => measurable(state, "collapse"),
  wants: () => [{ key: "collapse", probe: "collapse", options: {}, rate: 6 }],

  /** @param {HTMLElement} host @param {any} kit */
  mount(host, kit) {
    const root = element("div", { class: "collapse-panel" });
    const says = element("p", { class: "collapse-says" });
    const one = element("div", { class: "collapse-one", tabindex: 0, role: "group", "aria-label": "The one matrix" });
    const stage = element("div", { class: "collapse-stage" });
    root.append(says, one, stage);
    host.append(root);
    const view = new View(stage, { draw, label: "The network's answer against that of the one layer, a point an example" });
    const words = summary(root);
    const rarely = every(150);
    /** @type {any} */
    let part = null;
    let key = "";
    /** @type {HTMLElement[][]} */
    let cells = [];

    function build() {
      const { inputs } = part.meta;
      const [rows, columns] = [Math.min(ROWS, inputs.length), Math.min(COLUMNS, part.arrays.bias.length)];
      cells = [];
      const line = (/** @type {string} */ name) => {
        const made = Array.from({ length: columns }, () => element("td"));
        cells.push(made);
        return element("tr", {}, element("th", { scope: "row" }, name), ...made);
      };
      const body = element("tbody", {}, ...inputs.slice(0, rows).map((/** @type {string} */ name) => line(`× ${name}`)), line("+"));
      const cut = rows < inputs.length || columns < part.arrays.bias.length;
      one.replaceChildren(element("table", {}, element("caption", {}, `M and c: the one layer${cut ? ` (the first ${rows} of ${whole(inputs.length)} rows)` : ""}`), body));
    }

    function numbers() {
      const { weight, bias } = part.arrays;
      const outputs = bias.length;
      cells.forEach((row, index) => row.forEach((cell, column) => write(cell, number(index === cells.length - 1 ? bias[column] : weight[index * outputs + column], 3))));
    }

    function tell() {
      const { meta } = part;
      const same = meta.relative !== null && meta.relative < SAME;
      const sizes = meta.sizes.map(whole).join(" → ");
      says.replaceChildren(`${sizes}: ${whole(meta.parameters)} numbers in ${meta.layers} layers, or ${whole(meta.parameters_single)} in one. Largest difference of the answers: `,
        element("b", {}, meta.difference === null ? "not a number" : number(meta.difference, 2)), same ? " (rounding). " : `, where answers reach ${number(meta.largest ?? NaN, 2)}. `,
        element("b", {}, same ? "The one layer is the network." : "No single layer is this network."));
      kit.note?.(same ? "= the same" : "≠ not the same");
      words.update(() => says.textContent ?? "");
    }

    function draw() {
      if (!part) return;
      const colors = palette();
      const { context: c, width, height, text } = view;
      const { network, single } = part.arrays;
      let size = 0.5;
      for (const list of [network, single]) for (const value of list) if (Number.isFinite(value)) size = Math.max(size, Math.abs(value));
      size *= 1.08;
      const room = gutter(text);
      const box = { x: room.left, y: room.top, width: width - room.left - room.right, height: height - room.top - room.bottom };
      if (box.width < 8 || box.height < 8) return;
      drawAxes(view, colors, box, { x: [-size, size], y: [-size, size], xName: "the network", yName: "the one layer", grid: true });
      const x = (/** @type {number} */ value) => box.x + ((value + size) / (2 * size)) * box.width;
      const y = (/** @type {number} */ value) => box.y + box.height - ((value + size) / (2 * size)) * box.height;
      c.strokeStyle = colors.css.ink2;
      c.setLineDash([4, 4]);
      c.beginPath();
      c.moveTo(x(-size), y(-size));
      c.lineTo(x(size), y(size));
      c.stroke();
      c.setLineDash([]);
      c.fillStyle = colors.css.ink;
      c.globalAlpha = 0.65;
      for (let at = 0; at < network.length; at += 1) {
        if (!Number.isFinite(network[at] + single[at])) continue;
        c.beginPath();
        c.arc(x(network[at]), y(single[at]), 2.6, 0, 7);
        c.fill();
      }
      c.globalAlpha = 1;
    }

    return {
      /** @param {Map<string, any>} parts */
      draw(parts) {
        const fresh = parts.get("collapse");
        if (!fresh || fresh === part) return;
        part = fresh;
        const now = `${part.meta.inputs.join()} ${part.arrays.bias.length}`;
        if (now !== key) { key = now; build(); numbers(); }
        view.paint();
        rarely(() => { numbers(); tell(); });
      },
      resize() { view.redraw(); },
      unmount() { view.unmount(); root.remove(); },
    };
  },
};
