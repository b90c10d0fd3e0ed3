/** The thing to do in a step: it knows by itself when it is done, from the state, the panels' options and the commands. */
import { effect, signal } from "@preact/signals";
import { html } from "htm/preact";
import { useEffect } from "preact/hooks";
import { attempt, change, obeyed } from "../commands.js";
import { fitsScene, inScene, setScene } from "../controls/scenes.js";
import { Icon } from "../icons.js";
import { all } from "../stage.js";
import { announce, hover, lab, state } from "../store.js";
import { curvesOf, watch } from "./frames.js";
import { at, guiding, mark, note, step } from "./guide.js";

/** @typedef {import("./guide.js").When} When */

/** Steps of training seen last: they pass without a word from the state. */
const trained = signal(0);

/** @param {any} value @param {When} when */
const meets = (value, { above, below, equals }) => equals !== undefined ? fitsScene(equals, value)
  : typeof value === "number" && (above !== undefined ? value > above : value < /** @type {number} */ (below));

/** @param {any} config @param {string} path */
const setting = (config, path) => path.split(".").reduce((found, key) => found?.[key], config);

/** A panel's own option, by PANEL.OPTION. @param {string} path */
function optionOf(path) {
  const [name, ...rest] = path.split(".");
  const panel = all.value.find((one) => one.name === name);
  return { panel, key: rest.join("."), value: setting(panel?.options.value, rest.join(".")) };
}

/**
 * Whether it has been done. Reads signals, so an effect around it comes again by itself.
 * @param {When} when @param {number} from the training step at which the lab's step began @param {{painted: number, command: any}} before
 */
function done(when, from, before) {
  const now = state.value;
  if (!now) return false;
  const command = obeyed.value !== before.command ? obeyed.value : null;
  if (when.setting) return meets(setting(now.config, when.setting), when);
  if (when.option) return meets(optionOf(when.option).value, when);
  if (when.steps) return trained.value - from >= when.steps;
  if (when.played) return now.playing || trained.value > from + 1;
  if (when.edited) return command?.name === "edit" && when.edited in command.fields;
  if (when.painted) return (now.config.data?.painted?.length ?? 0) - before.painted >= when.painted;
  if (when.hovered) return hover.value !== null;
  if (when.did) return command?.name === when.did;
  return inScene(lab.value?.scenes.find(({ name }) => name === when.scene));
}

/** What does it for somebody who cannot, or only wants to see. @param {When} when */
async function show(when) {
  const { example } = when;
  if (when.setting) return change({ [when.setting]: example });
  if (when.option) {
    const { panel, key } = optionOf(when.option);
    if (panel) panel.options.value = { ...panel.options.value, [key]: example };
  } else if (when.steps) await attempt("step", { by: "batch", count: when.steps });
  else if (when.played) await attempt("play");
  else if (when.edited === "weight") await attempt("edit", example);
  else if (when.edited) await attempt("edit", { [when.edited]: example });
  else if (when.painted) await attempt("edit", { paint: example });
  else if (when.did) await attempt(when.did, when.did === "step" ? { by: "batch", count: 1 } : when.did === "back" ? { by: "batch", count: 1 } : {});
  else if (when.scene) await setScene(when.scene);
  return undefined;
}

/** @param {When} when */
const showable = (when) => !when.hovered && (!(when.edited || when.painted) || when.example !== undefined);

/** Notices that a step's thing was done, also while the guide is folded away: on a phone nothing else can be reached while it is open. */
export function useNotice() {
  const is = Boolean(mark.value.did), number = at.value, when = guiding.value ? step.value?.do?.when : undefined;
  useEffect(() => {
    if (!when || mark.peek().did) return undefined;
    const before = { painted: state.peek()?.config.data?.painted?.length ?? 0, command: obeyed.peek() };
    const stopFrames = when.steps || when.played ? watch("do", curvesOf(when.run),
      (parts) => { trained.value = parts.get("curves")?.step ?? 0; }) : () => {};
    trained.value = state.peek()?.step ?? 0;
    const stop = effect(() => {
      const from = Math.min(mark.peek().from ?? 0, state.value?.step ?? 0);
      if (from < (mark.peek().from ?? 0)) note({ from });
      if (!done(when, from, before)) return;
      note({ did: true }, number);
      announce("Done.");
    });
    return () => { stop(); stopFrames(); };
  }, [when, number, is]);
}

/** @param {{text: string, when: When}} props */
export function Do({ text, when }) {
  const is = Boolean(mark.value.did);
  return html`<section class="guide-card do" data-done=${is} aria-label="To do">
    <span class="do-mark" aria-hidden="true">${is && html`<${Icon} name="check" />`}</span>
    <p class="do-text">${text}<span class="only-read">${is ? " Done." : " Not done yet."}</span></p>
    ${!is && showable(when) && html`<button type="button" class="quiet-button do-show" onClick=${() => show(when)}>Show me</button>`}
  </section>`;
}
