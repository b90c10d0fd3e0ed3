/** The runs with the names they go by everywhere: in the chips, in legends, in read-outs. */
import { computed } from "@preact/signals";
import { shownSettings } from "../controls/rail.js";
import { config } from "../store.js";
import { called, difference } from "./difference.js";
import { runs } from "./runs.js";

/**
 * @typedef {import("../kit/lanes.js").Named} Named
 * @type {import("@preact/signals").ReadonlySignal<{title: string, list: Named[]}>} the title: the one thing in which they differ
 */
export const named = computed(() => {
  const list = runs.value;
  if (list.length < 2) return { title: "", list: list.map(({ id, label }) => ({ id, index: 0, name: label, value: "", diverged: false })) };
  const { title, values } = difference(list, config.value, shownSettings());
  return { title, list: list.map(({ id, label, divergence }, index) => ({ id, index, name: called(label, values[index]), value: values[index], diverged: Boolean(divergence) })) };
});
