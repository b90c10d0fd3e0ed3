/** A run's look as a small picture: its line with its dashes, and its mark. The colour follows the theme. */
import { html } from "htm/preact";
import { laneStyle } from "../kit/lanes.js";
import { theme } from "../theme.js";

/** The marks of kit/marks.js around (0, 0), about 4 from the middle. */
const MARKS = /** @type {Record<string, string>} */ ({
  circle: "M4 0A4 4 0 1 1-4 0A4 4 0 1 1 4 0z", square: "M-3.5-3.5h7v7h-7z", triangle: "M0-4.7 4.5 3.1h-9z", diamond: "M0-5 5 0 0 5-5 0z",
  "down-triangle": "M0 4.7-4.5-3.1h9z", cross: "M-1.7-4.6h3.4v2.9h2.9v3.4H1.7v2.9h-3.4V1.7h-2.9v-3.4h2.9z",
  star: "M0-5.6 1.4-1.9 5.3-1.7 2.3.7 3.3 4.5 0 2.4-3.3 4.5-2.3.7-5.3-1.7-1.4-1.9z", hexagon: "M0-4.4 3.8-2.2v4.4L0 4.4-3.8 2.2v-4.4z",
});

/** @param {number} index */
export const laneColor = (index) => laneStyle(index)[theme.value];

/** @param {{index: number}} props */
export function Swatch({ index }) {
  const { dash, mark } = laneStyle(index);
  return html`<svg class="swatch" viewBox="0 0 36 12" width="36" height="12" aria-hidden="true" style=${{ color: laneColor(index) }}>
    <path d="M1 6H35" fill="none" stroke="currentColor" stroke-width="2" stroke-dasharray=${dash.length ? dash.map((one) => one * 0.7).join(" ") : undefined} />
    <path d=${MARKS[mark]} transform="translate(18 6)" fill="currentColor" class="swatch-mark" /></svg>`;
}
