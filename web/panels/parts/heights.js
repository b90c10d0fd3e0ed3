/** The logarithmic scale of a surface's heights, and where its contour lines go. No DOM. */

/** Powers of ten between the highest and the lowest that are told apart. */
const DECADES = 4;
const LINES = 12;

/**
 * @param {ArrayLike<number>} values @param {number} lowest what counts as height zero
 */
export function heightScale(values, lowest) {
  let high = 0;
  for (let at = 0; at < values.length; at += 1) if (Number.isFinite(values[at])) high = Math.max(high, values[at] - lowest);
  if (!(high > 0)) high = 1;
  const least = high / 10 ** DECADES;
  // log(1 + h/least): straight near the bottom, logarithmic above, and zero exactly at the lowest.
  const whole = Math.log1p(high / least);
  return {
    high, least, lowest,
    /** 0 at the lowest, 1 at the highest. @param {number} value */
    share: (value) => (Number.isFinite(value) ? Math.log1p(Math.max(0, value - lowest) / least) / whole : NaN),
    /** The height above the lowest at a share. @param {number} share */
    height: (share) => Math.expm1(share * whole) * least,
  };
}

/** Shares at which contour lines are drawn: equal ratios of heights. @param {ReturnType<typeof heightScale>} scale */
export function levels(scale) {
  const found = [];
  for (let line = 1; line < LINES; line += 1) found.push(scale.share(scale.lowest + scale.high * 10 ** (-(DECADES * line) / LINES)));
  return found;
}
