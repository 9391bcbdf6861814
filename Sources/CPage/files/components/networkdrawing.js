// SPDX-License-Identifier: Apache-2.0
import { h, replace, svg, uniqueID } from "../dom.js";
import * as format from "../format.js";
import { t } from "../i18n.js";
import { timeLabel, timeTicks } from "./ticks.js";
import { announce } from "./toast.js";

const base = 132;
const looks = {
  useful: { stroke: "var(--accent)", "stroke-width": 1.5, opacity: 0.62 },
  useless: { stroke: "var(--line-strong)", "stroke-width": 1.2, "stroke-dasharray": "4 3", opacity: 0.9 },
  removed: { stroke: "var(--danger)", "stroke-width": 1.4, "stroke-dasharray": "1.5 3.5", opacity: 0.9 },
};

/**
 * Images on a time line and arcs between those that are matched; arcs that were taken out hang below the line.
 *
 * With keys: left and right go from image to image, down to the pairs of an image, up back to it, Enter takes out or
 * puts back.
 */
export class NetworkDrawing {
  #width = 0;
  #cursor = { kind: "scene", name: null };

  /** @param {((kind: "pair"|"scene", name: string) => void)|null} onToggle */
  constructor(onToggle) {
    this.onToggle = onToggle;
    this.scenes = [];
    this.edges = [];
    this.element = h("div", { class: "network-drawing", onclick: (event) => this.#clicked(event) });
    if (onToggle) {
      this.element.tabIndex = 0;
      this.element.setAttribute("role", "group");
      this.element.setAttribute("aria-label", t("network.keys"));
      this.element.addEventListener("keydown", (event) => this.#key(event));
      this.element.addEventListener("focus", () => this.#place());
      this.element.addEventListener("blur", () => this.#draw());
    }
    new ResizeObserver(() => {
      if (Math.abs(this.element.clientWidth - this.#width) >= 2) this.#draw();
    }).observe(this.element);
  }

  /** Draws other scenes and edges; see `picture` in network.js. */
  update(scenes, edges) {
    Object.assign(this, { scenes, edges });
    this.#draw();
  }

  #draw() {
    if (this.scenes.length === 0) return;
    this.#width = Math.max(260, this.element.clientWidth || 420);
    replace(this.element, this.#svg(this.#width));
  }

  #svg(width) {
    const times = this.scenes.map((scene) => new Date(scene.date).getTime());
    const low = Math.min(...times), high = Math.max(...times, low + 86_400_000);
    const [left, right] = [14, width - 14];
    const x = (time) => left + ((time - low) / (high - low)) * (right - left);
    const ends = (edge) => [x(times[edge.first]), x(times[edge.second])];
    const longest = Math.max(1, ...this.edges.map((edge) => Math.abs(ends(edge)[1] - ends(edge)[0])));
    const hasRemoved = this.edges.some((edge) => edge.isRemoved);
    const axis = hasRemoved ? base + 62 : base;
    const ticks = timeTicks(low, high, Math.max(2, Math.floor(width / 110)));
    const title = uniqueID("network");
    return svg("svg", { viewBox: `0 0 ${width} ${axis + 40}`, role: "img", "aria-labelledby": title },
      svg("title", { id: title }, t("network.name")),
      this.edges.map((edge) => this.#arc(edge, ...ends(edge), longest)),
      svg("path", { class: "axis", d: `M${left - 8} ${base}H${right + 8}` }),
      ticks.map((tick) => svg("g", {},
        svg("line", { class: "axis", x1: x(tick), x2: x(tick), y1: axis + 4, y2: axis + 12 }),
        svg("text", { x: x(tick), y: axis + 27, "text-anchor": anchor(x(tick), width) }, timeLabel(tick, ticks)))),
      this.scenes.map((scene, place) => this.#dot(scene, x(times[place]))));
  }

  #arc(edge, from, to, longest) {
    const share = Math.abs(to - from) / longest;
    const rise = edge.isRemoved ? -(10 + 36 * share) : 14 + 104 * share;
    const d = `M${from} ${base}C${from} ${base - rise * 1.3} ${to} ${base - rise * 1.3} ${to} ${base}`;
    const look = looks[edge.isRemoved ? "removed" : edge.isUseful ? "useful" : "useless"];
    const isHere = this.#isHere("pair", edge.name);
    return svg("g", { class: isHere ? "here" : null, "data-pair": edge.name },
      svg("path", { d, fill: "none", ...look }),
      this.onToggle && svg("path", { class: "hit", d, fill: "none" }),
      svg("title", {}, this.#words("pair", edge)));
  }

  #dot(scene, x) {
    const isHere = this.#isHere("scene", scene.name);
    return svg("g", { class: isHere ? "here" : null, "data-scene": scene.name },
      svg("circle", { cx: x, cy: base, r: 5, ...dotLook(scene) }),
      scene.isRemoved && svg("path", { d: `M${x - 6} ${base - 6}l12 12m0 -12l-12 12`, stroke: "var(--danger)",
        "stroke-width": 2 }),
      this.onToggle && svg("circle", { class: "hit", cx: x, cy: base, r: 11 }),
      svg("title", {}, this.#words("scene", scene)));
  }

  #isHere(kind, name) {
    return document.activeElement === this.element && this.#cursor.kind === kind && this.#cursor.name === name;
  }

  // What a pointer shows and a screen reader says.
  #words(kind, one) {
    const state = one.isRemoved ? t("network.isRemoved") : kind === "pair" ? one.reason : one.reason;
    const cloud = kind === "scene" && one.cloud !== null ? `${t("network.cloud")} ${format.percent(one.cloud)}` : "";
    const what = kind === "pair" ? `${one.title}, ${t("network.apart", { days: format.number(one.days) })}`
      : `${one.title} ${one.name}`;
    return [what, cloud, state].filter(Boolean).join(", ");
  }

  #clicked(event) {
    const target = event.target.closest("[data-pair], [data-scene]");
    if (!target || !this.onToggle) return;
    const kind = target.dataset.pair === undefined ? "scene" : "pair";
    this.#cursor = { kind, name: target.dataset[kind] };
    this.#toggle();
  }

  #toggle() {
    const { kind, name } = this.#cursor;
    this.onToggle(kind, name);
    this.#say();
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || this.scenes.length === 0) return;
    const moves = { ArrowLeft: -1, ArrowRight: 1 };
    if (event.key in moves) this.#move(moves[event.key]);
    else if (event.key === "ArrowDown") this.#enter();
    else if (event.key === "ArrowUp") this.#leave();
    else if (["Enter", " ", "Delete"].includes(event.key)) this.#toggle();
    else return;
    event.preventDefault();
  }

  #ownEdges(scene) {
    const place = this.scenes.findIndex((one) => one.name === scene);
    return this.edges.filter((edge) => edge.first === place || edge.second === place);
  }

  #move(by) {
    const { kind, name, scene } = this.#cursor;
    const list = kind === "pair" ? this.#ownEdges(scene) : this.scenes;
    const place = list.findIndex((one) => one.name === name);
    const next = list[Math.min(list.length - 1, Math.max(0, place + by))] ?? list[0];
    this.#place({ ...this.#cursor, name: next.name });
  }

  #enter() {
    if (this.#cursor.kind === "pair") return this.#move(1);
    const [first] = this.#ownEdges(this.#cursor.name);
    if (first) this.#place({ kind: "pair", name: first.name, scene: this.#cursor.name });
  }

  #leave() {
    if (this.#cursor.kind === "pair") this.#place({ kind: "scene", name: this.#cursor.scene ?? this.scenes[0].name });
  }

  /** Puts the cursor somewhere; on the first image where its place is gone. */
  #place(cursor = this.#cursor) {
    const list = cursor.kind === "pair" ? this.edges : this.scenes;
    this.#cursor = list.some((one) => one.name === cursor.name) ? cursor
      : { kind: "scene", name: this.scenes[0]?.name ?? null };
    if (this.#cursor.kind === "pair" && this.#cursor.scene === undefined) {
      const edge = this.edges.find((one) => one.name === this.#cursor.name);
      this.#cursor.scene = this.scenes[edge.first].name;
    }
    this.#draw();
    this.#say();
  }

  #say() {
    const { kind, name } = this.#cursor;
    const one = (kind === "pair" ? this.edges : this.scenes).find((each) => each.name === name);
    if (one) announce(this.#words(kind, one));
  }
}

function anchor(at, width) { return at < 40 ? "start" : at > width - 40 ? "end" : "middle"; }

/** The cloudier, the greyer; a ring alone where nobody knows, dashed where no pair uses the image. */
function dotLook({ cloud, isRemoved, reason }) {
  const ring = { stroke: isRemoved ? "var(--danger)" : "var(--accent)", "stroke-width": 2.2,
    "stroke-dasharray": reason ? "2 2" : null };
  return { ...ring, fill: cloudColour(cloud) };
}

function cloudColour(cloud) {
  if (cloud === null) return "var(--surface)";
  return `color-mix(in srgb, var(--text-quiet) ${Math.round(cloud * 100)}%, var(--surface))`;
}

/** An arc for a legend. @param {"useful"|"useless"|"removed"} kind */
export function legendLine(kind) {
  const d = kind === "removed" ? "M1 1C1 14 25 14 25 1" : "M1 11C1 -2 25 -2 25 11";
  return svg("svg", { viewBox: "0 0 26 12", "aria-hidden": "true" },
    svg("path", { d, fill: "none", ...looks[kind], opacity: 1 }));
}

/** A dot for a legend. @param {number} cloud share */
export function legendDot(cloud) {
  return svg("svg", { viewBox: "0 0 12 12", "aria-hidden": "true", class: "legend-dot" },
    svg("circle", { cx: 6, cy: 6, r: 4.5, stroke: "var(--accent)", "stroke-width": 2, fill: cloudColour(cloud) }));
}
