/** One example of the next batch, walked through the network and back, stage by stage, with every number on the way. */
import { element, write } from "../kit/text.js";
import { number, whole } from "../kit/format.js";
import { classNames, measurable } from "../kit/parts.js";
import { stagesOf } from "./parts/walk-stages.js";
import { walkColumns } from "./parts/walk-columns.js";

export default {
  name: "walk",
  title: "One example, step by step",
  about: "Forward: each layer's sums and answers. Then the loss. Backward: how much each number is to blame. The weights move only when the whole batch is done.",
  fits: (/** @type {any} */ state) => measurable(state, "walk"),
  wants: () => [],

  /** @param {HTMLElement} host @param {any} kit */
  mount(host, kit) {
    const root = element("div", { class: "walk-panel" });
    const bar = element("div", { class: "panel-bar" });
    const words = element("p", { class: "walk-words", "aria-live": "polite" });
    const stage = element("div", { class: "walk-stage", tabindex: 0, role: "group", "aria-label": "The numbers of this example" });
    root.append(bar, words, stage);
    host.append(root);
    let example = 0;
    let at = 0;
    /** @type {any} */
    let part = null;
    /** @type {ReturnType<typeof stagesOf>} */
    let stages = [];
    const columns = walkColumns(stage);

    const back = element("button", { type: "button", class: "quiet", onclick: () => go(at - 1) }, "← Back");
    const next = element("button", { type: "button", class: "quiet walk-next", onclick: () => go(at + 1) }, "Next →");
    const place = element("span", { class: "walk-place" });
    const pick = element("input", { type: "number", min: 1, step: 1, value: "1", class: "small-number", "aria-label": "Which example of the batch" });
    const of = element("span");
    const again = element("button", { type: "button", class: "quiet", title: "Take the numbers of the network as it is now", onclick: () => load() }, "Measure anew");
    bar.append(back, next, place, element("label", { class: "inline push" }, "example ", pick, " of ", of), again);
    pick.addEventListener("change", () => {
      const chosen = Math.max(1, Math.min(part?.meta.batch_rows ?? 1, Math.round(pick.valueAsNumber) || 1));
      pick.value = String(chosen);
      example = chosen - 1;
      load();
    });
    stage.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      event.stopPropagation();
      go(at + step);
    });

    let loading = false;
    let failed = false;
    let stale = false;
    async function load() {
      // Out of sight it measures nothing; shown again it does (resize).
      if (loading || !root.clientWidth) { stale = true; return; }
      stale = false;
      loading = true;
      if (!part) write(words, "Measuring …");
      try {
        part = await kit.measure("walk", { example });
        failed = false;
        stages = stagesOf(part, classNames(kit.state.value));
        columns.build(part, kit.state.value);
        write(of, whole(part.meta.batch_rows));
        pick.max = String(part.meta.batch_rows);
        kit.note?.(`row ${whole(part.meta.row)}, loss ${number(part.meta.loss)}`);
        go(Math.min(at, stages.length - 1));
      } catch (error) {
        failed = true;
        write(words, /** @type {any} */ (error)?.message ?? "This example could not be measured.");
      } finally { loading = false; }
    }

    /** @param {number} to */
    function go(to) {
      if (!stages.length) return;
      at = Math.max(0, Math.min(stages.length - 1, to));
      const now = stages[at];
      back.disabled = at === 0;
      next.disabled = at === stages.length - 1;
      write(place, `${at + 1} / ${stages.length}`);
      words.replaceChildren(element("b", {}, now.title), " ", now.text);
      columns.show(now, stages, at);
      if (kit.hover && now.layer === undefined) kit.hover.value = null;
    }

    // What was measured belongs to one step: pausing or stepping measures the next batch anew.
    let stamp = "";
    const stop = kit.state?.subscribe?.((/** @type {any} */ state) => {
      if (!state) return;
      const now = JSON.stringify([state.playing, state.step, state.layers, state.config?.data]);
      if (now === stamp) return;
      const first = stamp === "";
      stamp = now;
      if (first || !state.playing) load();
    });

    return {
      draw() { if (!part && !failed) load(); },
      resize() { if (stale) load(); },
      unmount() { stop?.(); root.remove(); },
    };
  },
};
