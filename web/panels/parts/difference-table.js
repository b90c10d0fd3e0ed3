/** Which class is taken for which, the second run's counts minus the first's. */
import { onTheme, palette } from "../../kit/canvas.js";
import { cssColor, mix } from "../../kit/color.js";
import { whole } from "../../kit/format.js";
import { inkOn } from "../../kit/palette.js";
import { scaleLegend } from "../../kit/legend.js";
import { steadyEnd } from "../../kit/scale.js";
import { element, every, write } from "../../kit/text.js";

/** @param {HTMLElement} root */
export function differenceTable(root) {
  const stage = element("div", { class: "confusion-stage", tabindex: 0, role: "group", "aria-label": "Difference of two confusion matrices" });
  const foot = element("div", { class: "stack-foot" });
  root.append(stage, foot);
  const scale = scaleLegend(foot, "examples, B − A", "diverging");
  let a = /** @type {any} */ (null);
  let b = /** @type {any} */ (null);
  /** @type {HTMLElement[][]} */
  let cells = [];
  let key = "", end = 0;
  const rarely = every(300);
  const stop = onTheme(() => { if (a) fill(); });

  /** @param {string[]} classes */
  function build(classes) {
    const head = element("tr", {}, element("td", { class: "confusion-corner" }, classes.length > 6 ? "true ↓" : "true ↓ said →"), ...classes.map((name) => element("th", { scope: "col", title: name }, name)));
    cells = classes.map(() => classes.map(() => element("td")));
    stage.replaceChildren(element("table", { class: "confusion", "data-size": classes.length > 6 ? "many" : "few" },
      element("caption", { class: "only-read" }, "Counts of the second run minus those of the first: rows are true classes, columns are answers"),
      element("thead", {}, head),
      element("tbody", {}, ...classes.map((name, row) => element("tr", {}, element("th", { scope: "row", title: name }, name), ...cells[row])))));
  }

  function fill() {
    const { theme, css } = palette(), [one, two] = [a.arrays.counts, b.arrays.counts];
    let most = 0;
    for (let at = 0; at < one.length; at += 1) most = Math.max(most, Math.abs(two[at] - one[at]));
    end = steadyEnd(end, Math.max(1, most));
    scale.set(-end, 0, end);
    cells.flat().forEach((cell, at) => {
      const value = two[at] - one[at];
      const color = mix(theme.panel, value < 0 ? theme.negative : theme.positive, Math.min(1, Math.abs(value) / end));
      write(cell, value > 0 ? `+${whole(value)}` : value < 0 ? whole(value) : "0");
      cell.style.background = cssColor(color);
      cell.style.color = value === 0 ? css.ink2 : inkOn(color);
      cell.classList.toggle("is-diagonal", at % (cells.length + 1) === 0);
    });
  }

  return {
    /** @param {any} freshA @param {any} freshB @returns {string} */
    draw(freshA, freshB) {
      const classes = freshA.meta.classes.map(String);
      if (freshA.arrays.counts.length !== freshB.arrays.counts.length) return "";
      [a, b] = [freshA, freshB];
      if (classes.join("|") !== key) { key = classes.join("|"); build(classes); fill(); } else rarely(fill);
      let right = 0;
      for (let at = 0; at < classes.length; at += 1) right += b.arrays.counts[at * (classes.length + 1)] - a.arrays.counts[at * (classes.length + 1)];
      return right === 0 ? "both have as many right" : `B has ${whole(Math.abs(right))} ${right > 0 ? "more" : "fewer"} right`;
    },
    resize() {},
    unmount() { stop(); scale.unmount(); stage.remove(); foot.remove(); },
  };
}
