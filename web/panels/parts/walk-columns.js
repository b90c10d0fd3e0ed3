/** All numbers of a walk as columns of chips: inputs, layers, loss; what the walk has not reached yet is blank. */
import { element, write } from "../../kit/text.js";
import { fixed, number, pretty, whole } from "../../kit/format.js";
import { phaseTitle } from "./walk-stages.js";

const MOST = 8;

/** @param {HTMLElement} host */
export function walkColumns(host) {
  /** @type {{node: HTMLElement, chips: {node: HTMLElement, forward: HTMLElement, backward: HTMLElement}[]}[]} */
  let columns = [];
  /** @type {any} */
  let part = null;

  /** @param {string} title @param {string[]} names @param {number} total @param {string} under */
  function column(title, names, total, under) {
    const chips = names.map((name) => {
      const forward = element("span", { class: "walk-forward" });
      const backward = element("span", { class: "walk-backward" });
      return { node: element("div", { class: "walk-chip" }, element("span", { class: "walk-name" }, name), forward, backward), forward, backward };
    });
    const node = element("div", { class: "walk-column" }, element("h3", {}, title), element("p", { class: "walk-under" }, under), ...chips.map((chip) => chip.node),
      total > names.length ? element("p", { class: "walk-more" }, `and ${whole(total - names.length)} more`) : null);
    return { node, chips };
  }

  return {
    /** @param {any} next @param {any} state */
    build(next, state) {
      part = next;
      const { meta, arrays } = part;
      const features = Array.from({ length: Math.min(MOST, arrays.input.length) }, (_, at) => pretty(meta.features?.[at] ?? `x${at + 1}`));
      columns = [column("inputs", features, arrays.input.length, "what comes in")];
      meta.phases.forEach((/** @type {string} */ layer, /** @type {number} */ index) => {
        const units = arrays[`${layer}.output`].length;
        const last = index === meta.phases.length - 1;
        const activation = state.layers?.[index]?.activation;
        columns.push(column(phaseTitle(layer, index, meta.phases.length), Array.from({ length: Math.min(MOST, units) }, (_, at) => (last ? (units > 1 ? `output ${at + 1}` : "output") : `neuron ${at + 1}`)), units,
          last ? "z, and below δ" : `z → a = ${activation ?? "f"}(z), and below δ`));
      });
      columns.push(column("loss", ["loss"], 1, titled(meta.loss_name)));
      host.replaceChildren(...columns.map(({ node }) => node));
    },
    /** @param {import("./walk-stages.js").Stage} now @param {import("./walk-stages.js").Stage[]} stages @param {number} at */
    show(now, stages, at) {
      const { meta, arrays } = part;
      const reached = new Set(stages.slice(0, at + 1).map((stage) => `${stage.kind}${stage.layer ?? ""}`));
      columns.forEach(({ node, chips }, index) => {
        const active = index === now.index;
        node.classList.toggle("is-now", active);
        if (active) {
          const left = node.offsetLeft - (host.clientWidth - node.offsetWidth) / 2;
          host.scrollTo({ left: Math.max(0, left), behavior: "auto" });
        }
        chips.forEach((chip, unit) => {
          if (index === 0) { chipText(chip, fixed(arrays.input[unit], 2), "", arrays.input[unit]); return; }
          if (index === columns.length - 1) { chipText(chip, reached.has("loss") ? number(meta.loss) : "", "", 0); return; }
          const layer = meta.phases[index - 1];
          const last = index === columns.length - 2;
          const z = arrays[`${layer}.preactivation`][unit];
          const a = arrays[`${layer}.output`][unit];
          chipText(chip, reached.has(`forward${layer}`) ? (last ? fixed(z, 2) : `${fixed(z, 2)} → ${fixed(a, 2)}`) : "",
            reached.has(`backward${layer}`) ? `δ ${number(arrays[`d.${layer}.preactivation`][unit], 2)}` : "", reached.has(`forward${layer}`) ? a : 0);
        });
      });
    },
  };
}

/** @param {{node: HTMLElement, forward: HTMLElement, backward: HTMLElement}} chip @param {string} forward @param {string} backward @param {number} value */
function chipText(chip, forward, backward, value) {
  write(chip.forward, forward);
  write(chip.backward, backward);
  chip.node.classList.toggle("is-positive", value > 0);
  chip.node.classList.toggle("is-negative", value < 0);
}

/** @param {string} name */
const titled = (name) => (name ?? "").replaceAll("_", " ");
