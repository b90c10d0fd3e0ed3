/** "Check by running it": trains as far as the claim needs, in front of the person, then the server measures. */
import { effect, signal } from "@preact/signals";
import { html } from "htm/preact";
import { useEffect, useRef } from "preact/hooks";
import { attempt, command } from "../commands.js";
import { Icon } from "../icons.js";
import { number, percent, whole } from "../kit/format.js";
import { announce, state, stopIsAwaited, tell } from "../store.js";
import { curvesOf, watch } from "./frames.js";
import { at, mark, note, step, steps } from "./guide.js";

/** The training step that is trained to for a step of the lab, and the goals that were set before. */
const target = signal(/** @type {{to: number, step: number, before: any, going: boolean}|null} */ (null));
const trained = signal(0);
/** Play has given way to a jump ahead. */
let jumping = false;

/** What the server says of this step's claim now; trains on where it needs more. */
async function check() {
  const number = at.peek();
  let answer;
  try {
    answer = await command("check", { step: number });
  } catch (error) {
    tell(/** @type {Error} */ (error).message, { level: "warning" });
    return;
  }
  if (!answer.ready) return trainOn(number);
  note({ answer }, number);
  announce(`${answer.passed ? "It holds." : "It does not hold on this run."} ${answer.said}`);
}

/** The goal set last, and those before it: the state may still show it when the next one is set. */
let last = { to: NaN, before: /** @type {any} */ (null) };
/** Milliseconds between looks at a run that catches up while the others stand. */
const CATCHING_UP = 300;

/** @param {number} number */
async function trainOn(number) {
  const now = state.peek(), to = steps.peek()[number - 1]?.check?.train;
  if (!now || !to) return;
  // The state knows the step of its last change only; where it is beyond the goal, a run that came later is waited for.
  if (now.step >= to) {
    setTimeout(() => { if (at.peek() === number) check(); }, CATCHING_UP);
    return;
  }
  last = { to, before: now.stop_at.step === last.to ? last.before : now.stop_at };
  target.value = { to, step: number, before: last.before, going: false };
  stopIsAwaited.value = true;
  announce(`Training to step ${to}.`);
  if (await attempt("stop_at", { ...now.stop_at, step: to }) === undefined || await attempt("play") === undefined) stand();
}

/** No longer on the way: the goals are as they were. */
function stand() {
  const was = target.peek();
  target.value = null;
  stopIsAwaited.value = false;
  if (was) attempt("stop_at", was.before);
}

/** The rest at full speed: one step says where training is, then as many as are left. */
async function hurry() {
  const was = target.peek();
  if (!was) return;
  jumping = true;
  const here = await attempt("step", { by: "batch", count: 1 });
  if (here && here.step < was.to) await attempt("step", { by: "batch", count: was.to - here.step });
  jumping = false;
}

/** Arrived, or somebody paused it. */
effect(() => {
  const now = state.value, was = target.value;
  if (!was || !now) return;
  if (now.step >= was.to || now.divergence) {
    stand();
    if (at.peek() === was.step) check();
  } else if (now.playing && !was.going) target.value = { ...was, going: true };
  else if (!now.playing && was.going && !jumping) stand();
});

/** The button, or how far it is. */
export function Check() {
  const claimed = step.value?.check, made = mark.value, on = target.value?.step === at.value ? target.value : null;
  useEffect(() => watch("check", curvesOf(), (parts) => { trained.value = parts.get("curves")?.step ?? 0; }), []);
  if (!claimed) return null;
  const waits = step.value?.predict && made.predicted === undefined && !made.answer;
  const more = Math.max(0, claimed.train - (state.value?.step ?? 0));
  if (on) return html`<section class="check-part" aria-label="Check"><${Training} to=${on.to} /></section>`;
  return html`<section class="check-part" aria-label="Check">
    <button type="button" class=${made.answer?.passed ? "guide-main guide-main-done" : "guide-main"} disabled=${waits || state.value === null} onClick=${check} aria-describedby="check-note">${made.answer ? "Check again" : "Check by running it"}</button>
    <p class="guide-note" id="check-note">${waits ? "Make your prediction first." : more > 0 ? `Trains to step ${whole(claimed.train)}, then measures.` : "\u00a0"}</p></section>`;
}

/** @param {{to: number}} props */
function Training({ to }) {
  const now = Math.min(trained.value, to);
  return html`<div class="training"><progress class="bar" aria-label=${`Training to step ${to}`} max=${to} value=${now}></progress>
      <span class="training-words">step ${whole(now)} of ${whole(to)}</span></div>
    <div class="training-buttons"><button type="button" class="quiet-button" onClick=${hurry}>Skip ahead</button>
      <button type="button" class="quiet-button" onClick=${() => attempt("pause")}>Stop here</button></div>`;
}

/** What was measured. */
export function Result() {
  const { answer } = mark.value;
  const place = useRef(/** @type {HTMLElement|null} */ (null));
  const seen = useRef(answer);
  useEffect(() => {
    if (answer && answer !== seen.current) requestAnimationFrame(() => place.current?.scrollIntoView({ block: "nearest" }));
    seen.current = answer;
  }, [answer]);
  if (!answer || !step.value?.check) return null;
  return html`<section class="result" data-passed=${answer.passed} aria-label="What was measured" ref=${place}>
    <p class="result-head"><${Icon} name=${answer.passed ? "check" : "info"} /><b>${answer.passed ? "It holds on this run" : "Not on this run"}</b></p>
    <p>${answer.passed ? answer.said : answer.said.replace(/^Not on this run: /, "").replace(/^./, (letter) => letter.toUpperCase())}</p>
    <dl class="measured">${answer.measured.map((one, i) => html`<div key=${i} data-passed=${one.passed}>
      <dt>${one.what}${one.label ? html` <span class="measured-run">${one.label}</span>` : one.run > 1 ? html` <span class="measured-run">run ${one.run}</span>` : null}</dt>
      <dd><b>${one.measure === "diverged" ? (one.value ? "yes" : "no") : one.value === null ? "not known" : one.share ? percent(one.value) : number(one.value)}</b>
        <span class="measured-wanted">${one.measure === "diverged" ? "" : one.expected}</span><span class="only-read">${one.passed ? "holds" : "does not hold"}</span></dd></div>`)}</dl>
  </section>`;
}
