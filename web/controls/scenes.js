/**
 * Scenes: a lab's presets as chips above the settings, one press each.
 *
 * @typedef {{name: string, changes: Record<string, any>, config: any, panels?: string[],
 *   runs?: {label: string, changes: Record<string, any>}[]}} Scene
 */
import { html } from "htm/preact";
import { command } from "../commands.js";
import { Icon } from "../icons.js";
import { chosen } from "../stage.js";
import { announce, config, lab, state, tell } from "../store.js";

export function Scenes() {
  const scenes = lab.value?.scenes ?? [];
  if (!scenes.length) return null;
  return html`<section class="scenes" aria-label="Scenes"><h2 class="group-title">Scenes</h2>
    <div class="scene-chips">${scenes.map((scene) => {
      const on = inScene(scene);
      return html`<button key=${scene.name} type="button" class="chip" aria-pressed=${on ? "true" : "false"} onClick=${() => setScene(scene.name)}>
        <span class="chip-mark" aria-hidden="true">${on && html`<${Icon} name="check" />`}</span>${scene.name}</button>`;
    })}</div></section>`;
}

/** Whether the settings and the runs are a scene's now; reads signals. @param {Scene|undefined} scene */
export const inScene = (scene) => Boolean(scene) && fitsScene(scene?.config, config.value) && fitsRuns(scene?.runs ?? lab.value?.runs ?? [], state.value?.runs ?? []);

/** Whether a scene is the lab's own start, which a new session begins with. @param {Scene|undefined} scene */
export const isStart = (scene) => Boolean(scene) && !scene?.runs && !Object.keys(scene?.changes ?? {}).length;

/**
 * Whether a setting is what a scene leads to; what the scene leaves open (null) may be anything.
 * @param {any} wanted @param {any} found @returns {boolean}
 */
export function fitsScene(wanted, found) {
  if (wanted === null || wanted === undefined || wanted === found) return true;
  if (typeof wanted === "number" && typeof found === "number") return Math.abs(wanted - found) <= 1e-9 * Math.abs(wanted);
  if (typeof wanted !== "object" || typeof found !== "object" || found === null) return false;
  if (Array.isArray(wanted)) return Array.isArray(found) && wanted.length === found.length && wanted.every((one, i) => fitsScene(one, found[i]));
  return Object.entries(wanted).every(([key, value]) => fitsScene(value, found[key]));
}

/**
 * Whether the runs beside the first are those a scene asks for, in its order.
 * @param {{changes?: Record<string, any>}[]} wanted @param {{changes?: Record<string, any>}[]} present
 */
export function fitsRuns(wanted, present) {
  const others = wanted.length && !Object.keys(wanted[0].changes ?? {}).length ? wanted.slice(1) : wanted;
  const found = present.slice(1);
  return others.length === found.length && others.every(({ changes = {} }, at) => {
    const own = found[at].changes ?? {};
    return Object.keys(own).length === Object.keys(changes).length && fitsScene(changes, own);
  });
}

/**
 * The whole list of lanes for a scene's runs; null where there is one now and is to be one.
 * @param {{label: string, changes?: Record<string, any>}[]} runs a first one without changes names the lab's own
 * @param {{id: string, label: string}[]} present
 */
export function lanesOf(runs, present) {
  const named = runs.length > 0 && !Object.keys(runs[0].changes ?? {}).length;
  if (!present.length || (present.length === 1 && runs.length === (named ? 1 : 0))) return null;
  const others = named ? runs.slice(1) : runs;
  return [{ id: present[0].id, label: named ? runs[0].label : present[0].label, changes: {} }, ...others.map(({ label, changes }) => ({ label, changes: changes ?? {} }))];
}

/**
 * Sets a scene of the lab, or with null its own start; training begins anew.
 * @param {string|null} name
 * @returns {Promise<boolean>} whether it was set
 */
export async function setScene(name) {
  const now = lab.peek();
  const scene = now?.scenes?.find((one) => one.name === name);
  if (!now || (name !== null && !scene)) return false;
  try {
    await command("open", { config: scene ? scene.config : now.config });
    const wanted = lanesOf(scene?.runs ?? /** @type {any} */ (now).runs ?? [], state.peek()?.runs ?? []);
    if (wanted) await command("runs", { runs: wanted });
  } catch (error) {
    tell(/** @type {Error} */ (error).message, { level: "warning" });
    return false;
  }
  if (scene?.panels) chosen.value = scene.panels;
  announce(scene ? `Scene ${scene.name}: training begins anew.` : "The lab's own start: training begins anew.");
  return true;
}
