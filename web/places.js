/**
 * Where panels stand: rows of a grid of 24 columns. The lab says row and width; what is shown fills its row. No DOM.
 *
 * @typedef {{name: string, row: number, width: number, when?: "no plane", options?: Record<string, any>}} Place
 * @typedef {{name: string, column: number, span: number, row: number}} Cell
 */

export const COLUMNS = 24;
/** No more panels a row than this: narrower ones could not be read from the back. */
export const MOST = 3;

/**
 * @param {Place[]} places the lab's own, in order
 * @param {string[]} shown names of the panels that are shown
 * @param {number} [most] panels a row there is room for
 * @returns {Cell[]} rows counted from 1 without gaps
 */
export function arrange(places, shown, most = MOST) {
  /** @type {Map<number, Place[]>} */
  const rows = new Map();
  const put = (/** @type {Place} */ place) => rows.set(place.row, [...(rows.get(place.row) ?? []), place]);
  for (const place of places) if (shown.includes(place.name)) put(place);
  // What the lab gave no place to comes into the last row while there is room, then into new ones.
  for (const name of shown) {
    if (places.some((place) => place.name === name)) continue;
    const last = Math.max(1, ...rows.keys());
    const full = last === 1 || (rows.get(last)?.length ?? 0) >= MOST;
    put({ name, row: full ? last + 1 : last, width: 8 });
  }
  return lines([...rows.keys()].sort((a, b) => a - b).map((row) => rows.get(row) ?? []), most).flatMap((line, i) => share(line, i + 1));
}

/** Rows with no more than there is room for: what is too many goes before the next row's own. @param {Place[][]} rows @param {number} most */
function lines(rows, most) {
  const found = [];
  /** @type {Place[]} */
  let over = [];
  for (const row of rows) {
    const all = [...over, ...row];
    const split = all.length > most;
    while (all.length > most) found.push(all.splice(0, most));
    over = split ? all : [];
    if (!split) found.push(all);
  }
  return over.length ? [...found, over] : found;
}

/** The columns of one row, by the widths its panels ask for. @param {Place[]} places @param {number} row @returns {Cell[]} */
function share(places, row) {
  const total = places.reduce((sum, { width }) => sum + width, 0);
  let before = 0;
  return places.map(({ name, width }) => {
    const from = Math.round(COLUMNS * before / total);
    before += width;
    return { name, row, column: from + 1, span: Math.round(COLUMNS * before / total) - from };
  });
}
