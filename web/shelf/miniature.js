/** A lab's small picture: what the server measured on the lab's own start, drawn like the panels draw it. */
import { html } from "htm/preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { decode } from "../frames.js";
import { View } from "../kit/canvas.js";
import { pictures, words } from "./pictures.js";

/** Seconds between questions while the lab's kernels are being compiled. */
const PATIENCE = [1, 1, 2, 3, 5];

/** What came once stays for the visit: going back to the shelf asks for nothing. @type {Map<string, import("../frames.js").Frame>} */
const kept = new Map();

/** @param {string} name @param {() => boolean} here @returns {Promise<import("../frames.js").Frame|null>} null where nobody waits any more */
async function fetched(name, here) {
  for (let attempt = 0; here(); attempt += 1) {
    const response = await fetch(new URL(`api/labs/${encodeURIComponent(name)}/miniature`, document.baseURI));
    if (response.status === 200) return decode(await response.arrayBuffer());
    if (response.status !== 202) throw new Error(`The server answered ${response.status}.`);
    await new Promise((done) => { setTimeout(done, 1000 * PATIENCE[Math.min(attempt, PATIENCE.length - 1)]); });
  }
  return null;
}

/** Pictures are asked for one after the other: they are measured one after the other. @type {Promise<any>} */
let queue = Promise.resolve();

/** @param {{name: string}} props */
export function Miniature({ name }) {
  const host = useRef(/** @type {HTMLElement|null} */ (null));
  const [frame, setFrame] = useState(kept.get(name) ?? null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    if (frame) return undefined;
    let here = true;
    queue = queue.then(() => here ? fetched(name, () => here) : null).then((found) => {
      if (!found) return;
      kept.set(name, found);
      if (here) setFrame(found);
    }, () => { if (here) setFailed(true); });
    return () => { here = false; };
  }, [name]);
  useEffect(() => {
    if (!frame || !host.current) return undefined;
    const view = new View(host.current, { draw: (view) => pictures(view, frame) });
    return () => view.unmount();
  }, [frame]);
  return html`<div class="miniature" data-ready=${frame ? "true" : "false"}>
    <div class="miniature-picture" ref=${host}></div>
    <span class="miniature-words">${frame ? words(frame) : failed ? "no picture" : "being measured …"}</span>
  </div>`;
}
