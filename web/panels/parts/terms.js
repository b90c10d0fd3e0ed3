/** Small judgements about sums and numbers, for panels that write formulas out. No DOM. */

/** How many leading figures two numbers share. @param {number} a @param {number} b */
export function figuresShared(a, b) {
  if (a === b) return 15;
  const apart = Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b));
  return Math.max(0, Math.floor(-Math.log10(apart)));
}

/** The strongest of a sum's terms, in their own order. @param {ArrayLike<number>} a @param {ArrayLike<number>} b @param {number} most */
export function strongest(a, b, most) {
  const order = Array.from({ length: a.length }, (_, k) => k);
  if (order.length <= most) return order;
  return order.sort((i, j) => Math.abs(a[j] * b[j]) - Math.abs(a[i] * b[i])).slice(0, most).sort((i, j) => i - j);
}
