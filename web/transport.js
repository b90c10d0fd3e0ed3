/** Restart, back, play, forward; how fast and until when; and where training stands, in numbers. */
import { effect, signal, useComputed } from "@preact/signals";
import { html } from "htm/preact";
import { useEffect, useRef } from "preact/hooks";
import { attempt } from "./commands.js";
import { read, whole, write } from "./controls/scale.js";
import { count, rest, useCounters } from "./counters.js";
import { Icon } from "./icons.js";
import { place } from "./popover.js";
import { announce, connection, lab, playing, state } from "./store.js";

/** The unit of back and forward; every lab begins with a batch. @type {import("@preact/signals").Signal<"batch"|"epoch">} */
const by = signal("batch");
effect(() => { if (!lab.value) by.value = "batch"; });

export function togglePlay() {
  const going = playing.value;
  attempt(going ? "pause" : "play").then((value) => { if (value !== undefined) announce(going ? "Paused." : "Training."); });
}
/** @param {"batch"|"epoch"} [unit] */
export const forward = (unit = by.peek()) => moved("step", unit);
/** @param {"batch"|"epoch"} [unit] */
export const back = (unit = by.peek()) => moved("back", unit);
/** @param {"same"|"new"} seed */
export async function restart(seed) {
  if (await attempt("reset", { seed }) !== undefined) announce(seed === "same" ? "Started again from the same weights." : "Started again from new weights.");
}

/** @param {"step"|"back"} name @param {"batch"|"epoch"} unit */
async function moved(name, unit) {
  const value = await attempt(name, { by: unit, count: 1 });
  if (!value) return;
  count(value.step, value.epoch);
  announce(`Step ${value.step}.`);
}

export function Transport() {
  const now = state.value;
  const off = connection.value !== "open" || !now;
  const going = playing.value;
  const can = { back: !off && now?.can_back };
  const choose = (/** @type {"batch"|"epoch"} */ wanted) => { by.value = wanted; };
  return html`<div class="transport" role="group" aria-label="Training">
    <div class="transport-buttons">
      <button type="button" class="tool" disabled=${off} aria-label="Restart from the same weights" title="Restart from the same weights (R)" onClick=${() => restart("same")}><${Icon} name="restart" /></button>
      <button type="button" class="tool" disabled=${off} aria-label="Restart from new weights" title="Restart from new weights (Shift+R)" onClick=${() => restart("new")}><${Icon} name="dice" /></button>
      <button type="button" class="tool" disabled=${!can.back} aria-label=${`Back one ${by.value}`} title=${`Back one ${by.value} (←)`} onClick=${() => back()}><${Icon} name="back" /></button>
      <button type="button" class="play" disabled=${off} aria-pressed=${going ? "true" : "false"} aria-label=${going ? "Pause" : "Play"} title="Space" onClick=${togglePlay}>
        <${Icon} name=${going ? "pause" : "play"} /><span class="play-word" aria-hidden="true"><span data-on=${!going}>Play</span><span data-on=${going}>Pause</span></span></button>
      <button type="button" class="tool" disabled=${off} aria-label=${`Forward one ${by.value}`} title=${`Forward one ${by.value} (→)`} onClick=${() => forward()}><${Icon} name="forward" /></button>
      <fieldset class="segments by"><legend class="only-read">Back and forward go by</legend>
        ${/** @type {const} */ (["batch", "epoch"]).map((one) => html`<label key=${one} class="segment"><input type="radio" name="by" checked=${by.value === one}
          onChange=${() => choose(one)} /><span>${one}</span></label>`)}</fieldset>
    </div>
    <${Numbers} />
  </div>`;
}

function Numbers() {
  const step = useRef(/** @type {HTMLElement|null} */ (null)), epoch = useRef(/** @type {HTMLElement|null} */ (null)), speed = useRef(/** @type {HTMLElement|null} */ (null));
  useEffect(() => { if (step.current && epoch.current && speed.current) useCounters(step.current, epoch.current, speed.current); }, []);
  useEffect(() => {
    const now = state.value;
    if (!now) return;
    count(now.step, now.epoch);
    if (!now.playing) rest();
  }, [state.value]);
  return html`<dl class="numbers">
    <div><dd ref=${step} class="number-step">0</dd><dt>step</dt></div>
    <div><dd ref=${epoch} class="number-epoch">0</dd><dt>epoch</dt></div>
    <div class="number-last"><dd ref=${speed} class="number-speed">–</dd><dt>steps/s</dt></div>
  </dl><${Pace} />`;
}

/** Stops of the speed slider, the last one being as fast as possible. */
const PACES = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, null];

/** How fast, and until when: one small card behind the number. */
function Pace() {
  const button = useRef(/** @type {HTMLElement|null} */ (null)), card = useRef(/** @type {HTMLElement|null} */ (null));
  const now = state.value;
  const wish = useComputed(() => state.value?.speed ?? null);
  const at = PACES.findIndex((pace) => pace === null || (wish.value !== null && pace >= wish.value));
  const words = wish.value === null ? "as fast as possible" : wish.value === 1 ? "1 step a second" : `${whole(wish.value)} steps a second`;
  const stop = now?.stop_at ?? { loss: null, epoch: null, step: null };
  const goals = Object.values(stop).filter((one) => one !== null).length;
  const open = () => {
    card.current?.showPopover();
    if (card.current && button.current) place(card.current, button.current);
  };
  const aim = (/** @type {string} */ name, /** @type {string} */ text) => {
    const value = text.trim() === "" ? null : read(text);
    if (!Number.isNaN(value)) attempt("stop_at", { ...stop, [name]: value });
  };
  return html`<button type="button" class="pace" ref=${button} onClick=${open} aria-haspopup="dialog" title="How fast, and when to stop">
      <span class="pace-words">${wish.value === null ? "full speed" : `${whole(wish.value)}/s`}</span>${goals > 0 && html`<span class="pace-goal">stops by itself</span>`}<span class="only-read">: speed and when to stop</span></button>
    <div class="card pace-card" popover="auto" ref=${card} role="dialog" aria-label="Speed and when to stop">
      <label class="field-head" for="pace"><span class="field-name">Speed</span><span class="field-value">${words}</span></label>
      <input id="pace" type="range" class="slider" min="0" max=${PACES.length - 1} step="1" value=${at} aria-valuetext=${words}
        style=${{ "--at": `${(100 * at) / (PACES.length - 1)}%` }}
        onInput=${(/** @type {Event} */ event) => attempt("speed", { steps_per_second: PACES[Number(/** @type {HTMLInputElement} */ (event.currentTarget).value)] })} />
      <p class="field-note">Slow motion shows every step. Drawing never slows the training down.</p>
      <p class="card-title">Stop by itself</p>
      ${[["loss", "training loss below"], ["epoch", "at epoch"], ["step", "at step"]].map(([name, text]) => html`<label key=${name} class="goal"><span>${text}</span>
        <input class="text" type="text" inputmode="decimal" value=${stop[/** @type {"loss"} */ (name)] === null ? "" : write(stop[/** @type {"loss"} */ (name)], 6)} placeholder="never"
          onChange=${(/** @type {Event} */ event) => aim(name, /** @type {HTMLInputElement} */ (event.currentTarget).value)} /></label>`)}
    </div>`;
}
