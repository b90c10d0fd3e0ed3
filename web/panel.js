/**
 * One panel on the stage: its frame with name, line, help and enlarge; the panel module's own view inside.
 * An error in a panel is shown in its frame and goes no further.
 *
 * @typedef {import("./subscriptions.js").Want} Want
 * @typedef {import("./frames.js").Part} Part
 * @typedef {{name: string, title: string, about: string, fits: (state: any) => boolean,
 *   wants: (state: any, options: any) => Want[], mount: (element: HTMLElement, kit: any) => View}} PanelModule
 * @typedef {{draw: (parts: Map<string, Part>, state: any) => void, resize?: (width: number, height: number) => void, unmount?: () => void}} View
 */
import { effect, signal } from "@preact/signals";
import { html } from "htm/preact";
import { render } from "preact";
import { command, complain, measure, setAll } from "./commands.js";
import { explain, What } from "./help.js";
import { Icon } from "./icons.js";
import { soon } from "./loop.js";
import { asked, runs, several, shownIndex, shownRun, shownState } from "./lanes/runs.js";
import { named } from "./lanes/named.js";
import { Swatch } from "./lanes/swatch.js";
import { announce, catalog, hover, progress, selected } from "./store.js";
import { theme } from "./theme.js";

export class Panel {
  /**
   * @param {PanelModule} module
   * @param {Record<string, any>} options
   * @param {{wants: (name: string, wants: Want[]) => void, enlarge: (name: string) => void}} stage
   */
  constructor(module, options, stage) {
    this.module = module;
    this.name = module.name;
    this.stage = stage;
    this.options = signal(options);
    /** Whether it stands on the stage, and whether any of it is inside the window. */
    this.shown = signal(false);
    this.seen = signal(true);
    this.failed = false;
    /** Whether anything came to be drawn yet. */
    this.drawn = signal(false);
    /** @type {View|null} */
    this.view = null;
    this.element = document.createElement("section");
    this.element.className = "panel";
    this.element.dataset.panel = this.name;
    const titleId = `panel-${this.name}`;
    this.element.setAttribute("aria-labelledby", titleId);
    this.head = document.createElement("header");
    this.head.className = "panel-head";
    this.body = document.createElement("div");
    this.body.className = "panel-body";
    this.waiting = document.createElement("p");
    this.waiting.className = "panel-waiting";
    this.waiting.textContent = "What this picture needs is being compiled, once for this computer …";
    this.waiting.hidden = true;
    this.element.append(this.head, this.body, this.waiting);
    this.line = document.createElement("span");
    this.line.className = "panel-note";
    this.tools = document.createElement("span");
    this.tools.className = "panel-tools";
    const title = document.createElement("h2");
    title.className = "panel-title";
    title.id = titleId;
    title.textContent = module.title;
    this.mark = document.createElement("span");
    this.mark.className = "panel-run";
    this.one = true;
    this.head.append(title, this.mark, this.line, this.tools);
    this.frame(false);
    /** What was asked for last, as text; whether that is anything. */
    this.wanted = "";
    this.asks = signal(false);
    const resized = () => this.guard(() => this.view?.resize?.(this.body.clientWidth, this.body.clientHeight));
    this.resizer = new ResizeObserver(() => { if (this.body.clientWidth && this.body.clientHeight) soon(resized); });
    const stops = [effect(() => this.ask()), effect(() => this.whose()),
      effect(() => { this.waiting.hidden = !(progress.value && this.asks.value && !this.drawn.value); })];
    this.stopAsking = () => stops.forEach((stop) => stop());
  }

  /** Its lab is left: nothing of it stays. */
  end() {
    this.stopAsking();
    this.resizer.disconnect();
    try { this.view?.unmount?.(); } catch (error) { console.error(`panel ${this.name}:`, error); }
    this.view = null;
    render(null, this.tools);
    this.element.remove();
    this.stage.wants(this.name, []);
  }

  /** @param {boolean} enlarged */
  frame(enlarged) {
    const { title, about } = this.module;
    render(html`<${What} help=${{ title, text: about }} />
      <button type="button" class="icon-button" aria-pressed=${enlarged ? "true" : "false"} aria-label=${enlarged ? `Show ${title} among the others` : `Enlarge ${title}`}
        title=${enlarged ? "Back to all panels" : "Enlarge"} onClick=${() => this.stage.enlarge(this.name)}><${Icon} name=${enlarged ? "shrink" : "enlarge"} /></button>`, this.tools);
  }

  /** What it needs from the server now; nothing while nobody sees it. */
  ask() {
    const now = shownState.value, options = this.options.value;
    const active = this.shown.value && this.seen.value && now && this.view && !this.failed;
    /** @type {Want[]} */
    let wants = [];
    if (active) this.guard(() => { wants = this.ofRuns(this.module.wants(now, options)); });
    const text = JSON.stringify(wants);
    if (text === this.wanted) return;
    this.wanted = text;
    this.asks.value = wants.length > 0;
    this.stage.wants(this.name, wants);
  }

  /** A panel that names no run draws the one that is shown; the first goes without a name on the wire. @param {Want[]} wants */
  ofRuns(wants) {
    const first = runs.value[0]?.id;
    this.one = !wants.some(({ run }) => run);
    return wants.map((want) => ({ ...want, run: want.run === first ? undefined : want.run ?? asked.value }));
  }

  /** Which run is drawn, in the panel's head, where there are several. */
  whose() {
    const run = several.value && this.one && this.shown.value ? shownRun.value : null;
    this.mark.hidden = !run;
    if (run) render(html`<${Swatch} index=${shownIndex.value} />`, this.mark);
    this.mark.title = run ? `Drawn of ${run.label}` : "";
  }

  /** @param {boolean} on */
  show(on) {
    if (on && !this.view && !this.failed) this.mount();
    this.shown.value = on;
    this.ask();
  }

  mount() {
    this.guard(() => { this.view = this.module.mount(this.body, this.kit()); });
    this.resizer.observe(this.body);
  }

  /** What a panel may use: contract in ARCHITECTURE.md. */
  kit() {
    return {
      state: shownState, runs: named, options: this.options, hover, selected, theme, announce,
      measure: (/** @type {string} */ probe, /** @type {Record<string, any>} */ options) => measure(probe, options, asked.peek()),
      // What is refused is told here, so that a panel need not: nothing a person does may go wrong in silence.
      command: (/** @type {string} */ name, /** @type {Record<string, any>} */ fields) => {
        const run = name === "edit" && fields.weight !== undefined ? asked.peek() : undefined;
        const answer = name === "set" ? setAll(fields.changes) : command(name, run ? { ...fields, run } : fields);
        answer.catch(complain);
        return answer;
      },
      get catalog() { return catalog.value; },
      note: (/** @type {string} */ text) => { if (this.line.textContent !== text) this.line.textContent = this.line.title = text; },
      tip: (/** @type {HTMLElement} */ element, /** @type {string|import("./help.js").Help} */ text) => {
        element.setAttribute("aria-expanded", "false");
        element.addEventListener("click", () => explain(element, typeof text === "string" ? { title: this.module.title, text } : text));
      },
    };
  }

  /** @param {Map<string, Part>[]} rounds */
  draw(rounds) {
    const now = shownState.peek();
    if (!this.view || this.failed || !now) return;
    this.drawn.value ||= rounds.length > 0;
    for (const parts of rounds) this.guard(() => this.view?.draw(parts, now));
  }

  /** @param {() => void} act */
  guard(act) {
    try {
      act();
    } catch (error) {
      this.fail(/** @type {Error} */ (error));
    }
  }

  /** @param {Error} error */
  fail(error) {
    console.error(`panel ${this.name}:`, error);
    this.failed = true;
    try { this.view?.unmount?.(); } catch { /* it is broken already */ }
    this.view = null;
    render(html`<div class="panel-failed" role="alert"><p><b>This picture could not be drawn.</b> ${error.message}</p>
      <button type="button" class="button" onClick=${() => this.revive()}>Try again</button></div>`, this.body);
    this.ask();
  }

  revive() {
    render(null, this.body);
    this.body.replaceChildren();
    this.failed = false;
    this.mount();
    this.ask();
  }
}
