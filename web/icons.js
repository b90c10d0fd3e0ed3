/** The page's few icons: 20 × 20, one stroke, in the ink around them. They are decoration; the button carries the name. */
import { html } from "htm/preact";

const PATHS = {
  restart: "M4.5 10a5.5 5.5 0 1 0 1.7-4M4.5 3.5v3.2h3.2",
  dice: "M5 3.5h10A1.5 1.5 0 0 1 16.5 5v10a1.5 1.5 0 0 1-1.5 1.5H5A1.5 1.5 0 0 1 3.5 15V5A1.5 1.5 0 0 1 5 3.5zM7.2 7.2h.01M12.8 7.2h.01M10 10h.01M7.2 12.8h.01M12.8 12.8h.01",
  back: "M14.5 5v10l-7-5zM5.2 5v10",
  forward: "M5.5 5v10l7-5zM14.8 5v10",
  undo: "M7.5 4 4 7.5 7.5 11M4 7.5h7.5a4.5 4.5 0 0 1 0 9H8",
  redo: "M12.5 4 16 7.5 12.5 11M16 7.5H8.5a4.5 4.5 0 0 0 0 9H12",
  enlarge: "M11.5 4H16v4.5M16 4l-5 5M8.5 16H4v-4.5M4 16l5-5",
  shrink: "M15.5 9H11V4.5M11 9l5-5M4.5 11H9v4.5M9 11l-5 5",
  close: "M5.5 5.5l9 9M14.5 5.5l-9 9",
  sun: "M10 6.8a3.2 3.2 0 1 0 0 6.4 3.2 3.2 0 0 0 0-6.4zM10 2.5v1.5M10 16v1.5M2.5 10H4M16 10h1.5M4.7 4.7l1 1M14.3 14.3l1 1M4.7 15.3l1-1M14.3 5.7l1-1",
  moon: "M15.8 11.8A6.3 6.3 0 0 1 8.2 4.2a6.3 6.3 0 1 0 7.6 7.6z",
  warn: "M10 3.5 17.5 16.5h-15zM10 8.5v3.5M10 14.2h.01",
  info: "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM10 9.2v4.3M10 6.6h.01",
  plus: "M10 4.5v11M4.5 10h11",
  minus: "M4.5 10h11",
  sliders: "M3.5 6h7M14.5 6h2M3.5 14h2M9.5 14h7M12.5 4v4M7.5 12v4",
  check: "M4.5 10.5l3.5 3.5 7.5-8",
  down: "M5.5 8l4.5 4.5L14.5 8",
  left: "M12 4.5 6.5 10l5.5 5.5",
  right: "M8 4.5 13.5 10 8 15.5",
  up: "M4.5 12.5 10 7l5.5 5.5",
  guide: "M4 4.5h4.2c1 0 1.8.8 1.8 1.8v9.2c0-.9-.8-1.6-1.8-1.6H4zM16 4.5h-4.2c-1 0-1.8.8-1.8 1.8v9.2c0-.9.8-1.6 1.8-1.6H16z",
  pencil: "M4 16l.7-3.2L13 4.5l2.5 2.5-8.3 8.3z",
  more: "M5 10h.01M10 10h.01M15 10h.01",
  search: "M9 4a5 5 0 1 0 0 10A5 5 0 0 0 9 4zM12.7 12.7 16.5 16.5",
  table: "M4 4h12v12H4zM4 8h12M4 12h12M8 4v12",
};
const FILLED = new Set(["play", "pause"]);
const SHAPES = { play: "M6 4.2v11.6L15.5 10z", pause: "M5.5 4.5h3.2v11H5.5zM11.3 4.5h3.2v11h-3.2z" };

/** @param {{name: keyof typeof PATHS | keyof typeof SHAPES}} props */
export function Icon({ name }) {
  const filled = FILLED.has(name);
  const d = filled ? SHAPES[/** @type {keyof typeof SHAPES} */ (name)] : PATHS[/** @type {keyof typeof PATHS} */ (name)];
  return html`<svg class="icon" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false"
    fill=${filled ? "currentColor" : "none"} stroke=${filled ? "none" : "currentColor"} stroke-width="1.6"
    stroke-linecap="round" stroke-linejoin="round"><path d=${d} /></svg>`;
}
