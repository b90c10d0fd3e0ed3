/** One way to place what floats beside the thing it belongs to; opening, Escape and pressing elsewhere are the browser's. */

/**
 * Puts a popover under its anchor, or over it where there is more room, inside the window.
 * @param {HTMLElement} popover
 * @param {Element} anchor
 */
export function place(popover, anchor) {
  const edge = 8;
  popover.style.maxHeight = "";
  const at = anchor.getBoundingClientRect();
  const { width, height } = popover.getBoundingClientRect();
  const below = innerHeight - at.bottom - edge * 2, above = at.top - edge * 2;
  const under = height <= below || below >= above;
  popover.style.maxHeight = `${Math.max(120, under ? below : above)}px`;
  const tall = Math.min(height, under ? below : above);
  popover.style.left = `${Math.max(edge, Math.min(at.left, innerWidth - width - edge))}px`;
  popover.style.top = `${under ? at.bottom + 6 : Math.max(edge, at.top - tall - 6)}px`;
}
