/** A pad of cells to draw a picture of one's own on, with pointer or keys. */
import { View, palette } from "../../kit/canvas.js";
import { Heatmap } from "../../kit/heatmap.js";
import { shadeTable } from "../../kit/palette.js";
import { arrowStep, follow } from "../../kit/readout.js";

/**
 * @param {HTMLElement} parent @param {number} rows @param {number} columns @param {number} full the value of a cell that is wholly inked
 * @param {(values: number[]) => void} changed
 */
export function digitPad(parent, rows, columns, full, changed) {
  const ink = new Float32Array(rows * columns);
  const heat = new Heatmap();
  let cursor = { row: rows >> 1, column: columns >> 1, on: false };
  const view = new View(parent, { focusable: true, label: `Drawing pad of ${rows} by ${columns} cells. Arrow keys move, Space inks a cell.`,
    draw({ context, width, height }) {
      const colors = palette();
      heat.floats(ink, rows, columns, shadeTable(colors.theme.panel, colors.theme.ink), 0, full, colors.hatch);
      const size = Math.min(width, height);
      heat.draw(context, 0, 0, size, size, false);
      context.strokeStyle = colors.css.line;
      context.lineWidth = 1;
      context.beginPath();
      for (let line = 0; line <= rows; line += 1) {
        const at = Math.round((line / rows) * (size - 1)) + 0.5;
        context.moveTo(at, 0);
        context.lineTo(at, size);
        context.moveTo(0, at);
        context.lineTo(size, at);
      }
      context.stroke();
      if (!cursor.on) return;
      context.strokeStyle = colors.css.accent;
      context.lineWidth = 2;
      context.strokeRect((cursor.column / columns) * size + 1, (cursor.row / rows) * size + 1, size / columns - 2, size / rows - 2);
    } });
  view.canvas.style.touchAction = "none";

  /** A soft brush: the cell under it and a little of its neighbours, as a scanned pen leaves. @param {number} row @param {number} column @param {number} strength */
  function put(row, column, strength) {
    for (const [dr, dc, share] of [[0, 0, 1], [0, 1, 0.25], [0, -1, 0.25], [1, 0, 0.25], [-1, 0, 0.25]]) {
      const [r, c] = [row + dr, column + dc];
      if (r < 0 || c < 0 || r >= rows || c >= columns) continue;
      ink[r * columns + c] = Math.min(full, ink[r * columns + c] + full * share * strength);
    }
    view.redraw();
    changed([...ink]);
  }
  /** @param {number} x @param {number} y */
  const at = (x, y) => {
    const size = Math.min(view.width, view.height);
    return [Math.floor((y / size) * rows), Math.floor((x / size) * columns)];
  };
  let down = false;
  let last = "";
  view.canvas.addEventListener("pointerdown", (event) => { down = true; last = ""; view.canvas.setPointerCapture(event.pointerId); });
  view.canvas.addEventListener("pointerup", () => { down = false; });
  view.canvas.addEventListener("pointercancel", () => { down = false; });
  follow(view.canvas, {
    move(x, y) {
      if (!down) return;
      const [row, column] = at(x, y);
      const key = `${row},${column}`;
      if (key === last) return;
      last = key;
      put(row, column, 0.9);
    },
    tap(x, y) { const [row, column] = at(x, y); if (last !== `${row},${column}`) put(row, column, 0.9); },
  });
  view.canvas.addEventListener("keydown", (event) => {
    const step = arrowStep(event);
    if (step) {
      cursor = { on: true, row: Math.min(rows - 1, Math.max(0, cursor.row - step[1])), column: Math.min(columns - 1, Math.max(0, cursor.column + step[0])) };
      view.redraw();
    } else if (event.key === " " || event.key === "Enter") {
      event.preventDefault();
      event.stopPropagation();
      cursor.on = true;
      put(cursor.row, cursor.column, 0.9);
    }
  });
  view.canvas.addEventListener("blur", () => { cursor.on = false; view.redraw(); });
  return { view, clear() { ink.fill(0); view.redraw(); changed([...ink]); }, unmount() { view.unmount(); } };
}
