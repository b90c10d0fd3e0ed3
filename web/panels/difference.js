/** What one run answers differently from another: a map over the plane, or example by example where there is none. */
import { element, summary } from "../kit/text.js";
import { classNames } from "../kit/parts.js";
import { differencePlane } from "./parts/difference-plane.js";
import { differenceScatter } from "./parts/difference-scatter.js";
import { differenceTable } from "./parts/difference-table.js";

/** The two runs: the first, and the one that is shown or else the second. @param {any} state */
function pair(state) {
  const runs = state?.runs ?? [];
  if (runs.length < 2) return null;
  return [runs[0], runs.find((/** @type {any} */ { id }) => id === state.shown) ?? runs[1]];
}

/** @param {any} state */
function form(state) {
  if (state.data.plane) return { make: differencePlane, probe: "surface", options: { resolution: 80 } };
  if (classNames(state)) return { make: differenceTable, probe: "confusion", options: { part: "test" } };
  return { make: differenceScatter, probe: "predicted", options: { part: "test" } };
}

export default {
  name: "difference",
  title: "Difference",
  about: "What the second run answers minus what the first answers. Where both say the same, the picture is empty.",
  fits: (/** @type {any} */ state) => pair(state) !== null,
  wants(/** @type {any} */ state) {
    const two = pair(state);
    if (!two) return [];
    const { probe, options } = form(state);
    return two.map(({ id }, index) => ({ key: index ? "b" : "a", probe, options, rate: 10, run: id }));
  },

  /** @param {HTMLElement} host @param {any} kit */
  mount(host, kit) {
    const root = element("div", { class: "stack-panel" });
    host.append(root);
    const words = summary(root);
    /** @type {{kind: any, picture: ReturnType<typeof differencePlane>} | null} */
    let made = null;
    let told = "";
    return {
      /** @param {Map<string, any>} parts @param {any} state */
      draw(parts, state) {
        const two = pair(state), a = parts.get("a"), b = parts.get("b");
        if (!two || !a || !b || a.probe !== b.probe) return;
        const { make, probe } = form(state);
        if (a.probe !== probe) return;
        if (made?.kind !== make) {
          made?.picture.unmount();
          made = { kind: make, picture: make(root, kit) };
        }
        const known = kit.runs?.value?.list ?? [];
        const names = two.map(({ id, label }) => known.find((/** @type {any} */ one) => one.id === id) ?? { id, name: label, index: 0 });
        const text = made.picture.draw(a, b, names, state);
        if (text !== told) { told = text; kit.note?.(text); }
        words.update(() => `${names[1].name} minus ${names[0].name}: ${text}.`);
      },
      resize() { made?.picture.resize(); },
      unmount() { made?.picture.unmount(); root.remove(); },
    };
  },
};
