/** Marks of data points: each class its own shape as well as its own colour. */

/**
 * Adds one mark to the current path.
 * @param {CanvasRenderingContext2D} context @param {string} shape @param {number} x @param {number} y @param {number} r
 */
export function trace(context, shape, x, y, r) {
  switch (shape) {
    case "diamond":
      polygon(context, x, y, r * 1.25, 4, 0); break;
    case "triangle":
      polygon(context, x, y + r * 0.15, r * 1.3, 3, 0); break;
    case "down-triangle":
      polygon(context, x, y - r * 0.15, r * 1.3, 3, Math.PI); break;
    case "square":
      context.rect(x - r * 0.88, y - r * 0.88, r * 1.76, r * 1.76); break;
    case "hexagon":
      polygon(context, x, y, r * 1.1, 6, 0); break;
    case "cross": {
      const a = r * 1.15;
      const b = r * 0.42;
      const steps = [[-b, -a], [b, -a], [b, -b], [a, -b], [a, b], [b, b], [b, a], [-b, a], [-b, b], [-a, b], [-a, -b], [-b, -b]];
      steps.forEach(([dx, dy], index) => (index ? context.lineTo(x + dx, y + dy) : context.moveTo(x + dx, y + dy)));
      context.closePath();
      break;
    }
    case "star":
      for (let corner = 0; corner < 10; corner += 1) {
        const angle = (corner * Math.PI) / 5;
        const reach = corner % 2 ? r * 0.6 : r * 1.4;
        const [px, py] = [x + Math.sin(angle) * reach, y - Math.cos(angle) * reach];
        if (corner) context.lineTo(px, py); else context.moveTo(px, py);
      }
      context.closePath();
      break;
    case "bar":
      context.rect(x - r * 1.25, y - r * 0.5, r * 2.5, r); break;
    case "ring":
      context.moveTo(x + r * 1.1, y);
      context.arc(x, y, r * 1.1, 0, Math.PI * 2);
      context.moveTo(x + r * 0.5, y);
      context.arc(x, y, r * 0.5, 0, Math.PI * 2, true);
      break;
    default:
      context.moveTo(x + r, y);
      context.arc(x, y, r, 0, Math.PI * 2);
  }
}

/** @param {CanvasRenderingContext2D} context @param {number} x @param {number} y @param {number} r @param {number} corners @param {number} turn */
function polygon(context, x, y, r, corners, turn) {
  for (let corner = 0; corner < corners; corner += 1) {
    const angle = turn + (corner * 2 * Math.PI) / corners;
    const [px, py] = [x + Math.sin(angle) * r, y - Math.cos(angle) * r];
    if (corner) context.lineTo(px, py); else context.moveTo(px, py);
  }
  context.closePath();
}

/**
 * Many marks of one kind in one path: a thin ring in the panel's colour, then the fill (or, hollow, only an outline).
 * @param {CanvasRenderingContext2D} context @param {string} shape @param {ArrayLike<number>} places x, y, x, y …
 * @param {number} count pairs @param {number} r @param {string} color @param {string} ring @param {boolean} [hollow] @param {number} [wide] of the ring, half of it shows
 */
export function drawMarks(context, shape, places, count, r, color, ring, hollow = false, wide = Math.max(1.6, r * 0.6)) {
  if (!count) return;
  context.beginPath();
  for (let at = 0; at < count * 2; at += 2) trace(context, shape, places[at], places[at + 1], r);
  context.lineJoin = "round";
  if (hollow) {
    context.fillStyle = ring;
    context.fill();
    context.lineWidth = Math.max(1.4, r * 0.45);
    context.strokeStyle = color;
    context.stroke();
    return;
  }
  context.lineWidth = wide;
  context.strokeStyle = ring;
  context.stroke();
  context.fillStyle = color;
  context.fill();
}
