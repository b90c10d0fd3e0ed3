/** The datasets, as small pictures of their own points where they have a plane. */
import { html } from "htm/preact";
import { useEffect, useRef } from "preact/hooks";
import { change } from "../commands.js";
import { Icon } from "../icons.js";
import { openOwnData } from "../owndata.js";
import { theme } from "../theme.js";
import { Field, idOf } from "./field.js";
import { Menu } from "./menu.js";

/**
 * @typedef {import("./schema.js").Setting} Setting
 * @typedef {{points: number[][], y: number[], task: string, classes: number, domain: number[]}} Thumbnail
 */

/** How many pictures stand side by side. */
const SHOWN = 5;

/** @param {{setting: Setting, wanted?: string[], quietEffect?: string}} props */
export function DatasetField({ setting, wanted = [], quietEffect }) {
  const all = setting.options ?? [];
  const put = (/** @type {string} */ name) => { if (name !== setting.value) change({ [setting.path]: name }); };
  let shown = wanted.flatMap((name) => all.find((one) => one.name === name) ?? []);
  if (!shown.length) shown = all.filter((one) => one.thumbnail);
  shown = shown.slice(0, SHOWN);
  const chosen = all.find((one) => one.name === setting.value);
  if (chosen && !shown.includes(chosen)) shown[shown.length - 1] = chosen;
  return html`<${Field} setting=${setting} group=${true} quietEffect=${quietEffect} value=${chosen?.title ?? "Own data"}>
    <div class="datasets">${shown.map((one) => html`<label key=${one.name} class="dataset" title=${`${one.title}: ${one.sentence}`}>
      <input type="radio" name=${idOf(setting)} checked=${one.name === setting.value} aria-label=${one.title} onChange=${() => put(one.name)} />
      ${one.thumbnail ? html`<${Picture} of=${one.thumbnail} />` : html`<${Icon} name="table" />`}</label>`)}</div>
    <div class="field-buttons">
      <${Menu} className="quiet-button" label=${`All ${all.length} datasets`} value=${setting.value} onChoose=${put}
        choices=${all.map(({ name, title, sentence }) => ({ value: name, title, text: sentence }))}>All ${all.length} datasets<//>
      <button type="button" class="quiet-button" onClick=${openOwnData}>Own data …</button>
    </div>
  <//>`;
}

/** @param {{of: Thumbnail}} props */
function Picture({ of }) {
  const canvas = useRef(/** @type {HTMLCanvasElement|null} */ (null));
  useEffect(() => { if (canvas.current) paint(canvas.current, of); }, [of, theme.value]);
  return html`<canvas ref=${canvas} width="96" height="96" aria-hidden="true"></canvas>`;
}

/** @param {HTMLCanvasElement} canvas @param {Thumbnail} of */
async function paint(canvas, { points, y, task, classes, domain: [low, high] }) {
  const { palette } = await import("../kit/canvas.js");
  const colors = palette();
  const { css } = colors;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const place = (/** @type {number} */ value) => 8 + 80 * (value - low) / (high - low);
  context.clearRect(0, 0, 96, 96);
  const curve = points[0]?.length === 1;
  const top = Math.max(...y.map(Math.abs), 1e-9);
  points.forEach((point, i) => {
    const up = curve ? 48 - 36 * y[i] / top : 96 - place(point[1]);
    context.globalAlpha = task === "regression" && !curve ? 0.15 + 0.85 * Math.abs(y[i]) / top : 1;
    context.fillStyle = task === "regression" ? (curve || y[i] >= 0 ? css.positive : css.negative) : colors.classCss(y[i], classes);
    context.beginPath();
    context.arc(place(point[0]), up, 4.5, 0, 7);
    context.fill();
  });
}
