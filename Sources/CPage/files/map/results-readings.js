// SPDX-License-Identifier: Apache-2.0
import { icon } from "../components/icons.js";
import { areaStatistics } from "./areastatistics.js";
import { announce } from "../components/toast.js";
import { h, replace, uniqueID } from "../dom.js";
import { hasWords, t } from "../i18n.js";
import { plainTitle } from "./legend.js";
import { field } from "./mapscreen.js";
import { areaTable, pointTable, positionText, profileChart, seriesChart } from "./results-charts.js";
import { parsePosition } from "./positions.js";
import { Reference } from "./results-reference.js";
import { Sketch } from "./sketch.js";

const most = 5;
const tools = { points: { type: "Point", sign: "series" }, line: { type: "LineString", sign: "pencil" },
  area: { type: "Polygon", sign: "area" }, reference: { type: "Point", sign: "scan" } };

/** What is read off the map: values and series at up to five points, a profile along a line, the mean of an area. */
export class Readings {
  #screen;
  #api;
  #source;
  #sketch;
  #tool = "points";
  #line = null;
  #area = null;
  #quantity = null;
  #turn = 0;

  /**
   * @param {ResultsScreen} screen
   * @param {Array<[number, number]>} points those of the address
   * @param {Array<[number, number]>} reference that of the address: a place, or the corners of an area
   */
  constructor(screen, points, reference) {
    this.#screen = screen;
    this.#api = screen.context.api;
    this.points = points.slice(0, most);
    this.reference = new Reference(screen.view, reference);
    this.#source = new screen.ol.source.Vector();
    screen.view.map.addLayer(new screen.ol.layer.Vector({ source: this.#source, zIndex: 30,
      style: markStyle(screen.ol) }));
    this.#sketch = new Sketch(screen.ol, screen.view, announce);
    this.toolbar = h("div", { class: "map-tools", role: "toolbar", "aria-label": t("results.tools") });
    this.element = h("section", { class: "map-drawer", "aria-label": t("results.readings"), tabindex: "-1" });
    this.#drawTools();
  }

  /** Shows the points of the address and waits for more. */
  begin() {
    this.#choose("points");
  }

  /** Another layer is shown: what was read is read off it. */
  layerChanged() {
    void this.#read();
  }

  /** The name of a class in the reader's language. */
  className(name) {
    return hasWords(`map.class.${name}`) ? t(`map.class.${name}`) : name;
  }

  close() {
    this.#turn += 1;
    this.#sketch.close();
  }

  #drawTools() {
    const button = ([name, { sign }]) => h("button", { class: "button map-tool", type: "button",
      "aria-pressed": String(name === this.#tool), onclick: () => this.#choose(name) }, icon(sign),
      h("span", {}, t(`results.tool.${name}`)));
    // Without series there is nothing that a reference is taken off.
    const useful = Object.entries(tools).filter(([name]) => name !== "reference" || this.#hasSeries);
    replace(this.toolbar, useful.map(button));
  }

  get #hasSeries() {
    const { hasCube, series } = this.#screen.description;
    return hasCube || (series ?? []).length > 0;
  }

  #choose(name) {
    this.#tool = name;
    this.#drawTools();
    const type = name === "reference" ? this.reference.kind : tools[name].type;
    this.#sketch.start({ type, onDone: (geometry) => this.#taken(geometry) });
    this.#drawMarks();
    void this.#read();
  }

  #taken(geometry) {
    const { view } = this.#screen;
    if (this.#tool === "reference") return this.#setReference(geometry);
    if (this.#tool === "points") this.#addPoint(view.toPlace(geometry.getCoordinates()));
    else if (this.#tool === "line") this.#line = geometry.getCoordinates().map((corner) => view.toPlace(corner));
    else this.#area = geometry;
    if (this.#tool === "points") return;
    this.#drawMarks();
    void this.#read();
  }

  /** Another reference, or none: what is read at the points is read again. */
  #setReference(geometry) {
    this.reference.take(geometry);
    this.#screen.draw();
    announce(geometry ? t("results.reference.set") : t("results.reference.none"));
    this.#choose("points");
  }

  #addPoint(place) {
    // A sixth point takes the place of the oldest.
    this.points = [...this.points, place].slice(-most);
    this.#pointsChanged();
  }

  #pointsChanged() {
    this.#drawMarks();
    this.#screen.draw();
    void this.#read();
  }

  #drawMarks() {
    const { ol, view } = this.#screen;
    this.#source.clear();
    const add = (geometry, mark) => this.#source.addFeature(Object.assign(new ol.Feature(geometry), { mark }));
    this.points.forEach((place, index) => add(new ol.geom.Point(view.toMap(place)), { number: index + 1 }));
    const reference = this.reference.geometry(ol);
    if (reference) add(reference, { isReference: true });
    const line = this.#tool === "line" && this.#line?.map((place) => view.toMap(place));
    if (line) add(new ol.geom.LineString(line), {});
    if (this.#area && this.#tool === "area") add(this.#area, {});
  }

  /** Asks the server for what the tool reads; an answer that comes after another question is dropped. */
  async #read() {
    this.#turn += 1;
    const turn = this.#turn;
    this.element.setAttribute("aria-busy", "true");
    try {
      const content = await this.#content();
      if (turn === this.#turn) this.#show(content);
    } catch (error) {
      if (turn === this.#turn) this.#show(h("p", { role: "alert" }, error.detail || error.message));
    }
  }

  #content() {
    if (this.#tool === "line") return this.#line ? this.#profile() : this.#advice("results.lineAdvice");
    if (this.#tool === "reference") return this.#referenceContent();
    if (this.#tool === "area") return this.#area ? this.#mean() : this.#advice("results.areaAdvice");
    return this.points.length > 0 ? this.#pointsContent() : this.#advice("results.pointsAdvice");
  }

  #referenceContent() {
    const name = uniqueID("reference");
    const kinds = ["Point", "Polygon"].map((kind) => h("label", { class: "check" },
      h("input", { type: "radio", name, checked: this.reference.kind === kind,
        dataset: { control: `reference-${kind}` }, onchange: () => {
          this.reference.kind = kind;
          this.#choose("reference");
        } }), t(`results.reference.${kind}`)));
    return [h("fieldset", { class: "field reference-kinds" }, h("legend", {}, t("results.reference.choose")), kinds),
      this.reference.isSet && this.reference.note(undefined, () => this.#setReference(null)),
      this.#advice(`results.referenceAdvice.${this.reference.kind}`)];
  }

  #advice(key) {
    const finish = this.#sketch.type !== "Point"
      && h("button", { class: "button", type: "button", onclick: () => this.#sketch.finish() }, t("map.finish"));
    return h("div", { class: "cluster drawer-advice" }, h("p", { class: "quiet" }, t(key)), this.#placeForm(), finish);
  }

  async #pointsContent() {
    const layer = this.#screen.shown;
    const base = this.#screen.address;
    const at = (place) => place.map((part) => part.toFixed(7)).join(",");
    const readings = await Promise.all(this.points.map((place) =>
      this.#api.get(`${base}/${encodeURIComponent(layer.name)}/point?at=${at(place)}`)));
    const hasSeries = this.#hasSeries;
    const against = this.reference.isSet ? { reference: this.reference.places } : {};
    const answer = hasSeries ? await this.#api.post(`${base}/series`, { points: this.points, ...against }) : null;
    const table = pointTable({ layer, points: this.points, readings, isPixel: this.#screen.view.isPixel,
      className: this.className, onRemove: (index) => {
        this.points = this.points.filter((_, place) => place !== index);
        this.#pointsChanged();
      } });
    const address = this.reference.address;
    const query = `?points=${this.points.map(at).join(";")}${address ? `&reference=${address}` : ""}`;
    const note = hasSeries && address && this.reference.note(answer.reference?.count, () => this.#setReference(null));
    const links = hasSeries && h("div", { class: "cluster" },
      download(`${base}/series.csv${query}`, t("results.csv")),
        download(`${base}/series.gpkg${query}`, t("results.geopackage")));
    const chart = answer && this.#series(answer);
    return [h("div", { class: "drawer-column" }, table, this.#placeForm(), note, links),
      chart && h("div", { class: "drawer-chart" }, chart)];
  }

  #series(answer) {
    const names = answer.series.map((one) => one.name);
    if (names.length === 0) return h("p", { class: "quiet" }, t("results.noSeriesHere"));
    this.#quantity = names.includes(this.#quantity) ? this.#quantity
      : names.find((name) => name === this.#screen.state.series) ?? names[0];
    const place = h("div", {});
    const draw = () => {
      const one = answer.series.find((each) => each.name === this.#quantity);
      replace(place, seriesChart(one), this.reference.isSet && !one.isRelative
        && h("p", { class: "small quiet" }, t("results.reference.notHere")));
    };
    const select = h("select", { id: uniqueID("quantity"), onchange: (event) => {
      this.#quantity = event.target.value;
      draw();
    } },
      answer.series.map((one) => h("option", { value: one.name, selected: one.name === this.#quantity },
        plainTitle(one.title))));
    draw();
    return [names.length > 1 && field(t("results.quantity"), select), place];
  }

  async #profile() {
    const layer = this.#screen.shown;
    const base = `${this.#screen.address}/${encodeURIComponent(layer.name)}/profile`;
    const answer = await this.#api.post(base, { line: this.#line, count: 400 });
    const corners = this.#line.map((place) => place.map((part) => part.toFixed(7)).join(",")).join(";");
    const query = `?line=${corners}&count=400`;
    return [h("div", { class: "drawer-column" },
      h("p", {}, t("results.profileOf", { title: plainTitle(layer.title) })),
      h("div", { class: "cluster" }, download(`${base}.csv${query}`, t("results.csv")),
        download(`${base}.gpkg${query}`, t("results.geopackage")),
        this.#clearButton(() => { this.#line = null; }))),
    h("div", { class: "drawer-chart" }, profileChart(layer, answer))];
  }

  async #mean() {
    const layer = this.#screen.shown;
    const answer = await areaStatistics({ tileGrid: this.#screen.tileGridOf(layer),
      tiles: this.#screen.tilesOf(layer.name),
      area: this.#area });
    const content = answer ? areaTable(layer, answer) : h("p", {}, t("results.noValue"));
    return h("div", { class: "drawer-column" }, content, this.#clearButton(() => { this.#area = null; }));
  }

  #clearButton(clear) {
    return h("button", { class: "button", type: "button", onclick: () => {
      clear();
      this.#drawMarks();
      void this.#read();
    } }, icon("trash"), t("map.clear"));
  }

  /** A place typed instead of clicked: a point, or a corner of the line or area. */
  #placeForm() {
    const { view } = this.#screen;
    const input = h("input",
      { type: "text", id: uniqueID("at"), autocomplete: "off",
      placeholder: view.isPixel ? "512, 340" : "46.53, 7.96" });
    const problem = h("span", { class: "error", role: "alert" });
    const submit = (event) => {
      event.preventDefault();
      const place = parsePosition(input.value, view.isPixel);
      problem.textContent = place ? "" : t("map.notAPlace");
      if (!place) return;
      input.value = "";
      this.#sketch.add(view.toMap(place));
    };
    return h("form", { class: "field place-form", onsubmit: submit },
      h("label", { for: input.id }, t(`results.type.${this.#tool}`)),
      h("div", { class: "input-row" }, input, h("button", { class: "button", type: "submit" }, t("map.add"))), problem);
  }

  #show(content) {
    this.element.removeAttribute("aria-busy");
    const hadFocus = this.element.contains(document.activeElement);
    replace(this.element, content);
    if (hadFocus) this.element.querySelector("input, button")?.focus({ preventScroll: true });
    const { view } = this.#screen;
    if (this.#tool === "points" && this.points.length > 0) {
      announce(t("results.pointRead", { number: this.points.length,
        place: positionText(this.points.at(-1), view.isPixel) }));
    }
  }
}

function download(address, words) {
  return h("a", { class: "button", href: address, download: "" }, icon("download"), words);
}

/** Numbered discs for points; a line of two colours that shows on every ground. */
function markStyle(ol) {
  const colours = ["#0b639b", "#b3480a", "#17693b", "#7b3fa0", "#8f1d4f"];
  const white = new ol.style.Stroke({ color: "#ffffff", width: 6 });
  const dark = new ol.style.Stroke({ color: "#111a22", width: 2.5 });
  const violet = new ol.style.Stroke({ color: "#6a1b9a", width: 2.5, lineDash: [8, 5] });
  const reference = [new ol.style.Style({ stroke: white, fill: new ol.style.Fill({ color: "rgba(106,27,154,.10)" }),
    image: new ol.style.RegularShape({ points: 4, radius: 11, fill: new ol.style.Fill({ color: "#ffffff" }) }) }),
  new ol.style.Style({ stroke: violet,
    image: new ol.style.RegularShape({ points: 4, radius: 8, fill: new ol.style.Fill({ color: "#6a1b9a" }) }) })];
  return (feature) => {
    const { number, isReference } = feature.mark ?? {};
    if (isReference) return reference;
    if (!number) return [new ol.style.Style({ stroke: white }),
      new ol.style.Style({ stroke: dark, fill: new ol.style.Fill({ color: "rgba(255,255,255,.12)" }) })];
    return new ol.style.Style({
      image: new ol.style.Circle({ radius: 10, fill: new ol.style.Fill({ color: colours[number - 1] }),
        stroke: new ol.style.Stroke({ color: "#ffffff", width: 2 }) }),
      text: new ol.style.Text({ text: String(number), font: "700 12px system-ui, sans-serif",
        fill: new ol.style.Fill({ color: "#ffffff" }), offsetY: 1 }),
    });
  };
}
