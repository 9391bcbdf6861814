// SPDX-License-Identifier: Apache-2.0
import { emptyBox, loadingBox } from "../components/problem.js";
import { unitText } from "../components/words.js";
import { h, replace, saveFile } from "../dom.js";
import { measurement } from "../format.js";
import { ArrowLayer } from "./arrows.js";
import { FlowLayer } from "./flow.js";
import { FloatLayer } from "./floatlayer.js";
import { FloatTiles, tileGrid } from "./floattiles.js";
import { usualLook, unitSentence } from "./legend.js";
import { loadLibrary } from "./library.js";
import { mapImage } from "./mapimage.js";
import { libraryProblem, mapFrame } from "./mapscreen.js";
import { MapView } from "./mapview.js";
import { Controls } from "./results-controls.js";
import { Readings } from "./results-readings.js";
import { stepSlider } from "./stepslider.js";
import { Swipe } from "./swipe.js";

/**
 * The map of a job's results.
 *
 * @param {HTMLElement} root
 * @param {Object} context of the shell
 */
export async function mount(root, context) {
  const { api, t, route } = context;
  replace(root, loadingBox());
  const id = route.parameters.id;
  const description = await api.get(`/api/jobs/${encodeURIComponent(id)}/layers`);
  context.setTitle?.(t("results.title", { title: description.title }));
  if (description.layers.length === 0) {
    replace(root, h("h1", { class: "visually-hidden" }, t("results.title", { title: description.title })),
      emptyBox("map", t("results.none"), t("results.noneYet"),
        h("a", { class: "button", href: `#/jobs/${id}` }, t("results.job"))));
    return undefined;
  }
  let ol;
  try {
    ol = await loadLibrary();
  } catch {
    return libraryProblem(root, t("results.title", { title: description.title }));
  }
  const screen = new ResultsScreen(ol, root, context, description);
  await screen.start(root);
  return () => screen.close();
}

class ResultsScreen {
  #tiles = new Map();
  #looks = new Map();
  #slider = null;

  constructor(ol, root, context, description) {
    this.ol = ol;
    this.context = context;
    this.description = description;
    this.address = `/api/jobs/${encodeURIComponent(context.route.parameters.id)}/layers`;
    this.layers = new Map(description.layers.map((layer) => [layer.name, layer]));
    this.state = stateOf(context.route.query, description, this.layers);
    const tiles = (name) => this.tilesOf(name);
    this.view = new MapView(ol,
      { label: context.t("results.mapOf", { title: description.title }), grid: description.grid,
      basemap: context.settings.basemap });
    this.float = new FloatLayer(ol, { view: this.view, tiles });
    this.arrows = new ArrowLayer(ol, this.view, tiles);
    this.flow = new FlowLayer(ol, this.view, tiles);
    this.swipe = new Swipe(ol, this.view, tiles);
    this.stepPlace = h("div", { class: "map-steps" });
    this.readings = new Readings(this, this.state.points, this.state.reference);
  }

  async start(root) {
    await this.#complete();
    this.controls = new Controls(this);
    this.#layOut(root);
    this.view.useReading((coordinate) => this.#reading(coordinate));
    this.view.map.addLayer(this.arrows.layer);
    this.#drawSlider();
    this.draw();
    this.view.fit(this.description.grid.bounds ?? this.layer.bounds);
    this.readings.begin();
  }

  /** The layer that is chosen: of a series, that of its step. */
  get layer() {
    const series = this.series;
    return this.layers.get(series ? series.steps[this.state.step].layer : this.state.layer);
  }

  get series() {
    return (this.description.series ?? []).find((one) => one.name === this.state.series) ?? null;
  }

  /** The layer that is coloured: the chosen one, or its sigma. */
  get shown() {
    const sigma = this.layer.sigma;
    return this.state.uncertainty === "sigma" && sigma ? this.layers.get(sigma) ?? this.layer : this.layer;
  }

  /** The motion that flows: that of the arrows, else the mean velocity, else the first; null where there is none. */
  get flowArrows() {
    const all = this.description.arrows ?? [];
    return all.find((one) => one.name === this.state.arrows) ?? all.find((one) => one.name === "velocity") ?? all[0]
      ?? null;
  }

  /** The look of a layer; all steps of a series share one, so that their colours compare. */
  lookOf(layer) {
    const key = this.#seriesOf(layer)?.name ?? `layer ${layer.name}`;
    if (!this.#looks.has(key)) this.#looks.set(key, usualLook(this.standIn(layer)));
    return this.#looks.get(key);
  }

  /** What the legend of a layer describes: of a step, its whole series. */
  standIn(layer) {
    const series = this.#seriesOf(layer);
    return series ? spanning(series, this.layers) : layer;
  }

  /** Brings the map in line with the state. */
  draw() {
    const layer = this.shown;
    const look = this.lookOf(layer);
    look.fade = this.state.uncertainty === "fade" && layer.sigma ? this.fadeOf(layer) : null;
    const isFirst = !this.float.layer;
    this.float.show(layer, look);
    if (isFirst) this.view.map.addLayer(this.float.layer);
    const other = this.state.compare ? this.layers.get(this.state.compare) : null;
    this.swipe.show(other, other && this.lookOf(other), other?.title ?? "");
    const arrows = (this.description.arrows ?? []).find((one) => one.name === this.state.arrows);
    this.arrows.show(arrows ?? null, arrows ? this.arrowSpeed(arrows) : 1, layer.maximumZoom);
    const flow = this.state.flow ? this.flowArrows : null;
    this.flow.show(flow, flow ? this.arrowSpeed(flow) : 1, layer.maximumZoom);
    this.context.replaceQuery(this.#query());
  }

  /** Another layer, series or compared layer was chosen: controls and readings follow. */
  async choose(changes) {
    const before = this.series;
    Object.assign(this.state, changes);
    if (this.series && this.series !== before) this.state.step = this.series.steps.length - 1;
    if (this.series !== before) this.#drawSlider();
    await this.#complete();
    this.controls.draw();
    this.draw();
    this.readings.layerChanged();
  }

  /** The grid of a layer's tiles. */
  tileGridOf(layer) {
    return tileGrid(this.ol, this.view.grid, layer.maximumZoom ?? 14);
  }

  /** The sigma at which fading has taken the colour: the layer's own spread, or the usual sigma three times over. */
  fadeOf(layer) {
    const sigma = this.layers.get(layer.sigma);
    return (sigma?.percentiles?.[1] ?? 1) * 3 || 1;
  }

  /** The speed that the longest arrow stands for. */
  arrowSpeed(arrows) {
    const parts = [arrows.east, arrows.north].map((name) => this.layers.get(name)?.percentiles ?? [0, 0, 1]);
    return Number(Math.max(...parts.flatMap(([low, , high]) => [Math.abs(low), Math.abs(high)])).toPrecision(1)) || 1;
  }

  async savePicture() {
    const layer = this.shown;
    const look = this.lookOf(layer);
    const step = this.series?.steps[this.state.step].date;
    const blob = await mapImage({ view: this.view, swipe: this.swipe, title: this.description.title,
      sentence: [unitSentence(layer), step].filter(Boolean).join(" · "),
      look: layer.kind === "flags" || layer.kind === "mask" ? null : look });
    saveFile(`${layer.name}.png`, blob, "image/png");
  }

  close() {
    this.#slider?.stop();
    this.readings.close();
    this.flow.close();
    this.swipe.close();
    this.view.close();
  }

  /** Asks for the statistics of what is shown; long lists come without them. */
  async #complete() {
    const { compare, arrows: name } = this.state;
    const all = this.description.arrows ?? [];
    const arrows = all.find((one) => one.name === name) ?? (this.state.flow ? this.flowArrows : null);
    const steps = this.series?.steps ?? [];
    const names = [this.layer.name, this.layer.sigma, compare, arrows?.east, arrows?.north,
      steps.at(steps.length / 2)?.layer, steps.at(-1)?.layer];
    const known = (one) => one.percentiles || one.classes || one.isComplete;
    const missing = [...new Set(names)].map((one) => this.layers.get(one)).filter((one) => one && !known(one));
    await Promise.all(missing.map(async (layer) => {
      layer.isComplete = true;
      try {
        Object.assign(layer, await this.context.api.get(`${this.address}/${encodeURIComponent(layer.name)}`));
      } catch (error) {
        this.context.toast(error);
      }
    }));
  }

  #seriesOf(layer) {
    return (this.description.series ?? []).find((one) => one.steps.some((step) => step.layer === layer.name));
  }

  #layOut(root) {
    const { t } = this.context;
    const id = this.context.route.parameters.id;
    replace(root, mapFrame({
      title: t("results.title", { title: this.description.title }),
      crumb: h("a", { href: `#/jobs/${id}` }, t("results.job")), heading: this.description.title,
      side: this.controls.element, stage: [this.view.element, this.readings.toolbar, this.stepPlace],
      drawer: this.readings.element,
    }));
  }

  #drawSlider() {
    this.#slider?.stop();
    this.#slider = null;
    const series = this.series;
    if (!series) return replace(this.stepPlace);
    this.#slider = stepSlider({ steps: series.steps, start: this.state.step, onStep: (index) => this.#step(index) });
    replace(this.stepPlace, this.#slider.element);
  }

  /** Shows a date of the series and waits until its tiles are there, so that play never runs ahead. */
  #step(index) {
    this.state.step = index;
    const isDrawn = new Promise((resolve) => { this.view.map.once("rendercomplete", resolve); });
    this.draw();
    return isDrawn;
  }

  #reading(coordinate) {
    const value = this.float.valueAt(coordinate);
    if (value === undefined) return "";
    const layer = this.shown;
    if (!Number.isFinite(value)) return this.context.t("results.noValue");
    const named = layer.classes?.find((entry) => entry.value === value)?.name;
    if (named) return this.readings.className(named);
    const sigma = layer === this.layer ? this.float.sigmaAt(coordinate) : undefined;
    return `${measurement(value, sigma)}${layer.unit && layer.unit !== "1" ? ` ${unitText(layer.unit)}` : ""}`;
  }

  #query() {
    const { layer, series, compare, uncertainty, arrows, flow } = this.state;
    const points = this.readings.points.map((place) => place.map((part) => part.toFixed(6)).join(",")).join(";");
    return { layer: series ? null : layer, series, step: series ? this.series.steps[this.state.step].date : null,
      compare,
      uncertainty: uncertainty === "none" ? null : uncertainty, arrows, flow: flow ? "1" : null, points: points || null,
      reference: this.readings.reference.address };
  }

  /** The tiles of a layer by its name. */
  tilesOf(name) {
    if (!this.#tiles.has(name)) {
      this.#tiles.set(name, new FloatTiles(`${this.address}/${encodeURIComponent(name)}/tiles`,
        (address) => this.#tile(address)));
    }
    return this.#tiles.get(name);
  }

  async #tile(address) {
    const response = await fetch(address, { credentials: "same-origin" });
    if (response.status === 404 || response.status === 204) return null;
    if (!response.ok) throw new Error(`${response.status}`);
    return response.arrayBuffer();
  }
}

/** What an address asks for, else the speed, else the first layer. */
function stateOf(query, description, layers) {
  const series = (description.series ?? []).find((one) => one.name === query.get("series"));
  // The last date has most to show.
  const found = series ? series.steps.findIndex((one) => one.date === query.get("step")) : 0;
  const step = found < 0 ? series.steps.length - 1 : found;
  const usual = description.layers.find((layer) => /^speed$/.test(layer.name)) ?? description.layers[0];
  const named = (name) => (layers.has(query.get(name)) ? query.get(name) : null);
  const points = placesOf(query.get("points"));
  return { layer: named("layer") ?? usual.name, series: series?.name ?? null, step, compare: named("compare"),
    uncertainty: ["fade", "sigma"].includes(query.get("uncertainty")) ? query.get("uncertainty") : "none",
    arrows: query.get("arrows"), flow: query.get("flow") === "1", points,
    reference: placesOf(query.get("reference")) };
}

/** `x,y;x,y` as places. */
function placesOf(text) {
  return (text ?? "").split(";").map((part) => part.split(",").map(Number))
    .filter((place) => place.length === 2 && place.every(Number.isFinite));
}

/** A layer that stands for all steps of a series: the widest of their ranges. */
function spanning(series, layers) {
  const steps = series.steps.map((step) => layers.get(step.layer)).filter(Boolean);
  const last = steps.at(-1);
  const widest = (ends) => (ends.length === 0 ? null
    : [Math.min(...ends.map((end) => end[0])), 0, Math.max(...ends.map((end) => end.at(-1)))]);
  const percentiles = widest(steps.map((layer) => layer.percentiles).filter(Boolean));
  const range = widest(steps.map((layer) => layer.range).filter(Boolean));
  const kind = steps.some((layer) => layer.kind === "signed") ? "signed" : last.kind;
  return { ...last, title: series.title, unit: series.unit, kind, percentiles, range: range && [range[0], range[2]] };
}
