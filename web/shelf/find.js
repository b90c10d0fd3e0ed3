/**
 * Finding labs by what is typed: every word must begin a word of the title, the question or the name. No DOM.
 *
 * @typedef {{name: string, title: string, wonder: string, teaches: string|null, minutes: number|null, order: number, steps: number}} Entry
 */

/** Without accents and case, so that "residuos" finds "Resíduos". @param {string} text */
const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

/** @param {Entry[]} labs @param {string} typed @returns {Entry[]} those that fit, titles that fit first */
export function find(labs, typed) {
  const asked = plain(typed).split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  if (!asked.length) return labs;
  const begins = (/** @type {string} */ text) => {
    const words = plain(text).split(/[^\p{L}\p{N}]+/u);
    return asked.filter((one) => words.some((word) => word.startsWith(one))).length;
  };
  return labs.filter((lab) => begins(`${lab.title} ${lab.wonder} ${lab.name.replaceAll("_", " ")}`) === asked.length)
    .map((lab, i) => ({ lab, i, rank: begins(lab.title) })).sort((a, b) => b.rank - a.rank || a.i - b.i).map(({ lab }) => lab);
}
