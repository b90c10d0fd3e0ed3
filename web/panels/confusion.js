/** Which class is taken for which: a row is the truth, a column what the network says. */
import { onTheme, palette } from "../kit/canvas.js";
import { cssColor } from "../kit/color.js";
import { scaleLegend } from "../kit/legend.js";
import { inkOn, shareColor } from "../kit/palette.js";
import { choice, element, every, write } from "../kit/text.js";
import { percent, whole } from "../kit/format.js";
import { measurable } from "../kit/parts.js";

export default {
  name: "confusion",
  title: "Confusion",
  about: "Each row is a true class, each column an answer. What stands off the diagonal was taken for something else.",
  fits: (/** @type {any} */ state) => measurable(state, "confusion"),
  wants: (/** @type {any} */ _, /** @type {any} */ options) => [{ key: "confusion", probe: "confusion", options: { part: options?.part ?? "test" }, rate: 3 }],

  /** @param {HTMLElement} host @param {any} kit */
  mount(host, kit) {
    const root = element("div", { class: "stack-panel" });
    const stage = element("div", { class: "confusion-stage", tabindex: 0, role: "group", "aria-label": "Confusion matrix" });
    const foot = element("div", { class: "stack-foot" });
    root.append(stage, foot);
    host.append(root);
    foot.append(choice("Which examples", [{ value: "test", label: "Test" }, { value: "train", label: "Training" }], kit.options?.value?.part ?? "test",
      (part) => { if (kit.options) kit.options.value = { ...kit.options.value, part }; }).node);
    const scale = scaleLegend(foot, "share of its row", "share");
    scale.set("0 %", "", "100 %");
    /** @type {HTMLElement[][]} */
    let cells = [];
    /** @type {HTMLElement[]} */
    let rights = [];
    /** @type {any} */
    let part = null;
    let key = "";
    const rarely = every(300);
    const stop = onTheme(() => { if (part) fill(); });

    /** @param {string[]} classes */
    function build(classes) {
      const table = element("table", { class: "confusion", "data-size": classes.length > 6 ? "many" : "few" });
      table.append(element("caption", { class: "only-read" }, "Counts: rows are true classes, columns are answers"),
        element("thead", {}, element("tr", {}, element("td", { class: "confusion-corner" }, classes.length > 6 ? "true ↓" : "true ↓ said →"), ...classes.map((name) => element("th", { scope: "col", title: name }, name)), element("th", { scope: "col", class: "confusion-right" }, "right"))));
      const body = element("tbody");
      rights = [];
      cells = classes.map((name) => {
        const row = classes.map(() => element("td"));
        const right = element("td", { class: "confusion-right" });
        rights.push(right);
        body.append(element("tr", {}, element("th", { scope: "row", title: name }, name), ...row, right));
        return row;
      });
      table.append(body);
      stage.replaceChildren(table);
    }

    function fill() {
      const colors = palette();
      const { counts } = part.arrays;
      const size = cells.length;
      let [all, good] = [0, 0];
      for (let row = 0; row < size; row += 1) {
        let sum = 0;
        for (let column = 0; column < size; column += 1) sum += counts[row * size + column];
        all += sum;
        good += counts[row * size + row];
        for (let column = 0; column < size; column += 1) {
          const count = counts[row * size + column];
          const share = sum ? count / sum : 0;
          const color = shareColor(colors.theme, share);
          const cell = cells[row][column];
          write(cell, whole(count));
          cell.style.background = cssColor(color);
          cell.style.color = count === 0 ? colors.css.ink2 : inkOn(color);
          cell.classList.toggle("is-diagonal", row === column);
        }
        write(rights[row], sum ? percent(counts[row * size + row] / sum) : "–");
      }
      kit.note?.(all ? `${whole(good)} of ${whole(all)} right` : "no examples");
    }

    return {
      /** @param {Map<string, any>} parts */
      draw(parts) {
        const fresh = parts.get("confusion");
        if (!fresh || fresh === part) return;
        const classes = fresh.meta.classes.map(String);
        const next = classes.join("|");
        part = fresh;
        if (next !== key) { key = next; build(classes); fill(); } else rarely(fill);
      },
      resize() {},
      unmount() { stop(); scale.unmount(); root.remove(); },
    };
  },
};
