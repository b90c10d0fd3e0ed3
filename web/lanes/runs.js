/**
 * The runs of this session as the page sees them: which there are, which one is shown, and what the state is for that one.
 *
 * @typedef {{id: string, label: string, changes: Record<string, any>, step: number, parameters: number, divergence: any,
 *   unfit?: string[], layers?: any[], data?: any, probes?: string[]}} Lane
 */
import { computed, effect } from "@preact/signals";
import { command, useOwnPaths } from "../commands.js";
import { announce, shown, state } from "../store.js";
import { assigned } from "./difference.js";

/** @type {Lane[]} */
const NONE = [];
export const runs = computed(() => /** @type {Lane[]} */ (state.value?.runs ?? NONE));
export const several = computed(() => runs.value.length > 1);
/** The run that panels draw which show one; the first where none was chosen. */
export const shownRun = computed(() => runs.value.find(({ id }) => id === shown.value) ?? runs.value[0] ?? null);
/** Its number, counted from 0. */
export const shownIndex = computed(() => Math.max(0, runs.value.findIndex(({ id }) => id === shownRun.value?.id)));
/** The id to ask the server with; nothing where the first is shown, which is what the server gives without. */
export const asked = computed(() => (shownIndex.value > 0 ? shownRun.value?.id : undefined));

/** The state as it is for the shown run: its own setting, layers, data and what can be measured where they differ from the first's. */
export const shownState = computed(() => {
  const now = state.value, run = shownRun.value;
  if (!now || !run || !shownIndex.value) return now;
  const { layers = now.layers, data = now.data, probes = now.probes, parameters, divergence } = run;
  return { ...now, shown: run.id, config: assigned(now.config, run.changes, run.unfit), layers, data, probes, parameters, divergence };
});

/** @param {string} id */
export function show(id) {
  const run = runs.peek().find((one) => one.id === id);
  if (!run || shownRun.peek()?.id === id) return;
  shown.value = id;
  announce(`${run.label} is shown.`);
}

/** What `runs` takes of a lane. @param {{label: string, changes: Record<string, any>, id?: string}} lane */
export const entry = ({ id, label, changes }) => (id ? { id, label, changes } : { label, changes });

/** Makes the list of runs this one. @param {{label: string, changes: Record<string, any>, id?: string}[]} list @returns {Promise<Lane[]>} */
export async function arrange(list) {
  return (await command("runs", { runs: list.map(entry) })).runs;
}

// A run that is gone can no longer be the one that is shown.
effect(() => { if (shown.value && runs.value.length && !runs.value.some(({ id }) => id === shown.value)) shown.value = null; });

useOwnPaths((paths) => {
  const run = shownIndex.peek() > 0 ? shownRun.peek() : null;
  return { own: run ? paths.filter((path) => path in run.changes) : [], run: run?.id };
});
