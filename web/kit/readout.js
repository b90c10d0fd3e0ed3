/** The small box beside the pointer with the numbers under it, and one way to follow mouse, pen, finger and keys. */
import { element, write } from "./text.js";

/**
 * @param {HTMLElement} host a positioned element
 */
export function readout(host) {
  const node = element("div", { class: "readout", "aria-hidden": "true" });
  node.hidden = true;
  host.append(node);
  /** @type {HTMLElement[]} */
  const lines = [];
  return {
    node,
    /**
     * @param {number} x @param {number} y in the host @param {string[]} texts one a line, the first stands out
     */
    show(x, y, texts) {
      while (lines.length < texts.length) {
        const line = element("div", { class: "readout-line" });
        lines.push(line);
        node.append(line);
      }
      lines.forEach((line, index) => {
        line.hidden = index >= texts.length;
        if (index < texts.length) write(line, texts[index]);
      });
      node.hidden = false;
      const room = { width: host.clientWidth, height: host.clientHeight };
      const own = { width: node.offsetWidth, height: node.offsetHeight };
      const left = x + 14 + own.width <= room.width ? x + 14 : x - 14 - own.width;
      const top = y + 14 + own.height <= room.height ? y + 14 : y - 14 - own.height;
      node.style.left = `${Math.max(2, Math.min(room.width - own.width - 2, left))}px`;
      node.style.top = `${Math.max(2, Math.min(room.height - own.height - 2, top))}px`;
    },
    hide() { node.hidden = true; },
  };
}

/**
 * Pointer events of a canvas in its own CSS pixels. A finger that slides reads; a tap acts.
 * @param {HTMLElement} target
 * @param {{move?: (x: number, y: number, event: PointerEvent) => void, leave?: () => void,
 *          tap?: (x: number, y: number, event: PointerEvent) => void,
 *          drag?: (x: number, y: number, event: PointerEvent) => void, up?: () => void}} act
 */
export function follow(target, { move, leave, tap, drag, up }) {
  const place = (/** @type {PointerEvent} */ event) => {
    const box = target.getBoundingClientRect();
    return /** @type {[number, number]} */ ([event.clientX - box.left, event.clientY - box.top]);
  };
  /** @type {[number, number] | null} */
  let from = null;
  let slid = false;
  target.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    from = place(event);
    slid = false;
    if (event.pointerType === "touch") move?.(...from, event);
  });
  target.addEventListener("pointermove", (event) => {
    const now = place(event);
    move?.(...now, event);
    if (!from) return;
    if (Math.hypot(now[0] - from[0], now[1] - from[1]) > 6) slid = true;
    if (slid && event.pointerType !== "touch") drag?.(...now, event);
  });
  target.addEventListener("pointerup", (event) => {
    if (from && !slid) tap?.(...place(event), event);
    from = null;
    up?.();
  });
  target.addEventListener("pointercancel", () => { from = null; up?.(); leave?.(); });
  target.addEventListener("pointerleave", (event) => {
    if (event.pointerType === "touch") return;
    from = null;
    up?.();
    leave?.();
  });
}

/** Arrow keys as steps; Shift makes them larger. Keys used here do not reach the page's shortcuts. @param {KeyboardEvent} event @returns {[number, number] | null} */
export function arrowStep(event) {
  const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
  if (!step) return null;
  event.preventDefault();
  event.stopPropagation();
  const far = event.shiftKey ? 5 : 1;
  return [step[0] * far, step[1] * far];
}
