/**
 * The one state of the page, as signals. What changes with every frame (pictures, counters) does not live here.
 *
 * @typedef {import("./controls/schema.js").Catalog} Catalog
 * @typedef {{tensor: string, layer: string, step: number, value: string, message: string}} Divergence
 * @typedef {{config: any, playing: boolean, step: number, epoch: number, speed: number|null,
 *   steps_per_second_measured: number, stop_at: {loss: number|null, epoch: number|null, step: number|null},
 *   can_undo: boolean, can_redo: boolean, can_back: boolean, parameters: number,
 *   layers: {name: string, inputs: number, outputs: number, activation: string}[], probes: string[],
 *   data: any, divergence: Divergence|null, stopped: string|null, runs?: import("./lanes/runs.js").Lane[]}} RunState
 * @typedef {{name: string, title: string, wonder: string, config: any, panels: any[], controls: any, present: string[], runs?: any[],
 *   scenes: import("./controls/scenes.js").Scene[], steps: import("./guide/guide.js").Step[]}} Lab
 * @typedef {{message: string, level: "info"|"warning"|"error", action?: {label: string, run: () => void}}} Notice
 */
import { batch, computed, signal } from "@preact/signals";

/** "connecting" at first, "open", "lost" while it tries again. */
export const connection = signal(/** @type {"connecting"|"open"|"lost"} */ ("connecting"));
/** Set while the server says it will close, or why the page cannot go on. */
export const closing = signal(/** @type {{why: string}|null} */ (null));
/** Compiling: how many kernels of how many, and which. */
export const progress = signal(/** @type {{done: number, total: number, name: string}|null} */ (null));

export const catalog = signal(/** @type {Catalog|null} */ (null));
export const lab = signal(/** @type {Lab|null} */ (null));
export const labs = signal(/** @type {{name: string, title: string}[]} */ ([]));
/** Addresses of the panel modules. */
export const panels = signal(/** @type {string[]} */ ([]));
export const state = signal(/** @type {RunState|null} */ (null));
export const session = signal(/** @type {string|null} */ (null));

export const config = computed(() => state.value?.config ?? null);
export const playing = computed(() => state.value?.playing ?? false);
/** Paths of settings a link asks to hide from students. */
export const hiddenControls = signal(/** @type {string[]} */ ([]));
/** The id of the run that panels draw which show one; null: the first. */
export const shown = signal(/** @type {string|null} */ (null));
/** Shared by all panels: the neuron under the pointer, and the neuron or weight that was chosen (`input`: of which input; -1 the bias). */
export const hover = signal(/** @type {{layer: string, unit: number}|null} */ (null));
export const selected = signal(/** @type {{layer: string, unit: number, input?: number}|null} */ (null));

export const notice = signal(/** @type {Notice|null} */ (null));
/** Said to screen readers. */
export const spoken = signal("");

let noticeTimer = 0;

/**
 * Shows one short line for a while; a newer one takes its place.
 * @param {string} message
 * @param {Partial<Notice> & {seconds?: number}} [more]
 */
export function tell(message, { level = "info", action, seconds = level === "info" ? 5 : 12 } = {}) {
  clearTimeout(noticeTimer);
  notice.value = { message, level, action };
  noticeTimer = Number(setTimeout(() => { notice.value = null; }, seconds * 1000));
}

/** @param {string} text */
export function announce(text) {
  // The same words twice would be no change, and so would not be said.
  spoken.value = spoken.peek() === text ? `${text}\u200b` : text;
}

/** @param {any} value the answer to hello */
export function greeted(value) {
  batch(() => {
    session.value = value.session;
    catalog.value = value.catalog;
    labs.value = value.labs ?? [];
    panels.value = value.panels ?? [];
    lab.value = value.lab;
    state.value = value.state;
    closing.value = null;
    connection.value = "open";
  });
}

/** The lab is left: nothing of its run stays on the page. */
export function left() {
  batch(() => {
    session.value = null;
    lab.value = null;
    state.value = null;
    closing.value = null;
    notice.value = null;
    hover.value = selected.value = null;
    shown.value = null;
    hiddenControls.value = [];
    connection.value = "connecting";
  });
}

/** Somebody waits for training to stop, and says so in another place. */
export const stopIsAwaited = signal(false);

/** @param {any} event a text message without `re` */
export function happened(event) {
  if (event.event === "state") {
    const { stopped, divergence } = event.state;
    // Said in passing: a banner would push the panels about. A divergence has its own.
    if (stopped && !divergence && stopped !== state.value?.stopped && !stopIsAwaited.value) tell(stopped, { seconds: 8 });
    state.value = event.state;
  }
  else if (event.event === "progress") progress.value = event.done < event.total ? event : null;
  else if (event.event === "closing") closing.value = { why: event.why };
  else if (event.event === "notice") tell(event.message, { level: event.level });
}
