/** What two runs predict for each test example, against each other: on the diagonal both say the same. */
import { View, palette } from "../../kit/canvas.js";
import { number } from "../../kit/format.js";
import { drawMarks } from "../../kit/marks.js";
import { element } from "../../kit/text.js";
import { drawAgainst } from "./against.js";

/** @param {HTMLElement} root */
export function differenceScatter(root) {
  const stage = element("div", { class: "stack-stage" });
  const foot = element("div", { class: "stack-foot" }, element("span", { class: "legend" }, "line: B = A; blue: B says more, orange: less"));
  root.append(stage, foot);
  const view = new View(stage, { draw, label: "Predictions of the second run against those of the first" });
  let a = /** @type {any} */ (null);
  let b = /** @type {any} */ (null);

  function draw() {
    if (!a || !b) return;
    const colors = palette(), { context } = view;
    const [one, two] = [a.arrays.predicted, b.arrays.predicted], outputs = one.shape[1] ?? 1;
    drawAgainst(view, colors, a.arrays.true, { xName: "A", yName: "B" }, (x, y, size) => {
      /** @type {[number[], number[]]} */
      const sides = [[], []];
      for (let at = 0; at < Math.min(one.length, two.length); at += outputs) sides[two[at] >= one[at] ? 0 : 1].push(x(one[at]), y(two[at]));
      context.globalAlpha = 0.8;
      drawMarks(context, "triangle", sides[0], sides[0].length / 2, size, colors.css.positive, colors.css.panel);
      drawMarks(context, "down-triangle", sides[1], sides[1].length / 2, size, colors.css.negative, colors.css.panel);
    });
  }

  return {
    /** @param {any} freshA @param {any} freshB @returns {string} */
    draw(freshA, freshB) {
      [a, b] = [freshA, freshB];
      view.paint();
      const [one, two] = [a.arrays.predicted, b.arrays.predicted], count = Math.min(one.length, two.length);
      let sum = 0;
      for (let at = 0; at < count; at += 1) sum += Math.abs(two[at] - one[at]);
      return count ? `${number(sum / count, 2)} apart on average` : "no examples";
    },
    resize() { view.redraw(); },
    unmount() { view.unmount(); stage.remove(); foot.remove(); },
  };
}
