/** Optimizers race over a surface: the very kernels that train networks, dropped at one place all at once. */
import { effect } from "@preact/signals-core";
import { element, every, summary } from "../kit/text.js";
import { arrowStep, follow, readout } from "../kit/readout.js";
import { number, whole } from "../kit/format.js";
import { scaleLegend } from "../kit/legend.js";
import { styles } from "../kit/style.js";
import { latest } from "./parts/latest.js";
import { RaceMap } from "./parts/race-map.js";
import { raceSide } from "./parts/race-side.js";
import { standing, suited, turned, words } from "./parts/race-board.js";

styles(`
.race-panel { height: 100%; container-type: size; position: relative; }
.race-layout { height: 100%; display: grid; grid-template: minmax(0, 1fr) auto / minmax(0, 1fr) 21.5rem; gap: 0.4rem 0.9rem; }
.race-stage { position: relative; min-height: 0; min-width: 0; }
.race-stage canvas { cursor: crosshair; }
.race-own { display: grid; gap: 0.3rem; flex: none; }
.race-foot { grid-column: 1 / -1; display: grid; grid-template: auto auto / auto minmax(4rem, 1fr) auto; gap: 0.15rem 0.7rem; align-items: center; }
.race-play { min-width: 4.2rem; }
.race-at { font-size: var(--text-small, 0.857rem); font-variant-numeric: tabular-nums; color: var(--ink-2); white-space: nowrap; min-width: 9.5rem; text-align: right; }
.race-legend { grid-column: 1 / -1; display: flex; flex-wrap: wrap; gap: 0.15rem 1.2rem; align-items: center; }
@container (max-width: 40rem) {
  .race-layout { grid-template: minmax(15rem, 1fr) auto auto / minmax(0, 1fr); overflow: auto; }
  .race-foot { grid-row: 2; }
}
@media (max-width: 759px) {
  .panel[data-panel="race"] .panel-body { height: 62rem; }
  .panel[data-panel="race"] .race-layout { overflow: visible; }
  .panel[data-panel="race"] .race-layout { grid-template-rows: minmax(17rem, 1fr) auto auto; }
  .race-legend { row-gap: 0.4rem; }
}
`);

/** Seconds a whole race is shown in, however many steps it has. */
const SECONDS = 6;
const CELLS = 81;
const FIRST = {
  landscape: { name: "ravine", condition: 50, angle: 0 }, steps: 200, noise: 0, start: null,
  racers: [{ name: "gradient_descent", learning_rate: 0.03 }, { name: "momentum", learning_rate: 0.006, momentum: 0.9 },
    { name: "adagrad", learning_rate: 1 }, { name: "adam", learning_rate: 0.1, beta1: 0.9, beta2: 0.999 }],
};

export default {
  name: "race",
  title: "Race",
  about: "Each optimizer goes down the same surface from the same place, with the code that trains networks. Press on the map to drop them there.",
  fits: () => true,
  wants: () => [],

  /** @param {HTMLElement} host @param {any} kit */
  mount(host, kit) {
    const stage = element("div", { class: "race-stage" });
    const side = element("div", { class: "race-side", tabindex: 0, role: "group", "aria-label": "Surface, scoreboard and settings" });
    const foot = element("div", { class: "race-foot" });
    const root = element("div", { class: "race-panel" }, element("div", { class: "race-layout" }, stage, side, foot));
    host.append(root);
    const map = new RaceMap(stage, { label: "Surface from above. Arrow keys move the start, Space plays." });
    const box = readout(stage);
    const play = element("button", { type: "button", class: "toggle race-play", onclick: () => (playing ? halt() : begin()) }, "Play");
    const scrub = element("input", { type: "range", class: "slider race-scrub", min: 0, step: 1, "aria-label": "Step of the race" });
    const at = element("output", { class: "race-at" });
    foot.append(play, scrub, at);
    const legend = element("div", { class: "race-legend" });
    foot.append(legend);
    const heights = scaleLegend(legend, "height", "relief");
    legend.append(element("span", { class: "legend" }, "★ lowest · ○ start · arrow: what it remembers of past gradients (thin: downhill now) · oval: their recent size along x and y"));
    const spoken = summary(root);
    /** @type {any} */
    let options = { ...FIRST, ...kit.options?.value };
    /** @type {any} */
    let race = null;
    let step = 0;
    let playing = 0;
    let chosen = 0;
    let gone = false;
    let groundKey = "", raceKey = "";
    const rarely = every(80);

    const board = raceSide(side, {
      catalog: () => kit.catalog,
      change: (/** @type {(now: any) => any} */ more) => change(more(options)),
      shape: (knob, value) => change(shaped(options, knob, value)),
      choose(index) { chosen = map.chosen = index; board.build(options, chosen); show(); },
      add(/** @type {any} */ racer) { chosen = map.chosen = options.racers.length; change({ racers: suitedTo([...options.racers, racer]) }); },
      remove(/** @type {number} */ index) {
        chosen = map.chosen = 0;
        change({ racers: options.racers.filter((/** @type {any} */ _, /** @type {number} */ at) => at !== index) });
      },
      surface: (name) => change(surfaceCalled(name)),
    });

    /** What another surface brings along: its own knobs, start and length, and rates that suit it. @param {string} name */
    function surfaceCalled(name) {
      const record = kit.catalog.landscapes.find((/** @type {any} */ one) => one.name === name);
      const settings = Object.fromEntries(Object.entries(record.knobs).map(([key, knob]) => [key, /** @type {any} */ (knob).default]));
      return { landscape: { name, ...settings }, start: null, steps: record.steps, racers: suited(options.racers, record, kit.catalog.optimizers) };
    }

    /** Another shape of the same surface; one that is turned takes the start along. @param {any} now @param {string} knob @param {any} value */
    function shaped(now, knob, value) {
      const landscape = { ...now.landscape, [knob]: value };
      const record = kit.catalog?.landscapes?.find((/** @type {any} */ one) => one.name === landscape.name);
      if (record?.knobs[knob]?.unit !== "°") return { landscape };
      return { landscape, start: turned(now.start ?? record.start, value - now.landscape[knob]) };
    }

    /** Options may come by their path, as "landscape.angle": put where they belong. @param {any} given */
    function unfolded(given) {
      let found = { ...FIRST, ...given };
      for (const [path, value] of Object.entries(given).filter(([key]) => key.includes("."))) {
        delete found[path];
        const [section, key] = path.split(".");
        if (path === "landscape.name") found = { ...found, ...surfaceCalled(value) };
        else found = { ...found, ...(section === "landscape" ? shaped(found, key, value) : { [section]: { ...found[section], [key]: value } }) };
      }
      return found;
    }

    /** New racers get a rate that suits the surface, as the others have. @param {any[]} racers */
    function suitedTo(racers) {
      const record = kit.catalog.landscapes.find((/** @type {any} */ one) => one.name === options.landscape.name);
      return [...racers.slice(0, -1), ...suited(racers.slice(-1), record, kit.catalog.optimizers)];
    }

    /** @param {any} more */
    function change(more) {
      const next = { ...options, ...more };
      if (kit.options) kit.options.value = { ...kit.options.value, ...next };
      else take(next);
    }

    /** @param {any} next */
    function take(next) {
      options = next;
      chosen = map.chosen = Math.min(chosen, options.racers.length - 1);
      board.build(options, chosen);
      ask(options);
    }

    const ask = latest(async (/** @type {any} */ wanted) => {
      const { landscape, racers, steps, start, noise } = wanted;
      try {
        const ground = JSON.stringify(landscape);
        if (ground !== groundKey) {
          if (!groundKey) kit.note?.("measuring the surface …");
          const part = await kit.measure("terrain", { landscape, resolution: CELLS });
          if (gone) return;
          groundKey = ground;
          map.surface(part);
          heights.set("0", "", number(map.relief.scale.high, 2), "height (log)");
        }
        const asked = { landscape, optimizers: racers, steps, noise: noise ?? 0, start: start ?? null, ...wanted.more };
        const next = JSON.stringify(asked);
        if (next === raceKey) return;
        const part = await kit.measure("race", asked);
        if (gone) return;
        const fresh = raceKey === "" || JSON.stringify(JSON.parse(raceKey).start) !== JSON.stringify(asked.start) || JSON.stringify(JSON.parse(raceKey).landscape.name) !== JSON.stringify(landscape.name);
        raceKey = next;
        arrived(part, fresh);
      } catch (error) {
        if (!gone) kit.note?.(/** @type {Error} */ (error).message);
      }
    });

    /** @param {any} part @param {boolean} fresh whether it is to be watched from the beginning */
    function arrived(part, fresh) {
      race = part;
      map.run(part);
      scrub.max = String(part.meta.steps);
      const first = part.meta.racers.filter((/** @type {any} */ one) => one.reached !== null).sort((/** @type {any} */ a, /** @type {any} */ b) => a.reached - b.reached)[0];
      kit.note?.(first ? `${first.title} arrives first, after ${whole(first.reached)} steps` : `nobody has arrived after ${whole(part.meta.steps)} steps`);
      spoken.update(() => words(part.meta));
      if (fresh && !still()) begin(0);
      else if (!playing) go(part.meta.steps);
    }

    /** Whether motion is unwanted. */
    const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

    /** @param {number} to */
    function go(to) {
      if (!race) return;
      step = Math.max(0, Math.min(race.meta.steps, Math.round(to)));
      show();
    }

    function show() {
      if (!race) return;
      map.step = step;
      map.view.redraw();
      scrub.value = String(step);
      scrub.style.setProperty("--at", `${(100 * step) / race.meta.steps}%`);
      scrub.setAttribute("aria-valuetext", `step ${step} of ${race.meta.steps}`);
      at.textContent = `step ${whole(step)} of ${whole(race.meta.steps)}`;
      rarely(() => { if (race) board.numbers(standing(race.meta, race.arrays, step), race.meta); });
    }

    /** @param {number} [from] */
    function begin(from = race && step >= race.meta.steps ? 0 : step) {
      if (!race) return;
      go(from);
      cancelAnimationFrame(playing);
      let before = performance.now();
      let exact = step;
      const tick = (/** @type {number} */ now) => {
        exact += ((now - before) / 1000) * (race.meta.steps / SECONDS);
        before = now;
        go(exact);
        playing = step < race.meta.steps ? requestAnimationFrame(tick) : 0;
        if (!playing) halt();
      };
      playing = requestAnimationFrame(tick);
      play.textContent = "Pause";
      play.setAttribute("aria-pressed", "true");
    }

    function halt() {
      cancelAnimationFrame(playing);
      playing = 0;
      play.textContent = "Play";
      play.setAttribute("aria-pressed", "false");
    }

    /** Drops all of them at a place of the map. @param {number} x @param {number} y */
    function drop(x, y) {
      const { low, high } = map.ground;
      const kept = [x, y].map((value, axis) => Number(Math.max(low[axis], Math.min(high[axis], value)).toPrecision(3)));
      change({ start: kept });
    }

    scrub.addEventListener("input", () => { halt(); go(Number(scrub.value)); });
    scrub.addEventListener("keydown", (event) => { if (/^(Arrow|Page|Home|End)/.test(event.key)) event.stopPropagation(); });
    follow(map.view.canvas, {
      tap: (x, y) => { if (map.ground) drop(map.place.x.invert(x), map.place.y.invert(y)); },
      move: (x, y) => {
        if (!map.ground) return;
        const place = map.place;
        const inside = x >= place.box.x && x <= place.box.x + place.box.width && y >= place.box.y && y <= place.box.y + place.box.height;
        if (!inside) { box.hide(); return; }
        const [a, b] = [place.x.invert(x), place.y.invert(y)];
        box.show(x, y, [`height ${number(map.relief.at(a, b, map.ground) - map.ground.lowest, 2)}`, `x = ${number(a, 2)}, y = ${number(b, 2)}`]);
      },
      leave: () => box.hide(),
    });
    map.view.canvas.addEventListener("keydown", (event) => {
      if (event.key === " ") {
        event.preventDefault();
        event.stopPropagation();
        if (playing) halt(); else begin();
        return;
      }
      const moved = map.ground && race && arrowStep(event);
      if (!moved) return;
      const { low, high } = map.ground;
      const from = options.start ?? race.meta.start;
      drop(from[0] + (moved[0] * (high[0] - low[0])) / 40, from[1] + (moved[1] * (high[1] - low[1])) / 40);
    });

    let said = "";
    const watch = effect(() => {
      const given = kit.options?.value ?? {};
      if (Object.keys(given).some((key) => key.includes("."))) { kit.options.value = unfolded(given); return; }
      const now = { ...FIRST, ...given };
      const text = JSON.stringify(now);
      if (text === said) return;
      said = text;
      take(now);
    });

    return {
      draw() { if (!race) ask(options); },
      resize() {},
      unmount() { gone = true; halt(); watch(); board.unmount(); heights.unmount(); map.unmount(); root.remove(); },
    };
  },
};
