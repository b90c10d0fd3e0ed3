/**
 * Draws every panel from stored frames of real networks: for looking at, and for tests without a server.
 *   panels.html?run=digits&theme=dark&panel=network
 */
import { signal } from "@preact/signals-core";
import { decode } from "./frames.js";

const RUNS = ["spiral", "classes", "bumps", "curve", "digits", "wine"];
const NAMES = ["network", "surface", "curves", "layers", "gradients", "space", "confusion", "predicted", "digits", "walk"];
const query = new URLSearchParams(location.search);
const run = RUNS.includes(query.get("run") ?? "") ? String(query.get("run")) : RUNS[0];
const only = query.get("panel");
if (query.get("theme")) document.documentElement.dataset.theme = String(query.get("theme"));
if (query.has("present")) document.documentElement.dataset.present = "";
document.body.classList.toggle("only-one", Boolean(only));

/** @param {string} address */
async function load(address) {
  const response = await fetch(new URL(address, import.meta.url));
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return response;
}

/** @param {string} name */
async function frames(name) {
  const bytes = await (await load(`./fixtures/${name}.bin`)).arrayBuffer();
  const lengths = new DataView(bytes);
  const found = [];
  for (let at = 0; at < bytes.byteLength;) {
    const length = lengths.getUint32(at, true);
    found.push(decode(bytes.slice(at + 4, at + 4 + length)));
    at += 4 + length;
  }
  return found;
}

const [state, catalog, stored] = await Promise.all([load(`./fixtures/${run}.json`).then((r) => r.json()),
  load("./fixtures/catalog.json").then((r) => r.json()), frames(run)]);
/** @type {Map<string, any>} */
const answers = new Map();
for (const frame of stored) for (const part of frame.parts) answers.set(part.key, part);

const hover = signal(/** @type {any} */ (null));
const selected = signal(/** @type {any} */ (null));
const stateSignal = signal(state);
const said = /** @type {any[]} */ ([]);
const main = /** @type {HTMLElement} */ (document.querySelector("#panels"));

/** What a probe would be called in the stored frames. @param {string} probe @param {any} options */
function storedKey(probe, options) {
  if (probe === "unit") return `unit:${options.layer}.${options.unit}`;
  if (probe === "walk") return `walk:${options.example % 2}`;
  if (probe === "space") return `space:${options.layer ?? (state.layers.at(-2) ?? state.layers[0]).name}`;
  if (probe === "surface" && options.tensor) return `surface:${options.tensor.replace(".output", "")}.${options.unit}`;
  return probe;
}

/** @type {{panel: any, options: any, made: any}[]} */
const mounted = [];
for (const name of NAMES) {
  if (only && only !== name) continue;
  const { default: panel } = await import(`./panels/${name}.js`);
  if (!panel.fits(state)) continue;
  const note = document.createElement("span");
  note.className = "demo-note";
  const box = document.createElement("section");
  box.className = "demo-panel";
  box.dataset.name = name;
  box.setAttribute("aria-label", panel.title);
  const head = document.createElement("header");
  const title = document.createElement("h2");
  title.textContent = panel.title;
  head.append(title, note);
  const body = document.createElement("div");
  body.className = "demo-body";
  box.append(head, body);
  main.append(box);
  const options = signal(/** @type {any} */ ({}));
  const kit = {
    state: stateSignal, options, hover, selected, catalog, theme: signal("light"),
    command: async (/** @type {string} */ command, /** @type {any} */ fields) => { said.push({ command, ...fields }); return {}; },
    measure: async (/** @type {string} */ probe, /** @type {any} */ asked) => {
      const part = answers.get(storedKey(probe, asked));
      if (!part) throw new Error("not among the stored frames");
      return part;
    },
    note: (/** @type {string} */ text) => { note.textContent = text; },
    tip: () => {}, announce: (/** @type {string} */ text) => said.push({ announce: text }),
  };
  mounted.push({ panel, options, made: panel.mount(body, kit) });
}

/** Parts are copied shallowly so that each counts as new. @param {number} number */
function draw(number) {
  const frame = stored[number % stored.length];
  for (const { panel, options, made } of mounted) {
    const parts = new Map();
    for (const want of panel.wants(state, options.value)) {
      const part = frame.parts.find((one) => one.key === storedKey(want.probe, want.options ?? {}))
        ?? (number === 0 || want.probe !== "curves" ? answers.get(storedKey(want.probe, want.options ?? {})) : null);
      if (part) parts.set(want.key, { ...part, key: want.key, step: frame.step + number, epoch: frame.epoch });
    }
    made.draw(parts, state);
  }
}
for (const { options } of mounted) options.subscribe(() => queueMicrotask(() => { if (/** @type {any} */ (window).ready) draw(1); }));

const about = document.querySelector("#about");
if (about) about.textContent = `Stored frames of a real training: ${run}, ${state.parameters} parameters, ${stored.at(-1)?.step} steps. Nothing here is live.`;
document.querySelector("#choices")?.append(...RUNS.map((name) => {
  const link = document.createElement("a");
  link.href = `?run=${name}${query.get("theme") ? `&theme=${query.get("theme")}` : ""}`;
  link.textContent = name;
  return link;
}));
await document.fonts.ready;
for (let number = 0; number < stored.length; number += 1) draw(number);
await new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)); });
draw(stored.length - 1);
Object.assign(window, { ready: true, draw, said, hover, mounted, stored });
