/** How training goes: losses, scores, learning rate and gradient norm over time; of several runs, one line each. */
import uPlot from "uplot";
import { Plot } from "../kit/plot.js";
import { Series } from "../kit/series.js";
import { choice, element, every, summary, toggle } from "../kit/text.js";
import { number, percent, whole } from "../kit/format.js";

const DASH = [6, 4];
/** A lane whose loss grows beyond so many times what all began with leaves the picture instead of flattening the others. */
const CEILING = 30;

/** What can be shown; the test curve differs by its dashes as well as its colour. @param {string} score */
const views = (score) => /** @type {Record<string, {label: string, log: boolean, lines: import("../kit/plot.js").Line[]}>} */ ({
  loss: { label: "Loss", log: true, lines: [
    { name: "loss_batch", label: "last batch", color: "faint", width: 1 },
    { name: "loss_train", label: "training", color: "ink", width: 2 },
    { name: "loss_test", label: "test", color: "test", dash: DASH, width: 2 }] },
  score: { label: score === "R²" ? "R²" : "Accuracy", log: false, lines: [
    { name: "score_train", label: "training", color: "ink" }, { name: "score_test", label: "test", color: "test", dash: DASH }] },
  rate: { label: "Rate", log: false, lines: [{ name: "learning_rate", label: "learning rate", color: "ink" }] },
  gradient: { label: "Gradient", log: true, lines: [{ name: "gradient_norm", label: "gradient norm", color: "ink" }] },
});

/** What a line of a run shows in each view: of the training examples, or of the test's. */
const ONE = /** @type {Record<string, string[]>} */ ({ loss: ["loss_train", "loss_test"], score: ["score_train", "score_test"], rate: ["learning_rate"], gradient: ["gradient_norm"] });
const ALONE = "curves";

export default {
  name: "curves",
  title: "Curves",
  about: "Loss on the examples it learns from and on those it never sees; a gap that grows between the two is overfitting.",
  fits: () => true,
  /** @param {any} state */
  wants: (state) => ((state?.runs?.length ?? 0) > 1 ? state.runs.map((/** @type {any} */ { id }) => ({ key: id, probe: "curves", options: {}, rate: 10, run: id }))
    : [{ key: ALONE, probe: "curves", options: {}, rate: 10 }]),

  /** @param {HTMLElement} host @param {any} kit */
  mount(host, kit) {
    const box = element("div", { class: "curves-box" });
    const root = element("div", { class: "curves-panel" });
    box.append(root);
    const bar = element("div", { class: "panel-bar" });
    root.append(bar);
    host.append(box);
    /** One series a run, the first run's also under its own key. @type {Map<string, Series>} */
    const all = new Map();
    let score = "accuracy";
    let shown = kit.options?.value?.view ?? "loss";
    let by = kit.options?.value?.by ?? "step";
    let test = Boolean(kit.options?.value?.test);
    /** @type {Record<string, boolean>} */
    const logs = { loss: kit.options?.value?.log ?? true, gradient: true, rate: false, score: false };
    const lanes = () => /** @type {import("../kit/lanes.js").Named[]} */ (kit.runs?.value?.list ?? []);
    const many = () => lanes().length > 1;
    const first = () => lanes()[0]?.id ?? ALONE;
    const seriesOf = (/** @type {string} */ id) => {
      const key = id === ALONE ? first() : id;
      let found = all.get(key);
      if (!found) all.set(key, found = new Series());
      return found;
    };
    const column = () => ONE[shown][test && ONE[shown].length > 1 ? 1 : 0];
    const said = () => views(score)[shown].lines.find(({ name }) => name === column())?.label.replace(/^(training|test)$/, `$1 ${shown === "loss" ? "loss" : score}`) ?? "";
    /** @returns {import("../kit/plot.js").Setup} */
    const setup = () => {
      const view = views(score)[shown];
      if (!many()) return { lines: view.lines, log: logs[shown], xLabel: by, label: `${view.label} by ${by}` };
      const starts = lanes().map(({ id }) => seriesOf(id).column("loss_train")[0]).filter((loss) => loss > 0);
      return { log: logs[shown], xLabel: by, lead: [said(), kit.runs.value.title].filter(Boolean).join(" · "),
        label: `${view.label} of ${lanes().length} runs by ${by}`, ceiling: shown === "loss" && starts.length ? CEILING * Math.max(...starts) : undefined,
        lines: lanes().map(({ name, value, index, diverged }) => ({ name: column(), label: kit.runs.value.title ? value : name, lane: index, width: 2, broken: diverged })) };
    };
    const plot = new Plot(root, setup());
    const words = summary(root);
    const keep = (/** @type {any} */ more) => { if (kit.options) kit.options.value = { ...kit.options.value, ...more }; };

    const which = element("div", { class: "curves-which" });
    const short = element("select", { class: "small-select curves-short", "aria-label": "Which curves" });
    short.addEventListener("change", () => { shown = short.value; keep({ view: shown }); choose(); log.setAttribute("aria-pressed", String(logs[shown])); renew(); });
    const log = toggle("Log", logs[shown], setLog, "Equal distances mean equal ratios");
    const epochs = toggle("Epochs", by === "epoch", (on) => { by = on ? "epoch" : "step"; keep({ by }); renew(); }, "Count in epochs instead of steps");
    const tests = toggle("Test", test, (on) => { test = on; keep({ test }); renew(); }, "The test examples instead of those it learns from");
    const numbers = toggle("Table", false, (on) => plot.showTable(on), "The same as numbers");
    bar.append(which, short, log, epochs, tests, numbers);
    function choose() {
      const every = views(score);
      short.replaceChildren(...Object.entries(every).map(([value, { label }]) => element("option", { value }, label)));
      short.value = shown;
      which.replaceChildren(choice("Which curves", Object.entries(every).map(([value, { label }]) => ({ value, label })), shown, (value) => {
        shown = value;
        short.value = value;
        keep({ view: value });
        log.setAttribute("aria-pressed", String(logs[shown]));
        renew();
      }).node);
    }
    /** @param {boolean} on */
    function setLog(on) { logs[shown] = on; if (shown === "loss") keep({ log: on }); renew(); }
    function renew() {
      tests.hidden = !many() || ONE[shown].length < 2;
      plot.configure(setup());
      drawn = "";
      show();
    }

    let drawn = "", next = 0;
    // In a frame of its own: together with what the other panels draw it would be the longest frame of all.
    const soon = () => { cancelAnimationFrame(next); next = requestAnimationFrame(show); };
    function show() {
      const version = lanes().length ? lanes().map(({ id }) => `${id}.${seriesOf(id).version}`).join() : String(seriesOf(ALONE).version);
      if (drawn === version) return;
      drawn = version;
      if (!many()) {
        const series = seriesOf(ALONE);
        plot.set([series.column(by), ...setup().lines.map(({ name }) => series.column(name))]);
      } else {
        plot.set(joined(lanes().map(({ id }) => [seriesOf(id).column(by), seriesOf(id).column(column())])));
      }
    }
    choose();
    tests.hidden = true;
    const rarely = every(90);
    plot.host.addEventListener("keyup", (event) => { if (event.key.startsWith("Arrow")) kit.announce?.(plot.words()); });
    // Runs that come, go, break or are called otherwise: other lines, another legend.
    let runs = "";
    const stop = kit.runs?.subscribe((/** @type {any} */ { list, title }) => {
      const now = JSON.stringify([list, title]);
      if (now === runs) return;
      runs = now;
      for (const id of all.keys()) if (id !== ALONE && !list.some((/** @type {any} */ one) => one.id === id)) all.delete(id);
      renew();
    });

    let told = "";
    return {
      /** @param {Map<string, any>} parts */
      draw(parts) {
        for (const [id, part] of parts) {
          const fresh = !all.get(id === ALONE ? first() : id)?.count;
          seriesOf(id).add(part.arrays, part.meta.reset);
          if (part.meta.score && part.meta.score !== score) { score = part.meta.score; choose(); plot.configure(setup()); }
          else if (fresh && many()) plot.configure(setup());
        }
        if (plot.host.hidden) return;              // a plot that is not made yet keeps what it is given
        rarely(soon);
        const series = seriesOf(first()), result = series.last("score_test");
        const text = many() ? `${lanes().length} runs` : Number.isFinite(result) ? `test ${score} ${score === "R²" ? number(result, 2) : percent(result)}` : "";
        if (text !== told) { told = text; kit.note?.(text); }
        words.update(() => (many() ? lanes().map(({ id, name }) => `${name}: ${said()} ${number(seriesOf(id).last(column()))}`).join("; ")
          : `At step ${whole(series.last("step") || 0)}: training loss ${number(series.last("loss_train"))}, test loss ${number(series.last("loss_test"))}, test ${score} ${number(result)}.`));
      },
      resize() {},
      unmount() { cancelAnimationFrame(next); stop?.(); plot.unmount(); box.remove(); },
    };
  },
};

/** Curves with places of their own along x, on one axis: where a run has no sample there is a gap to be bridged. @param {ArrayLike<number>[][]} tables */
function joined(tables) {
  const known = tables.map((table, index) => ({ table, index })).filter(({ table }) => table[0].length);
  if (!known.length) return [[], ...tables.map(() => [])];
  const all = uPlot.join(/** @type {any} */ (known.map(({ table }) => table)));
  const found = tables.map(() => /** @type {any} */ (new Array(all[0].length)));
  known.forEach(({ index }, place) => { found[index] = all[place + 1]; });
  return [all[0], ...found];
}
