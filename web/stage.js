/**
 * The stage: loads the panels the server lists, puts them into the lab's places, asks for what they want,
 * and hands them what came. One panel can be enlarged to the whole stage; a person chooses which ones show.
 *
 * @typedef {import("./frames.js").Frame} Frame
 * @typedef {import("./places.js").Place} Place
 */
import { batch, computed, effect, signal, untracked } from "@preact/signals";
import { command } from "./commands.js";
import { shownState } from "./lanes/runs.js";
import { Panel } from "./panel.js";
import { arrange, MOST } from "./places.js";
import { announce, connection, lab, state, tell } from "./store.js";
import { Subscriptions } from "./subscriptions.js";
import { presenting } from "./theme.js";

export const subscriptions = new Subscriptions(command);

/** All panels there are, in the lab's order, then by title. @type {import("@preact/signals").Signal<Panel[]>} */
export const all = signal([]);
/** Names of the panels a person wants to see. */
export const chosen = signal(/** @type {string[]} */ ([]));
/** Names of panels a person put away that would come by themselves with other data. */
export const dismissed = signal(/** @type {string[]} */ ([]));
export const enlarged = signal(/** @type {string|null} */ (null));

/** Whether a panel has a meaning for the present run. @param {Panel} panel */
export function fits(panel) {
  const now = shownState.value;
  if (!now) return false;
  try { return panel.module.fits(now); } catch { return false; }
}

/** The map of the difference belongs beside what it is the difference of, where the lab does not say otherwise. */
const BESIDE = /** @type {Place} */ ({ name: "difference", row: 1, width: 10 });
const places = computed(() => {
  const own = /** @type {Place[]} */ (lab.value?.panels ?? []);
  return own.some(({ name }) => name === BESIDE.name) ? own : [...own, BESIDE];
});
/** Whether a panel is wanted: chosen, or called for by data that has no plane. @param {string} name */
export function wanted(name) {
  if (chosen.value.includes(name)) return true;
  const called = places.value.find((place) => place.name === name)?.when === "no plane" && state.value && !state.value.data.plane;
  return Boolean(called) && !dismissed.value.includes(name);
}

/** @param {string} name @param {boolean} on */
export function choose(name, on) {
  chosen.value = on ? [...chosen.value, name] : chosen.value.filter((one) => one !== name);
  dismissed.value = on ? dismissed.value.filter((one) => one !== name) : [...dismissed.value, name];
}

/** Names of the panels on the stage now. */
const onStage = computed(() => {
  const able = all.value.filter((panel) => wanted(panel.name) && fits(panel)).map(({ name }) => name);
  const one = enlarged.value;
  if (one && able.includes(one)) return [one];
  if (!presenting.value) return able;
  const first = (lab.value?.present ?? []).filter((name) => able.includes(name));
  return [...first, ...able.filter((name) => !first.includes(name))].slice(0, 2);
});

/** The lab is left: every panel ends, and what was chosen is the lab's own again next time. */
export function clearStage() {
  visits += 1;
  waiting.value = new Map();
  beginnings.clear();
  for (const panel of all.peek()) panel.end();
  subscriptions.clear();
  batch(() => {
    all.value = [];
    chosen.value = [];
    dismissed.value = [];
    enlarged.value = null;
  });
}

/** Rises whenever a lab is left: what was still loading for it comes too late. */
let visits = 0;
/** Addresses of panels that are not loaded yet, by the panel's name. @type {import("@preact/signals").Signal<Map<string, string>>} */
const waiting = signal(new Map());
/** @type {Set<Promise<void>>} */
const loading = new Set();
/** Options that panels begin with when they come to be loaded. @type {Map<string, Record<string, any>>} */
const beginnings = new Map();

/** Changes options of a panel, now or as soon as it is loaded. @param {string} name @param {Record<string, any>} options */
export function setOptions(name, options) {
  const panel = all.peek().find((one) => one.name === name);
  if (panel) panel.options.value = { ...panel.options.peek(), ...options };
  else beginnings.set(name, { ...beginnings.get(name), ...options });
}

/** What is put onto the stage is loaded at once. */
effect(() => {
  const names = [...waiting.value.keys()].filter(wanted);
  untracked(() => load(names));
});

/**
 * Loads the modules: those that belong on the stage at once, so that nobody waits for pictures that are not shown, and the
 * others one by one while nothing else is to be done.
 * @param {string[]} addresses
 */
export async function loadPanels(addresses) {
  const visit = visits;
  await Promise.resolve();                  // which step a lab begins with is decided in this very moment
  if (visit !== visits) return;
  const there = new Set(all.peek().map(({ name }) => name));
  const named = addresses.map((address) => /** @type {[string, string]} */ ([address.replace(/^.*\/|\.js$/g, ""), address]));
  waiting.value = new Map([...waiting.peek(), ...named.filter(([name]) => !there.has(name))]);
  await Promise.all(loading);
  while (waiting.peek().size && visit === visits) {
    await new Promise((done) => ("requestIdleCallback" in window ? requestIdleCallback(done, { timeout: 3000 }) : setTimeout(done, 300)));
    // The server has ended: what is missing is loaded when it is back, with the next greeting.
    if (connection.peek() !== "open") return;
    if (visit === visits) await load([...waiting.peek().keys()].slice(0, 1), true);
  }
}

/** Loads what still waits, at once. */
export const loadAll = () => load([...waiting.peek().keys()]);

/**
 * Loads these panels; one that cannot be loaded is told and left out, or waits on where nobody asked for it yet.
 * @param {string[]} names @param {boolean} [ahead] whether nobody asked for them yet
 */
async function load(names, ahead = false) {
  if (names.length) {
    const left = waiting.peek(), addresses = names.map((name) => /** @type {string} */ (left.get(name)));
    waiting.value = new Map([...left].filter(([name]) => !names.includes(name)));
    const begun = fetched(addresses, visits, ahead).finally(() => loading.delete(begun));
    loading.add(begun);
  }
  await Promise.all(loading);
}

/** @param {string[]} addresses @param {number} visit @param {boolean} ahead */
async function fetched(addresses, visit, ahead) {
  const loaded = await Promise.allSettled(addresses.map((address) => import(new URL(address, document.baseURI).href)));
  // Whether it was the server that ended shows a moment later.
  if (ahead && loaded.some(({ status }) => status === "rejected")) await new Promise((done) => setTimeout(done, 1000));
  if (visit !== visits) return;
  /** @type {Panel[]} */
  const fresh = [];
  const known = new Set(all.value.map(({ name }) => name));
  loaded.forEach((result, i) => {
    if (result.status === "rejected") {
      if (ahead && connection.peek() !== "open") return;
      console.error(addresses[i], result.reason);
      tell(`The panel ${addresses[i].split("/").at(-1)} could not be loaded; the others work.`, { level: "warning" });
      return;
    }
    const module = result.value.default;
    if (!module?.name || known.has(module.name)) return;
    const place = places.value.find(({ name }) => name === module.name);
    fresh.push(new Panel(module, { ...place?.options, ...beginnings.get(module.name) }, {
      wants: (name, wants) => subscriptions.set(name, wants),
      enlarge: (name) => enlarge(enlarged.value === name ? null : name),
    }));
  });
  const rank = (/** @type {Panel} */ { name }) => (places.value.findIndex((place) => place.name === name) + 1) || 99;
  all.value = [...all.value, ...fresh].sort((a, b) => rank(a) - rank(b) || a.module.title.localeCompare(b.module.title));
}

/** @param {string|null} name */
export function enlarge(name) {
  enlarged.value = name;
  const title = all.value.find((panel) => panel.name === name)?.module.title;
  announce(title ? `${title} fills the stage.` : "All panels are shown.");
}

/** How many panels fit side by side. */
const most = signal(MOST);
/** A panel narrower than this (in rem) has no room for its tools. */
const LEAST_WIDTH = 19;

/** Puts the panels onto the stage whenever what is shown changes. @param {HTMLElement} root */
export function startStage(root) {
  const watcher = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      const panel = all.value.find(({ element }) => element === entry.target);
      if (panel) panel.seen.value = entry.isIntersecting;
    }
  }, { rootMargin: "160px" });
  const sizes = new ResizeObserver(() => {
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    most.value = Math.min(MOST, Math.max(1, Math.floor(root.clientWidth / (LEAST_WIDTH * rem))));
  });
  sizes.observe(root);
  const stop = effect(() => {
    const names = onStage.value;
    const big = enlarged.value && names.length === 1 ? enlarged.value : null;
    // In front of a class two pictures stand side by side: one over the other, neither could be read from the back.
    const pair = presenting.value && names.length === 2 && most.value > 1;
    const cells = arrange(pair ? places.value.map((place) => ({ ...place, row: 1 })) : places.value, names, most.value);
    const rows = Math.max(0, ...cells.map(({ row }) => row));
    const shares = rowShares(rows);
    root.style.gridTemplateRows = shares.map((share, i) => `minmax(var(${i ? "--row-least" : "--row-first"}), ${share}fr)`).join(" ");
    root.classList.toggle("stage-enlarged", Boolean(big));
    for (const panel of all.value) {
      const cell = cells.find(({ name }) => name === panel.name);
      if (cell) {
        panel.element.style.gridColumn = `${cell.column} / span ${cell.span}`;
        panel.element.style.gridRow = String(cell.row);
        panel.element.style.order = String(cell.row * 100 + cell.column);
        if (!panel.element.isConnected) root.append(panel.element);
        watcher.observe(panel.element);
      } else {
        watcher.unobserve(panel.element);
        panel.element.remove();
      }
      panel.show(Boolean(cell));
      panel.frame(panel.name === big);
    }
    inOrder(root, cells.map(({ name }) => name));
  });
  return () => {
    stop();
    sizes.disconnect();
    watcher.disconnect();
  };
}

/** Reading and tabbing order is the order on screen. @param {HTMLElement} root @param {string[]} names */
function inOrder(root, names) {
  names.forEach((name, i) => {
    const element = all.value.find((panel) => panel.name === name)?.element;
    if (element && root.children[i] !== element) root.insertBefore(element, root.children[i] ?? null);
  });
}

/** The first row is what the lab is about. @param {number} rows */
function rowShares(rows) {
  const given = /** @type {any} */ (lab.value)?.rows ?? [3, 2];
  return Array.from({ length: rows }, (_, i) => given[i] ?? given.at(-1));
}

/** Who wants frames beside the panels. @type {Map<string, (rounds: Map<string, import("./frames.js").Part>[]) => void>} */
export const listeners = new Map();

/** Hands out what came, in the animation frame. @param {Frame[]} frames */
export function drawFrames(frames) {
  for (const [name, rounds] of subscriptions.sort(frames)) {
    all.peek().find((panel) => panel.name === name)?.draw(rounds);
    listeners.get(name)?.(rounds);
  }
}
