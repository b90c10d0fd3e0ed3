/** The stages of walking one example forward and backward, with the sentence of each. No DOM. */
import { fixed, number, pretty, whole } from "../../kit/format.js";

/** @typedef {{kind: "input" | "forward" | "loss" | "backward" | "check" | "update", title: string, text: string, layer?: string, index: number}} Stage */

/** @param {string} phase @param {number} index @param {number} count */
export const phaseTitle = (phase, index, count) => (index === count - 1 ? "output layer" : phase.replace(/(\d+)$/, " $1"));

/**
 * @param {any} part what the probe `walk` sent @param {string[] | null} classes @returns {Stage[]}
 */
export function stagesOf(part, classes) {
  const { meta, arrays } = part;
  const { phases } = meta;
  const count = phases.length;
  /** @type {Stage[]} */
  const stages = [{ kind: "input", index: 0, title: "The example.",
    text: `Row ${whole(meta.row)} of the training set goes in: ${listed(arrays.input, meta.features)}. The right answer is ${said(meta.truth)}.` }];
  phases.forEach((/** @type {string} */ layer, /** @type {number} */ index) => {
    const last = index === count - 1;
    stages.push({ kind: "forward", layer, index: index + 1, title: `Forward, ${phaseTitle(layer, index, count)}.`,
      text: last ? "Each neuron adds up what comes in, times its weights, plus its bias: z. At the output that is the answer."
        : "Each neuron adds up what comes in, times its weights, plus its bias: z. Its activation bends that to a, which goes on." });
  });
  const answer = classes && arrays.output.length === 1
    ? ` An output of ${fixed(arrays.output[0], 2)} means ${(100 / (1 + Math.exp(-arrays.output[0]))).toFixed(0)} % for ${classes[1]}.` : "";
  stages.push({ kind: "loss", index: count + 1, title: "The loss.",
    text: `${titled(meta.loss_name)} compares the answer with ${said(meta.truth)}: ${number(meta.loss)}.${answer}` });
  for (let index = count - 1; index >= 0; index -= 1) {
    const layer = phases[index];
    stages.push({ kind: "backward", layer, index: index + 1, title: `Backward, ${phaseTitle(layer, index, count)}.`,
      text: `δ says how the loss changes if a neuron's z grows a little. A weight's gradient is what came in through it, times δ: ${product(part, layer, index)}` });
  }
  const check = meta.numeric_check;
  if (check) {
    stages.push({ kind: "check", index: count + 1, title: "Is it true?",
      text: `Move ${check.tensor.replace(/(\d+)\.weight/, " $1's weight")} [${check.index.join(", ")}] by ±${number(check.epsilon ?? 1e-5, 1)} and measure the loss: slope ${long(check.numeric)}. Backpropagation said ${long(check.analytic)}.` });
  }
  stages.push({ kind: "update", index: count + 1, title: "No weight has moved yet.",
    text: `The update comes at the batch's end: the gradients of its ${whole(meta.batch_rows)} examples are averaged, and the optimizer moves every weight once.` });
  return stages;
}

/** The strongest weight gradient of a layer, as the product it is. @param {any} part @param {string} layer @param {number} index */
export function product(part, layer, index) {
  const { arrays, meta } = part;
  const gradient = arrays[`d.${layer}.weight`];
  const incoming = index === 0 ? arrays.input : arrays[`${meta.phases[index - 1]}.output`];
  const delta = arrays[`d.${layer}.preactivation`];
  const outputs = delta.length;
  let best = 0;
  for (let at = 1; at < gradient.length; at += 1) if (Math.abs(gradient[at]) > Math.abs(gradient[best])) best = at;
  const [from, to] = [Math.floor(best / outputs), best % outputs];
  const name = index === 0 ? pretty(meta.features?.[from] ?? `x${from + 1}`) : `neuron ${from + 1}`;
  return `for ${name} → ${index === meta.phases.length - 1 ? `output ${outputs > 1 ? to + 1 : ""}`.trim() : `neuron ${to + 1}`}, ${number(incoming[from])} × ${number(delta[to])} = ${number(gradient[best])}.`;
}

/** @param {ArrayLike<number>} values @param {string[]} names */
function listed(values, names) {
  const most = 4;
  const some = Array.from({ length: Math.min(most, values.length) }, (_, at) => `${pretty(names?.[at] ?? `x${at + 1}`)} = ${fixed(values[at], 2)}`);
  return some.join(", ") + (values.length > most ? ` and ${whole(values.length - most)} more` : "");
}

/** @param {any} truth */
const said = (truth) => (Array.isArray(truth) ? truth.map((value) => number(value)).join(", ") : typeof truth === "number" ? number(truth) : String(truth));
/** @param {string} name */
const titled = (name) => (name ? `${name[0].toUpperCase()}${name.slice(1).replaceAll("_", " ")}` : "The loss");
/** @param {number} value */
const long = (value) => number(value, 6);
