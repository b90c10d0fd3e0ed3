/** What two runs predict for each test example, against each other: on the diagonal both say the same. */
import { View, palette } from "../../kit/canvas.js";
import { drawAxes, gutter } from "../../kit/axes.js";
import { number } from "../../kit/format.js";
import { drawMarks } from "../../kit/marks.js";
import { element } from "../../kit/text.js";

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
    const colors = palette(), { context, text } = view, room = gutter(text, true);
    const box = { x: room.left + text, y: room.top, width: view.width - room.left - room.right - text, height: view.height - room.top - room.bottom };
    const [one, two] = [a.arrays.predicted, b.arrays.predicted], outputs = one.shape[1] ?? 1, truth = a.arrays.true;
    // The axes follow the truth alone: wild answers leave the picture instead of shrinking it.
    let [low, high] = [Infinity, -Infinity];
    for (let at = 0; at < truth.length; at += outputs) { low = Math.min(low, truth[at]); high = Math.max(high, truth[at]); }
    const space = (high - low || 1) * 0.12;
    [low, high] = Number.isFinite(low) ? [low - space, high + space] : [0, 1];
    const place = (/** @type {number} */ value) => (value - low) / (high - low);
    drawAxes(view, colors, box, { x: [low, high], y: [low, high], xName: "A", yName: "B", grid: true });
    context.save();
    context.beginPath();
    context.rect(box.x, box.y, box.width, box.height);
    context.clip();
    context.beginPath();
    context.moveTo(box.x, box.y + box.height);
    context.lineTo(box.x + box.width, box.y);
    context.lineWidth = 1.5;
    context.strokeStyle = colors.css.ink;
    context.stroke();
    /** @type {[number[], number[]]} */
    const sides = [[], []];
    for (let at = 0; at < Math.min(one.length, two.length); at += outputs) {
      sides[two[at] >= one[at] ? 0 : 1].push(box.x + place(one[at]) * box.width, box.y + box.height - place(two[at]) * box.height);
    }
    context.globalAlpha = 0.8;
    const size = Math.max(2.4, Math.min(5, box.width / 120));
    drawMarks(context, "triangle", sides[0], sides[0].length / 2, size, colors.css.positive, colors.css.panel);
    drawMarks(context, "down-triangle", sides[1], sides[1].length / 2, size, colors.css.negative, colors.css.panel);
    context.restore();
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
