/** The rows of the softmax panel: one a class, from its logit to its probability and the arrow p − y. */
import { fixed, number, percent, whole } from "../../kit/format.js";
import { styles } from "../../kit/style.js";
import { element, write } from "../../kit/text.js";

styles(`
.softmax-rows { display: grid; grid-template-columns: auto minmax(5rem, 1.1fr) 3.4em minmax(3rem, 1fr) 4.2em minmax(3rem, 1.2fr) 3.6em minmax(3.2rem, 0.8fr) 4em;
  gap: 0.28rem 0.6rem; align-items: center; align-content: start; font-size: 1rem; font-variant-numeric: tabular-nums; }
.softmax-rows .head { color: var(--ink-2); font-size: var(--text-least, 0.786rem); white-space: nowrap; }
.softmax-rows .num { text-align: right; white-space: nowrap; }
.softmax-name { font: inherit; border: 1px solid transparent; border-radius: 6px; background: none; color: inherit; padding: 0.1rem 0.4rem; cursor: pointer; text-align: left; max-width: 9em; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.softmax-name[aria-pressed="true"] { border-color: var(--accent); color: var(--accent); font-weight: 600; }
.softmax-name[aria-pressed="true"]::after { content: " ✓"; }
.softmax-rows input[type=range] { width: 100%; min-width: 0; accent-color: var(--accent); }
.softmax-bar { position: relative; height: 1.4rem; border-radius: 4px; background: var(--paper); overflow: hidden; }
.softmax-bar > i { position: absolute; inset: 0 auto 0 0; background: var(--ink-2); border-radius: 4px; }
.softmax-bar.is-winner > i { background: var(--ink); }
.softmax-bar > b { position: absolute; top: 0; bottom: 0; width: 3px; background: var(--accent); }
.softmax-bar > b[hidden] { display: none; }
.softmax-slope { position: relative; height: 1.4rem; border-radius: 4px; background: linear-gradient(90deg, transparent calc(50% - 0.5px), var(--line) calc(50% - 0.5px), var(--line) calc(50% + 0.5px), transparent calc(50% + 0.5px)); }
.softmax-slope > i { position: absolute; top: 0.15rem; bottom: 0.15rem; border-radius: 3px; }
.softmax-slope > i.is-positive { background: var(--positive); left: 50%; }
.softmax-slope > i.is-negative { background: var(--negative); right: 50%; }
.softmax-rows.is-still input[type=range] { display: none; }
.softmax-rows.is-still { grid-template-columns: auto 0 3.4em minmax(3rem, 1fr) 4.2em minmax(3rem, 1.2fr) 3.6em minmax(3.2rem, 0.8fr) 4em; }
@container (max-width: 34rem) {
  .softmax-rows { grid-template-columns: auto minmax(5rem, 1fr) 3.2em minmax(3rem, 1fr) 3.4em; }
  .softmax-rows.is-still { grid-template-columns: auto 0 3.4em minmax(3rem, 1fr) 3.4em; }
  .softmax-rows .wide { display: none; }
}
.softmax-outer { container-type: inline-size; min-width: 0; }
`);

const RANGE = 10;

/** Logits after one energy was set: z = −E. @param {number[]} logits @param {number} k @param {number} energy */
export const fromEnergies = (logits, k, energy) => logits.map((z, j) => (j === k ? -energy : z));

/**
 * Logits after one probability was pulled to p: the others keep their proportions, so only this logit moves.
 * p = e^(z/T) / (e^(z/T) + S)  with S the others' sum  →  z = T (log S + log(p / (1 − p))).
 * @param {number[]} logits @param {number} k @param {number} p @param {number} temperature
 */
export function pullProbability(logits, k, p, temperature) {
  const others = logits.filter((_, j) => j !== k).map((z) => z / temperature);
  const most = Math.max(...others);
  const sum = most + Math.log(others.reduce((total, z) => total + Math.exp(z - most), 0));
  const kept = Math.min(0.999, Math.max(0.001, p));
  return logits.map((z, j) => (j === k ? temperature * (sum + Math.log(kept / (1 - kept))) : z));
}

export class Rows {
  /** @param {HTMLElement} parent @param {{change: (k: number, value: number) => void, target: (k: number) => void}} does */
  constructor(parent, does) {
    this.does = does;
    this.node = element("div", { class: "softmax-rows" });
    parent.append(element("div", { class: "softmax-outer" }, this.node));
    this.shape = "";
    /** @type {any[]} */
    this.rows = [];
  }

  /** @param {any} meta @param {string} kind @param {boolean} live */
  build(meta, kind, live) {
    const heads = [["class", ""], [{ logits: "logit z", energies: "energy E = −z", probabilities: "pull p" }[kind] ?? "", ""], ["", ""], ["e to the z/T", "wide"], ["", "wide"], ["probability p", ""], ["", ""], ["p − y", "wide"], ["drawn", "wide"]];
    this.rows = meta.classes.map((/** @type {string} */ label, /** @type {number} */ k) => {
      const name = element("button", { type: "button", class: "softmax-name", title: "The right answer: press to choose", onclick: () => this.does.target(k) }, label);
      const [low, high, step] = kind === "probabilities" ? [0, 1, 0.01] : [-RANGE, RANGE, 0.1];
      const input = element("input", { type: "range", min: low, max: high, step, "aria-label": `${kind === "energies" ? "Energy" : kind === "probabilities" ? "Probability" : "Logit"} of ${label}` });
      input.addEventListener("input", () => this.does.change(k, input.valueAsNumber));
      const power = element("i"), share = element("i"), drawn = element("b"), slope = element("i");
      return { name, input, value: element("span", { class: "num" }), power, powerBox: element("span", { class: "softmax-bar wide" }, power), powerText: element("span", { class: "num wide" }),
        share, drawn, shareBox: element("span", { class: "softmax-bar" }, share, drawn), shareText: element("span", { class: "num" }), slope, slopeBox: element("span", { class: "softmax-slope wide" }, slope), drawnText: element("span", { class: "num wide" }) };
    });
    this.node.classList.toggle("is-still", live);
    this.node.replaceChildren(...heads.map(([text, more]) => element("span", { class: `head ${more}` }, text)),
      ...this.rows.flatMap((row) => [row.name, live ? element("span") : row.input, row.value, row.powerBox, row.powerText, row.shareBox, row.shareText, row.slopeBox, row.drawnText]));
  }

  /** @param {any} arrays @param {any} meta @param {any} options */
  show(arrays, meta, options) {
    const kind = options.drag ?? "logits", live = Boolean(options.live);
    const shape = JSON.stringify([meta.classes, kind, live]);
    if (shape !== this.shape) { this.shape = shape; this.build(meta, kind, live); }
    const { logits, powers, probabilities, slope, counts } = arrays;
    const most = Math.max(...Array.from(powers).filter(Number.isFinite), 1e-30);
    const draws = counts ? counts.reduce((/** @type {number} */ a, /** @type {number} */ b) => a + b, 0) : 0;
    this.rows.forEach((row, k) => {
      const value = kind === "probabilities" ? probabilities[k] : kind === "energies" ? -logits[k] : logits[k];
      if (document.activeElement !== row.input) row.input.value = String(value);
      write(row.value, fixed(kind === "energies" ? -logits[k] : logits[k], 2));
      row.power.style.width = `${100 * Math.min(1, Number.isFinite(powers[k]) ? powers[k] / most : 1)}%`;
      write(row.powerText, number(powers[k]));
      row.share.style.width = `${100 * (Number.isFinite(probabilities[k]) ? probabilities[k] : 0)}%`;
      write(row.shareText, Number.isFinite(probabilities[k]) ? percent(probabilities[k]) : "NaN");
      row.shareBox.classList.toggle("is-winner", k === meta.winner);
      row.drawn.hidden = !draws;
      if (draws) row.drawn.style.left = `calc(${100 * counts[k] / draws}% - 1.5px)`;
      write(row.drawnText, draws ? whole(counts[k]) : "");
      row.name.setAttribute("aria-pressed", String(k === meta.target));
      const d = slope?.[k] ?? 0;
      row.slope.className = d > 0 ? "is-positive" : "is-negative";
      row.slope.style.width = `${Math.min(50, 50 * Math.abs(d))}%`;
      row.slopeBox.title = slope ? `p − y = ${fixed(d, 3)}: training ${d > 0 ? "lowers" : "raises"} this logit` : "Choose the right answer to see p − y";
    });
  }
}
