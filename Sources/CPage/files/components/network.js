// SPDX-License-Identifier: Apache-2.0
import { h, replace } from "../dom.js";
import * as format from "../format.js";
import { t, tCount } from "../i18n.js";
import { icon } from "./icons.js";
import { NetworkDrawing, legendLine, legendDot } from "./networkdrawing.js";
import { Table } from "./table.js";
import { declaredText } from "./words.js";

/**
 * The pairs that a job would form: scenes on a time line, pairs as arcs. A pair or an image is taken out and put back
 * by a click, by keys on the drawing, or in the tables below it.
 *
 * @typedef {Object} Network as the server gives it
 * @property {{name: string, date: string, cloud: number|null}[]} scenes
 * @property {{first: number, second: number, days: number, useful: boolean, reason?: string}[]} pairs
 * @property {{first: number, second: number, days: number}[]} [removed] pairs that were taken out
 * @property {{scene: number, isRemoved: boolean, reason: string}[]} [leftOut]
 *
 * @typedef {{pairs: string[], scenes: string[]}} TakenOut names, pairs as FIRST:SECOND
 */
export class PairNetwork {
  /** @param {(taken: TakenOut) => void} [onChange] without it nothing can be taken out */
  constructor(onChange = null) {
    this.onChange = onChange;
    this.drawing = new NetworkDrawing(onChange && ((kind, name) => this.toggle(kind, name)));
    this.caption = h("figcaption", {});
    this.legend = h("ul", { class: "legend small" });
    this.advice = h("div", { class: "cluster spread network-advice" });
    this.pairTable = this.#table("pairs", pairColumns());
    this.sceneTable = this.#table("scenes", sceneColumns());
    this.element = h("div", { class: "stack-small" },
      h("figure", { class: "chart network" }, this.drawing.element, this.caption, this.legend), this.advice,
      fold(t("network.scenesTable"), this.sceneTable), fold(t("network.table"), this.pairTable));
  }

  /**
   * @param {Network} network
   * @param {TakenOut} [taken]
   */
  update(network, taken = { pairs: [], scenes: [] }) {
    this.network = network;
    this.taken = taken;
    this.#draw();
  }

  /** Takes out, or puts back. @param {"pair"|"scene"} kind @param {string} name */
  toggle(kind, name) {
    const list = kind === "pair" ? this.taken.pairs : this.taken.scenes;
    const left = list.filter((one) => one !== name && !(kind === "pair" && one === turned(name, this.network.scenes)));
    const changed = left.length < list.length ? left : [...list, name];
    this.taken = kind === "pair" ? { ...this.taken, pairs: changed } : { ...this.taken, scenes: changed };
    this.#draw();
    this.onChange(this.taken);
  }

  #draw() {
    const { scenes, edges } = picture(this.network, this.taken);
    const kept = edges.filter((edge) => !edge.isRemoved);
    this.drawing.update(scenes, edges);
    replace(this.caption, t("network.caption", {
      scenes: tCount("network.scenes", scenes.filter((scene) => !scene.reason).length),
      pairs: tCount("network.pairs", kept.reduce((sum, edge) => sum + edge.count, 0)),
      span: spanOf(kept),
    }));
    this.#drawLegend(scenes, edges, kept);
    const count = this.taken.pairs.length + this.taken.scenes.length;
    replace(this.advice, this.onChange && h("p", { class: "small quiet" }, t("network.advice")), count > 0
      && h("button", { class: "button", type: "button", dataset: { control: "network-all" },
        onclick: () => this.#putBack() }, icon("restart"), tCount("network.putBack", count)));
    this.sceneTable.show(scenes, (scene) => !scene.isRemoved);
    this.pairTable.show(edges, (edge) => !edge.isRemoved);
  }

  #drawLegend(scenes, edges, kept) {
    const useless = kept.filter((edge) => !edge.isUseful).length, gone = edges.length - kept.length;
    const line = (kind, words) => h("li", {}, legendLine(kind), words);
    replace(this.legend, line("useful", t("network.useful")),
      useless > 0 && line("useless", tCount("network.useless", useless)),
      gone > 0 && line("removed", tCount("network.removed", gone)),
      scenes.some((scene) => scene.cloud !== null) && h("li", {}, [0, 0.3, 1].map(legendDot), t("network.clouds")));
  }

  #putBack() {
    this.taken = { pairs: [], scenes: [] };
    this.#draw();
    this.onChange(this.taken);
  }

  #table(name, columns) {
    const kind = name === "pairs" ? "pair" : "scene";
    const use = { id: "use", title: t("network.use"), cell: (row) => h("label", { class: "check check-only" },
      h("input", { type: "checkbox", "aria-label": t("network.useNamed", { name: row.title }),
        dataset: { row: row.name }, onchange: () => this.toggle(kind, row.name) })) };
    const table = new Table({ caption: t(name === "pairs" ? "network.table" : "network.scenesTable"),
      key: (row) => row.name, columns: this.onChange ? [use, ...columns] : columns });
    table.show = (rows, isUsed) => {
      table.update(rows);
      const used = new Map(rows.map((row) => [row.name, isUsed(row)]));
      for (const box of table.body.querySelectorAll("input[data-row]")) box.checked = used.get(box.dataset.row);
    };
    return table;
  }
}

/** Tables of hundreds of pairs are made when someone looks at them. */
function fold(title, table) {
  return h("details", { class: "fold" }, h("summary", { class: "small" }, title),
    h("div", { class: "inside" }, table.element));
}

function pairColumns() {
  return [
    { id: "first", title: t("network.first"), isHead: true, cell: (edge) => format.date(edge.dates[0]) },
    { id: "second", title: t("network.second"), cell: (edge) => format.date(edge.dates[1]) },
    { id: "days", title: t("network.separation"), isNumber: true, cell: (edge) => format.number(edge.days) },
    { id: "useful", title: t("network.usefulHead"), cell: usefulness },
  ];
}

function usefulness(edge) {
  if (edge.isRemoved) return t("network.isRemoved");
  return edge.isUseful ? t("value.yes") : edge.reason || t("value.no");
}

function sceneColumns() {
  return [
    { id: "date", title: t("results.date"), isHead: true,
      cell: (scene) => [h("span", { class: "nowrap" }, format.date(scene.date)),
        h("span", { class: "cell-note break" }, scene.name)] },
    { id: "cloud", title: t("network.cloudHead"), isNumber: true,
      cell: (scene) => (scene.cloud === null ? "–" : format.percent(scene.cloud)) },
    { id: "pairs", title: t("network.pairsHead"), isNumber: true,
      cell: (scene) => scene.reason || format.integer(scene.pairs) },
  ];
}

/**
 * What is drawn: scenes with their pairs, and one edge for each two scenes, whichever way they are matched.
 *
 * @param {Network} network
 * @param {TakenOut} taken what the user has just taken out counts before the server knows of it
 */
export function picture(network, taken) {
  const names = network.scenes.map((scene) => scene.name);
  const pairs = new Set(taken.pairs.flatMap((name) => [name, turned(name, network.scenes)]));
  const reasons = new Map((network.leftOut ?? []).map((one) => [one.scene, one.isRemoved ? "" : one.reason]));
  const edges = new Map();
  for (const pair of [...network.pairs, ...network.removed ?? []]) {
    const name = `${names[pair.first]}:${names[pair.second]}`;
    const dates = [pair.first, pair.second].map((place) => network.scenes[place].date);
    const isRemoved = pairs.has(name) || [pair.first, pair.second].some((place) => taken.scenes.includes(names[place]));
    const old = edges.get(name);
    edges.set(name, { name, first: pair.first, second: pair.second, dates, days: pair.days, isRemoved,
      isUseful: pair.useful !== false, reason: declaredText(pair.reason), count: (old?.count ?? 0) + 1,
      title: `${format.date(dates[0])} – ${format.date(dates[1])}` });
  }
  const list = [...edges.values()];
  const scenes = network.scenes.map((scene, place) => {
    const isRemoved = taken.scenes.includes(scene.name);
    const own = list.filter((edge) => !edge.isRemoved && (edge.first === place || edge.second === place)).length;
    return { ...scene, cloud: scene.cloud ?? null, isRemoved, pairs: own, title: format.date(scene.date),
      reason: isRemoved ? t("network.isRemoved") : own > 0 ? "" : reasons.get(place) ?? "" };
  });
  return { scenes, edges: list };
}

/** SECOND:FIRST of FIRST:SECOND; names may hold colons themselves. */
function turned(name, scenes) {
  const known = new Set(scenes.map((scene) => scene.name));
  for (let colon = name.indexOf(":"); colon >= 0; colon = name.indexOf(":", colon + 1)) {
    const [first, second] = [name.slice(0, colon), name.slice(colon + 1)];
    if (known.has(first) && known.has(second)) return `${second}:${first}`;
  }
  return name;
}

function spanOf(edges) {
  if (edges.length === 0) return "–";
  const days = edges.map((edge) => edge.days);
  const [low, high] = [Math.min(...days), Math.max(...days)];
  return low === high ? tCount("network.days", low)
                      : t("network.span", { low: format.number(low), high: format.number(high) });
}
