/**
 * Addresses: `/` is the shelf, `/?lab=NAME` a lab, and a link (`#s1.…`) opens the lab it names. No DOM.
 *
 * @typedef {{lab: string|null, hash: string}} Place lab: null for the shelf, "" for the one a link names
 */

/** A part behind `#` that holds a setting, whatever its version. */
const LINK = /^#s\d+\./;

/** @param {string} address whole @returns {Place} */
export function read(address) {
  const url = new URL(address);
  const hash = LINK.test(url.hash) ? url.hash : "";
  const lab = url.searchParams.get("lab");
  return { lab: lab || (hash ? "" : null), hash };
}

/** A lab's address, or the shelf's, relative to the page's own. @param {string|null} lab @param {string} [hash] */
export function write(lab, hash = "") {
  return lab === null ? "./" : `./?lab=${encodeURIComponent(lab)}${hash}`;
}

/** Whether going from one to the other means opening a lab anew. @param {Place} a @param {Place} b */
export const same = (a, b) => a.lab === b.lab && a.hash === b.hash;
