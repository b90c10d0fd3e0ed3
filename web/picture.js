/** The stage as one PNG: every panel's canvases where they stand, with its name. */
import { save } from "./files.js";
import { lab } from "./store.js";

/** Pixels of the picture for one of the page, so that it is sharp on a slide. */
const SHARP = 2;

export async function savePicture() {
  const stage = /** @type {HTMLElement} */ (document.querySelector(".stage"));
  const base = stage.getBoundingClientRect();
  const style = getComputedStyle(document.documentElement);
  const color = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
  const canvas = document.createElement("canvas");
  const edge = 14;
  canvas.width = (base.width + 2 * edge) * SHARP;
  canvas.height = (base.height + 2 * edge) * SHARP;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.scale(SHARP, SHARP);
  context.fillStyle = color("--paper");
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.translate(edge - base.left, edge - base.top);
  for (const panel of stage.querySelectorAll(".panel")) {
    const at = panel.getBoundingClientRect();
    context.fillStyle = color("--panel");
    context.strokeStyle = color("--line");
    context.save();
    context.beginPath();
    context.roundRect(at.left, at.top, at.width, at.height, 10);
    context.fill();
    context.stroke();
    context.clip();
    for (const node of panel.querySelectorAll("canvas")) {
      const place = node.getBoundingClientRect();
      if (node.width && place.width) context.drawImage(node, place.left, place.top, place.width, place.height);
    }
    write(context, panel);
    context.restore();
  }
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  save(blob, `${lab.value?.name ?? "playground"}.png`);
}

/** The panel's visible words where they stand; what is there to be pressed is left out. @param {CanvasRenderingContext2D} context @param {Element} panel */
function write(context, panel) {
  const walker = document.createTreeWalker(panel, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement;
    if (!parent || parent.closest(".panel-tools, .only-read, select") || framed(parent.closest("button")) || framed(parent.closest("[role=radiogroup]"))) continue;
    if (!parent.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    const style = getComputedStyle(parent);
    context.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    context.fillStyle = style.color;
    context.textBaseline = "middle";
    for (const { 0: word, index } of (node.nodeValue ?? "").matchAll(/\S+/g)) {
      range.setStart(node, index);
      range.setEnd(node, index + word.length);
      const at = range.getBoundingClientRect();
      if (at.width > 1) context.fillText(word, at.left, at.top + at.height / 2);
    }
  }
}

/** Whether it looks like something to press. @param {Element|null} element */
function framed(element) {
  return Boolean(element && parseFloat(getComputedStyle(element).borderTopWidth) > 0);
}
