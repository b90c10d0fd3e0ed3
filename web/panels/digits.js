/** Test pictures with what the network says of each, how sure it is, and a pad to draw one's own. */
import { palette, onTheme } from "../kit/canvas.js";
import { Heatmap } from "../kit/heatmap.js";
import { shadeTable } from "../kit/palette.js";
import { element, every, toggle, write } from "../kit/text.js";
import { percent, whole } from "../kit/format.js";
import { digitPad } from "./parts/digit-pad.js";

const COUNT = 24;

export default {
  name: "digits",
  title: "Test pictures",
  about: "Pictures it never trained on, with its answer under each. Press one to see how sure it is, or draw your own.",
  fits: (/** @type {any} */ state) => Boolean(state.data.image),
  wants: (/** @type {any} */ state, /** @type {any} */ options) => (state.data.image
    ? [{ key: "examples", probe: "examples", options: { part: "test", start: options?.start ?? 0, count: COUNT }, rate: 3 }] : []),

  /** @param {HTMLElement} host @param {any} kit */
  mount(host, kit) {
    const layout = element("div", { class: "digits-layout" });
    const root = element("div", { class: "digits-panel" }, layout);
    const grid = element("div", { class: "digits-grid", role: "group", "aria-label": "Test pictures" });
    const side = element("div", { class: "digits-side" });
    const head = element("p", { class: "digits-head" });
    const padHost = element("div", { class: "digits-pad" });
    padHost.hidden = true;
    const bars = element("div", { class: "digits-bars" });
    const bar = element("div", { class: "panel-bar" });
    side.append(head, padHost, bars, bar);
    layout.append(grid, side);
    host.append(root);
    /** @type {any} */
    let part = null;
    let chosen = 0;
    let drawing = false;
    /** @type {{button: HTMLElement, canvas: HTMLCanvasElement, text: HTMLElement}[]} */
    let cells = [];
    let key = "";
    const heat = new Heatmap();
    const rarely = every(250);
    const stop = onTheme(() => {
      key = "";
      if (!part) return;
      pictures();
      show();                            // the new buttons have no words yet, and a run that stands sends no others
    });
    /** @type {ReturnType<typeof digitPad> | null} */
    let pad = null;
    /** @type {any} */
    let answer = null;

    const more = element("button", { type: "button", class: "quiet", title: "The next pictures of the test set", onclick: () => {
      const next = (kit.options?.value?.start ?? 0) + COUNT;
      if (kit.options) kit.options.value = { ...kit.options.value, start: next >= (part?.meta.total ?? 0) ? 0 : next };
    } }, "Next pictures");
    const draw = toggle("Draw one", false, (on) => {
      drawing = on;
      padHost.hidden = !on;
      clear.hidden = !on;
      more.hidden = on;
      if (on && !pad && part) {
        const [rows, columns] = part.meta.image;
        pad = digitPad(padHost, rows, columns, largest(), ask);
      }
      answer = null;
      show();
    }, "Draw a picture and see what the network says");
    const clear = element("button", { type: "button", class: "quiet", onclick: () => { pad?.clear(); answer = null; show(); } }, "Clear");
    clear.hidden = true;
    bar.append(draw, clear, more);

    /** The value of full ink in the data's own unit. */
    function largest() {
      let most = 1;
      for (const value of part.arrays.x) most = Math.max(most, value);
      return most;
    }

    let asking = false;
    /** @type {number[] | null} */
    let waiting = null;
    /** @param {number[]} input */
    async function ask(input) {
      waiting = input;
      if (asking) return;
      asking = true;
      while (waiting) {
        const now = waiting;
        waiting = null;
        try { answer = await kit.measure("answer", { input: now.map(Number) }); } catch { answer = null; }
        show();
      }
      asking = false;
    }

    function pictures() {
      const { x } = part.arrays;
      const [rows, columns] = part.meta.image;
      const next = `${part.arrays.row.join()}|${rows}`;
      if (next === key) return;
      key = next;
      const colors = palette();
      const table = shadeTable(colors.theme.panel, colors.theme.ink);
      const size = rows * columns;
      const most = largest();
      cells = Array.from({ length: x.length / size }, (_, index) => {
        const canvas = element("canvas", { width: columns, height: rows, "aria-hidden": "true" });
        heat.floats(x.subarray(index * size, (index + 1) * size), rows, columns, table, 0, most, colors.hatch);
        /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d")).drawImage(heat.canvas, 0, 0);
        const text = element("span", { class: "digits-text" });
        const button = element("button", { type: "button", class: "digits-cell", onclick: () => { chosen = index; if (drawing) draw.click(); show(); } }, canvas, text);
        return { button, canvas, text };
      });
      chosen = Math.min(chosen, cells.length - 1);
      grid.replaceChildren(...cells.map(({ button }) => button));
    }

    /** @type {{fill: HTMLElement, text: HTMLElement}[]} */
    let rows = [];
    /** @param {string[]} classes @param {ArrayLike<number> | null} shares @param {number} truth */
    function probabilities(classes, shares, truth) {
      if (rows.length !== classes.length) {
        rows = classes.map(() => ({ fill: element("span", { class: "digits-fill" }), text: element("span", { class: "digits-share" }) }));
        bars.replaceChildren(...rows.map(({ fill, text }, index) => element("div", { class: "digits-row" },
          element("span", { class: "digits-name" }, classes[index]), element("span", { class: "digits-track" }, fill), text)));
      }
      rows.forEach(({ fill, text }, index) => {
        const share = shares ? shares[index] : 0;
        fill.style.transform = `scaleX(${Math.max(0, Math.min(1, share || 0))})`;
        write(text, shares ? percent(share) : "–");
        fill.parentElement?.parentElement?.classList.toggle("is-true", index === truth);
      });
    }

    function show() {
      if (!part) return;
      const classes = part.meta.classes;
      const { truth, predicted, probabilities: shares } = part.arrays;
      let wrong = 0;
      cells.forEach(({ button, text }, index) => {
        const right = truth[index] === predicted[index];
        if (!right) wrong += 1;
        const words = right ? classes[truth[index]] : `${classes[truth[index]]} ✗ ${classes[predicted[index]]}`;
        write(text, words);
        button.classList.toggle("is-wrong", !right);
        button.setAttribute("aria-pressed", String(!drawing && index === chosen));
        const label = right ? `${words}, said right` : `${words}: taken for ${classes[predicted[index]]}`;
        if (button.getAttribute("aria-label") !== label) button.setAttribute("aria-label", label);
      });
      if (drawing) {
        write(head, answer ? `It says: ${answer.meta.predicted}` : "Draw in the field.");
        probabilities(classes, answer?.arrays.probabilities ?? null, -1);
      } else {
        const right = truth[chosen] === predicted[chosen];
        write(head, right ? `A ${classes[truth[chosen]]}, and it says so.` : `A ${classes[truth[chosen]]}; it says ${classes[predicted[chosen]]}.`);
        probabilities(classes, shares.subarray(chosen * classes.length, (chosen + 1) * classes.length), truth[chosen]);
      }
      kit.note?.(`${whole(wrong)} of ${whole(cells.length)} wrong here`);
    }

    return {
      /** @param {Map<string, any>} parts */
      draw(parts) {
        const fresh = parts.get("examples");
        if (!fresh || fresh === part || !fresh.meta.image) return;
        part = fresh;
        pictures();
        rarely(show);
      },
      resize() {},
      unmount() { stop(); pad?.unmount(); root.remove(); },
    };
  },
};
