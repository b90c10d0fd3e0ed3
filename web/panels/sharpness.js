/** How sharply the loss bends where the network is, next to what the learning rate can bear; of several runs, each as a share of its own limit. */
import uPlot from "uplot";
import { Plot } from "../kit/plot.js";
import { Series } from "../kit/series.js";
import { element, every, summary, toggle } from "../kit/text.js";
import { number, whole } from "../kit/format.js";
import { styles } from "../kit/style.js";

styles(`
.sharp-says.is-worrying { color: var(--warn-ink, var(--warn)); }
.sharp-says { font-size: var(--text-small, 0.857rem); font-weight: 600; margin-right: auto; }
`);

/** @type {import("../kit/plot.js").Line[]} */
const LINES = [{ name: "sharpness", label: "sharpness λ", color: "ink", width: 2 }, { name: "limit", label: "limit 2/η", color: "test", dash: [6, 4], width: 2 }];
const OPTIONS = { rows: 256, iterations: 30, tolerance: 0.01 };
const ALONE = "sharpness";
/** So many runs are measured at once: each costs some hundred passes through its network. */
const MOST = 4;

/** How near the limit, in words. @param {number} share of it */
export const standingAt = (share) => (share > 1.25 ? "▲ sharper than this rate can bear" : share > 0.8 ? "● at the edge: λ ≈ 2/η" : `○ λ is ${number(share, 2)} of the limit`);

export default {
  name: "sharpness",
  title: "Sharpness",
  about: "λ is the largest curvature of the loss at the present weights (Lanczos on exact gradients). Plain gradient descent holds still in a valley only while λ is under 2/η.",
  fits: (/** @type {any} */ state) => state.parameters > 0 && state.parameters <= 20000,
  /** @param {any} state */
  wants: (state) => ((state?.runs?.length ?? 0) > 1
    ? state.runs.slice(0, MOST).map((/** @type {any} */ { id }) => ({ key: id, probe: "sharpness", options: OPTIONS, rate: 3, run: id }))
    : [{ key: ALONE, probe: "sharpness", options: OPTIONS, rate: 4 }]),

  /** @param {HTMLElement} host @param {any} kit */
  mount(host, kit) {
    const root = element("div", { class: "curves-panel" });
    const bar = element("div", { class: "panel-bar" });
    root.append(bar);
    host.append(root);
    /** @type {Map<string, Series>} */
    const all = new Map();
    const lanes = () => (/** @type {any[]} */ (kit.runs?.value?.list ?? [])).slice(0, MOST);
    const many = () => lanes().length > 1;
    const seriesOf = (/** @type {string} */ id) => {
      let found = all.get(id);
      if (!found) all.set(id, found = new Series(2000));
      return found;
    };
    const names = () => lanes().map(({ name, value }) => (kit.runs.value.title ? value : name));
    /** @returns {import("../kit/plot.js").Setup} */
    const setup = () => (many()
      ? { log: true, xLabel: "step", lead: ["λ ÷ (2/η)", kit.runs.value.title].filter(Boolean).join(" · "), label: "Sharpness of each run as a share of its limit, by step",
        lines: [...lanes().map(({ index, diverged }, at) => ({ name: "share", label: names()[at], lane: index, width: 2, broken: diverged })), { name: "one", label: "limit", color: "test", dash: [6, 4], width: 2 }] }
      : { log: true, xLabel: "step", label: "Sharpness and its limit by step", lines: LINES });
    const plot = new Plot(root, setup());
    const says = element("span", { class: "sharp-says" });
    bar.append(says, toggle("Table", false, (on) => plot.showTable(on), "The same as numbers"));
    const words = summary(root);
    const rarely = every(120);
    let config = "";
    plot.host.addEventListener("keyup", (event) => { if (event.key.startsWith("Arrow")) kit.announce?.(plot.words()); });
    let runs = "";
    const stop = kit.runs?.subscribe((/** @type {any} */ { list, title }) => {
      const now = JSON.stringify([list, title]);
      if (now === runs) return;
      runs = now;
      plot.configure(setup());
      show();
    });

    function show() {
      if (!many()) {
        const series = seriesOf(ALONE);
        plot.set([series.column("step"), series.column("sharpness"), series.column("limit")]);
        return;
      }
      // Steps at which any of them was measured; where one was not, its line goes on to its next.
      const tables = lanes().map(({ id }) => [Array.from(seriesOf(id).column("step")), Array.from(seriesOf(id).column("share"))]).map(([x, y]) => (x.length ? [x, y] : [[0], [null]]));
      const joined = uPlot.join(/** @type {any} */ (tables));
      plot.set([...joined, joined[0].map(() => 1)]);
    }

    return {
      /** @param {Map<string, any>} parts @param {any} state */
      draw(parts, state) {
        const { model, data, seed } = state.config;
        const next = JSON.stringify([model, data, seed, (state.runs ?? []).map((/** @type {any} */ { id, changes }) => [id, changes])]);
        if (next !== config) { config = next; all.clear(); }
        let fresh = false;
        for (const [id, part] of parts) {
          const { sharpness, limit } = part.meta;
          if (!Number.isFinite(sharpness) || !(limit > 0)) continue;
          const series = seriesOf(id);
          if (series.last("step") === part.step && series.last("limit") === limit && series.last("sharpness") === sharpness) continue;
          series.add({ step: [part.step], sharpness: [sharpness], limit: [limit], share: [sharpness / limit] });
          fresh = true;
        }
        if (!fresh) return;
        rarely(show);
        if (many()) {
          const told = lanes().map(({ id }, at) => `${names()[at]}: ${number(seriesOf(id).last("share"), 2)}`).filter((text) => !text.endsWith("not a number"));
          says.textContent = "at 1 a run is at its edge: λ = 2/η";
          says.classList.remove("is-worrying");
          kit.note?.("");
          words.update(() => `Sharpness as a share of 2 over the learning rate, ${told.join(", ")}.`);
          return;
        }
        const series = seriesOf(ALONE);
        const [sharpness, limit] = [series.last("sharpness"), series.last("limit")];
        says.textContent = standingAt(sharpness / limit);
        says.classList.toggle("is-worrying", sharpness / limit > 1.25);
        kit.note?.(`λ = ${number(sharpness, 3)}, 2/η = ${number(limit, 3)}`);
        words.update(() => `At step ${whole(series.last("step"))}: sharpness ${number(sharpness, 3)}, limit 2 over the learning rate ${number(limit, 3)}.`);
      },
      resize() {},
      unmount() { stop?.(); plot.unmount(); root.remove(); },
    };
  },
};
