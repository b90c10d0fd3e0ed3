/**
 * Where a person is in a lab's steps, what they predicted and did; kept over a reload, and in the page's address.
 *
 * @typedef {{question: string, choices?: string[], answer?: number, because?: string, draw?: string,
 *   over?: [number, number], between?: [number, number], run?: number}} Predict
 * @typedef {{setting?: string, option?: string, steps?: number, played?: true, edited?: string, painted?: number, hovered?: true,
 *   did?: string, scene?: string, above?: number, below?: number, equals?: any, run?: number, example?: any}} When
 * @typedef {{what: string, measure: string, run: number, label: string, value: number|null, share: boolean, expected: string, passed: boolean}} Measured
 * @typedef {{passed: boolean, said: string, measured: Measured[], ready: boolean, wait: number}} Answer
 * @typedef {{title: string, say: string, scene?: string, show?: string[], options?: Record<string, any>, predict?: Predict, do?: {text: string, when: When},
 *   check?: {claim: string, train: number, all: any[]}}} Step
 * @typedef {{predicted?: number|(number|null)[], shown?: boolean, did?: boolean, answer?: Answer, from?: number}} Mark
 */
import { batch, computed, effect, signal, untracked } from "@preact/signals";
import { isStart, setScene } from "../controls/scenes.js";
import { did, of, reached } from "../shelf/progress.js";
import { chosen, setOptions } from "../stage.js";
import { announce, lab, state } from "../store.js";
import { presenting } from "../theme.js";

const KEY = "guide:";

/** The step a person is at, counted from 1. */
export const at = signal(1);
/** Without steps: the lab as an instrument. */
export const free = signal(false);
/** Folded away by the person; in front of a class and on a phone it begins folded. */
export const folded = signal(false);
/** Open over the page, where there is no room beside it (phone, projector). */
export const opened = signal(false);
/** What was predicted, done and measured, by step. @type {import("@preact/signals").Signal<Record<number, Mark>>} */
export const marks = signal({});

export const steps = computed(() => /** @type {Step[]} */ (lab.value?.steps ?? []));
export const step = computed(() => steps.value[at.value - 1] ?? null);
export const mark = computed(() => marks.value[at.value] ?? {});
/** Whether there is a guide to be seen. */
export const guiding = computed(() => steps.value.length > 0 && !free.value);

/** @param {Partial<Mark>} more @param {number} [number] */
export function note(more, number = at.peek()) {
  marks.value = { ...marks.peek(), [number]: { ...marks.peek()[number], ...more } };
}

/** Whether everything a step asks for was done; one that asks for nothing is done when it was seen. @param {number} number */
export function complete(number) {
  const one = steps.value[number - 1], made = marks.value[number];
  if (!one || !made) return false;
  return (!one.predict || made.predicted !== undefined) && (!one.do || Boolean(made.did)) && (!one.check || Boolean(made.answer?.passed));
}

/** Whether what happened may be told: it was measured, or done, or asked for. */
export const revealed = computed(() => {
  const one = step.value, made = mark.value;
  if (!one?.predict) return false;
  if (made.shown) return true;
  if (one.check) return Boolean(made.answer);
  return Boolean(one.do && made.did && made.predicted !== undefined);
});

/** The scene that holds in a step: its own, or the last one before it. @param {number} number */
export function sceneOf(number) {
  for (let n = number; n >= 1; n--) if (steps.peek()[n - 1]?.scene) return /** @type {string} */ (steps.peek()[n - 1].scene);
  return null;
}

/** @param {string|null} name */
const sceneCalled = (name) => lab.peek()?.scenes?.find((scene) => scene.name === name);

const usual = () => (lab.peek()?.panels ?? []).filter((/** @type {any} */ place) => !place.when).map((/** @type {any} */ { name }) => name);

/** Panels of a step: its own, else those of its scene, else the lab's. @param {number} number */
function panelsOf(number) {
  const scene = sceneCalled(sceneOf(number));
  return steps.peek()[number - 1]?.show ?? scene?.panels ?? usual();
}

/**
 * Goes to a step. Forward, its scene is set; back, the scene of the step that is returned to, if it is another.
 * @param {number} number
 */
export async function go(number) {
  const before = at.peek();
  const next = Math.min(Math.max(1, number), steps.peek().length);
  if (next === before) return;
  const own = next > before && steps.peek().slice(before, next).some((one) => one.scene);
  if (own || sceneOf(next) !== sceneOf(before)) await setScene(sceneOf(next));
  enter(next);
  announce(`Step ${next} of ${steps.peek().length}: ${steps.peek()[next - 1].title}`);
}

/** @param {number} number */
function enter(number) {
  batch(() => {
    at.value = number;
    chosen.value = panelsOf(number);
    arrange(number);
    begin(number);
  });
}

/** Panels as the step finds them, whatever the steps before left them at. @param {number} number */
function arrange(number) {
  for (const [name, options] of Object.entries(steps.peek()[number - 1]?.options ?? {})) {
    setOptions(name, /** @type {any} */ (options));
  }
}

/** @param {number} number */
function begin(number) {
  if (marks.peek()[number]?.from === undefined) note({ from: state.peek()?.step ?? 0 }, number);
}

/** The present step once more, as if it had not been touched. */
export async function again() {
  const number = at.peek();
  const { [number]: _, ...others } = marks.peek();
  await setScene(sceneOf(number));
  marks.value = others;
  arrange(number);
  begin(number);
  announce("This step begins again.");
}

/** @param {boolean} on */
export function setFree(on) {
  if (free.peek() === on) return;
  batch(() => {
    free.value = on;
    opened.value = false;
    chosen.value = on ? usual() : panelsOf(at.peek());
  });
  announce(on ? "Free mode: the steps are put away." : `Step ${at.peek()}: ${step.peek()?.title}`);
}

/** @param {string} name a lab's @returns {{at?: number, free?: boolean, folded?: boolean, marks?: Record<number, Mark>}} */
function kept(name) {
  try { return JSON.parse(sessionStorage.getItem(KEY + name) ?? "{}"); } catch { return {}; }
}

/** The step of the page's address, or null. @param {string} search */
export function stepOf(search) {
  const number = Number(new URLSearchParams(search).get("step"));
  return Number.isInteger(number) && number >= 1 ? number : null;
}

/** The lab whose steps these are. */
const current = signal("");
/** @type {(guide: {setFree: typeof setFree}) => void} */
let standing = () => {};
const visit = () => new Promise((resolve) => { standing = resolve; });
let beginning = visit();
/** Kept when the guide of this visit stands where it begins. */
export const started = () => beginning;
/** The lab is left: what stood in its guide is no guide of the next visit, which reads what was kept. */
export function endGuide() {
  beginning = visit();
  current.value = "";
}

/**
 * A lab was entered: where its steps begin, from the address, from before the reload, or from the last visit.
 * @param {any} value the answer to hello @param {boolean} linked whether the setting came with the link
 */
export async function startGuide(value, linked) {
  const { name } = value.lab, count = steps.peek().length, before = kept(name), address = stepOf(location.search);
  const number = Math.min(Math.max(1, address ?? before.at ?? of(name).at), Math.max(1, count));
  batch(() => {
    current.value = name;
    marks.value = before.marks ?? {};
    free.value = (before.free ?? false) && (address === null || before.at === address);
    folded.value = before.folded ?? false;
    opened.value = false;
    at.value = number;
  });
  if (!free.peek()) arrange(number);
  if (count && !free.peek() && (!value.resumed || before.at !== number)) {
    const scene = sceneOf(number), there = value.resumed ? scene === sceneOf(before.at ?? 1) : isStart(sceneCalled(scene));
    if (!linked && scene !== null && !there) await setScene(scene);
    if (!linked) chosen.value = panelsOf(number);
  }
  if (count) begin(number);
  standing({ setFree });
}

/** After every change: what a reload finds again, what the shelf shows, and the address that leads here. */
function keep() {
  const name = lab.value?.name, here = at.value;
  if (!name || current.value !== name || !steps.value.length) return;
  const now = { at: here, free: free.value, folded: folded.value, marks: marks.value };
  const done = steps.value.flatMap((_, i) => complete(i + 1) ? [i + 1] : []);
  try { sessionStorage.setItem(KEY + name, JSON.stringify(now)); } catch { /* a reload begins anew, then */ }
  const url = new URL(location.href);
  if (now.free) url.searchParams.delete("step");
  else {
    url.searchParams.set("lab", name);
    url.searchParams.set("step", String(here));
  }
  if (url.href !== location.href) history.replaceState(history.state, "", url);
  untracked(() => {
    if (of(name).at !== here) reached(name, here);
    for (const number of done) did(name, number);
  });
}
effect(keep);

/** Large type has no room for a column: there, and on a phone, the guide opens over the page. */
effect(() => { if (presenting.value) opened.value = false; });
