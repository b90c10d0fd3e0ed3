/** A part of a picture that is painted once and shown again in every frame, until what it shows or its place has changed. */

export class Layer {
  constructor() {
    /** @type {HTMLCanvasElement | null} */
    this.canvas = null;
    /** @type {any[]} */
    this.known = [];
  }

  /**
   * Shows what `paint` paints in `box`, which is in the units of `context`; it is painted anew where one of `depends` is another.
   * The layer has the very points of the screen, so nothing is made soft by showing it.
   * @param {CanvasRenderingContext2D} context scaled and nothing else, as a View's is
   * @param {{x: number, y: number, width: number, height: number}} box
   * @param {any[]} depends @param {(context: CanvasRenderingContext2D) => void} paint
   */
  draw(context, box, depends, paint) {
    const ratio = context.getTransform().a;
    const left = Math.floor(box.x * ratio), top = Math.floor(box.y * ratio);
    const wide = Math.ceil((box.x + box.width) * ratio) - left, high = Math.ceil((box.y + box.height) * ratio) - top;
    if (wide < 1 || high < 1) return;
    const now = [...depends, ratio, box.x, box.y, box.width, box.height];
    const canvas = (this.canvas ??= document.createElement("canvas"));
    if (now.length !== this.known.length || now.some((value, index) => value !== this.known[index])) {
      this.known = now;
      canvas.width = wide;
      canvas.height = high;
      const into = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
      into.setTransform(ratio, 0, 0, ratio, -left, -top);
      paint(into);
    }
    context.save();
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.drawImage(canvas, left, top);
    context.restore();
  }
}
