/** Arrow keys among cards: left and right in reading order, up and down to the nearest in the next row. */

/** @param {KeyboardEvent} event of the list */
export function arrows(event) {
  const links = /** @type {HTMLElement[]} */ ([.../** @type {HTMLElement} */ (event.currentTarget).querySelectorAll(".lab-link")]);
  const at = links.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  if (at < 0) return;
  const boxes = links.map((link) => link.getBoundingClientRect());
  const to = next(boxes.map(({ left, top }) => [left, top]), at, event.key);
  if (to === null) return;
  event.preventDefault();
  event.stopPropagation();
  if (to < 0) /** @type {HTMLElement|null} */ (document.querySelector(".shelf-search input"))?.focus();
  else links[to].focus();
}

/**
 * @param {[number, number][]} places left and top of each, in reading order @param {number} at @param {string} key
 * @returns {number|null} -1: above the first row; null: stay, and let the browser have the key
 */
export function next(places, at, key) {
  const last = places.length - 1;
  if (key === "ArrowRight") return Math.min(last, at + 1);
  if (key === "ArrowLeft") return Math.max(0, at - 1);
  if (key === "Home") return 0;
  if (key === "End") return last;
  if (key !== "ArrowDown" && key !== "ArrowUp") return null;
  const [left, top] = places[at];
  const down = key === "ArrowDown";
  const rows = places.map(([, y]) => y).filter((y) => down ? y > top + 8 : y < top - 8);
  if (!rows.length) return down ? last : -1;
  const row = down ? Math.min(...rows) : Math.max(...rows);
  let best = at;
  places.forEach(([x, y], i) => {
    if (Math.abs(y - row) < 8 && (best === at || Math.abs(x - left) < Math.abs(places[best][0] - left))) best = i;
  });
  return best;
}
