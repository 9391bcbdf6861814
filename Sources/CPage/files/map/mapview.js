// SPDX-License-Identifier: Apache-2.0
import { h, uniqueID } from "../dom.js";
import { locale, t } from "../i18n.js";
import { geographicText, parsePosition, utmText } from "./positions.js";

/**
 * A map that a keyboard moves as well as a mouse, with a readout of places and a scale.
 *
 * Positions outside are `[longitude, latitude]`, or `[column, row]` of an image that lies on no map; `toMap` and
 * `toPlace` turn them into and from coordinates of the view (web mercator; column and minus row).
 */
export class MapView {
  #ol;
  #readout;
  #reading = null;
  #resize;
  #fitted = null;

  /**
   * @param {Object} ol the library
   * @param {Object} options
   * @param {string} options.label what the map shows, for screen readers
   * @param {Object} [options.grid] as of `GET …/layers`; a map of the world where it is left out
   * @param {{url: string, attribution: string, maximumZoom?: number}|null} [options.basemap]
   */
  constructor(ol, { label, grid = { kind: "map" }, basemap = null }) {
    this.#ol = ol;
    this.grid = grid;
    this.isPixel = grid.kind === "pixel";
    this.projection = this.isPixel ? pixelProjection(ol, grid) : ol.proj.get("EPSG:3857");
    const help = uniqueID("map-help");
    this.canvas = h("div", { class: "map-canvas", tabindex: "0", role: "application", "aria-label": label,
      "aria-describedby": help });
    this.#readout = h("output", { class: "map-readout", "aria-live": "off" });
    this.cross = h("div", { class: "map-cross", "aria-hidden": "true" });
    this.element = h("div", { class: "map-view" }, this.canvas, this.cross, this.#readout,
      h("p", { id: help, class: "visually-hidden" }, t("map.keyboardHelp")));
    this.map = new ol.Map({
      target: this.canvas, keyboardEventTarget: this.canvas, controls: this.#controls(basemap),
      layers: this.isPixel ? [frame(ol, grid)] : basemapLayers(ol, basemap), view: this.#view(),
    });
    this.map.on("pointermove", (event) => { if (!event.dragging) this.#showReadout(event.coordinate); });
    this.map.on("moveend", () => { if (this.isByKeyboard) this.#showReadout(this.map.getView().getCenter()); });
    this.canvas.addEventListener("focus", () => this.#showReadout(this.map.getView().getCenter()));
    for (const name of ["pointerdown", "wheel", "keydown"]) {
      this.canvas.addEventListener(name, () => { this.#fitted = null; }, { passive: true });
    }
    this.#resize = new ResizeObserver(() => {
      this.map.updateSize();
      // What was fitted stays in view when the space changes, until the reader moves the map.
      if (this.#fitted) this.map.getView().fit(this.#fitted.extent, this.#fitted.options);
    });
    this.#resize.observe(this.canvas);
  }

  /** Whether the reader moves the map by keys: then things happen at the cross in the middle. */
  get isByKeyboard() {
    return this.canvas.matches(":focus-visible");
  }

  /** The place in the middle of the view. */
  get middle() {
    return this.toPlace(this.map.getView().getCenter());
  }

  /** The coordinate of the view that a place has. */
  toMap([x, y]) {
    return this.isPixel ? [x, -y] : this.#ol.proj.fromLonLat([x, y]);
  }

  /** The place of a coordinate of the view; longitudes are brought into -180 … 180. */
  toPlace([x, y]) {
    if (this.isPixel) return [x, -y];
    const [longitude, latitude] = this.#ol.proj.toLonLat([x, y]);
    return [((((longitude + 180) % 360) + 360) % 360) - 180, latitude];
  }

  /** What reads and writes GeoJSON of places. */
  get format() {
    const options = this.isPixel ? {} : { dataProjection: "EPSG:4326", featureProjection: "EPSG:3857" };
    return new this.#ol.format.GeoJSON(options);
  }

  /** Turns a geometry of places as GeoJSON into one of the view. */
  readGeometry(geometry) {
    const read = this.format.readGeometry(geometry);
    if (this.isPixel) read.applyTransform(flipRows);
    return read;
  }

  /** GeoJSON, in places, of a geometry of the view; 7 digits of a degree are a centimetre. */
  writeGeometry(geometry) {
    const copy = geometry.clone();
    if (this.isPixel) copy.applyTransform(flipRows);
    return this.format.writeGeometryObject(copy, { decimals: this.isPixel ? 2 : 7, rightHanded: true });
  }

  /** Shows a box `[west, south, east, north]`, or everything of an image where there is none. */
  fit(bounds, { animate = false, padding = 32 } = {}) {
    const extent = this.isPixel || !bounds ? this.#everything() : this.#extent(bounds);
    const isStill = !animate || matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.map.updateSize();
    const options = { padding: Array(4).fill(padding), maxZoom: this.isPixel ? undefined : 15 };
    this.#fitted = { extent, options };
    this.map.getView().fit(extent, { ...options, duration: isStill ? 0 : 250 });
  }

  /** The box of everything in a source of features, `[west, south, east, north]`. */
  toExtentOf(source) {
    const [west, south, east, north] = source.getExtent();
    const low = this.toPlace([west, this.isPixel ? north : south]);
    const high = this.toPlace([east, this.isPixel ? south : north]);
    return [low[0], low[1], high[0], high[1]];
  }

  /** The box in view, `[west, south, east, north]` degrees, not wider than the world. */
  get bounds() {
    const [west, south, east, north] = this.map.getView().calculateExtent();
    if (this.isPixel) return [west, -north, east, -south];
    const width = this.#ol.extent.getWidth(this.projection.getExtent());
    if (east - west >= width) return [-180, this.toPlace([0, south])[1], 180, this.toPlace([0, north])[1]];
    const low = this.toPlace([west, south]);
    const high = this.toPlace([east, north]);
    return [low[0], low[1], high[0], high[1]];
  }

  /** What the readout adds behind the place: a function of a coordinate that gives text. */
  useReading(reading) {
    this.#reading = reading;
  }

  /** Lets the reader type a place to go to; gives the form. */
  goToForm() {
    const field = h("input", { type: "text", id: uniqueID("place"), autocomplete: "off",
      placeholder: this.isPixel ? "512, 340" : "46.53, 7.96" });
    const problem = h("p", { class: "field-error", role: "alert" });
    const go = (event) => {
      event.preventDefault();
      const place = parsePosition(field.value, this.isPixel);
      problem.textContent = place ? "" : t("map.notAPlace");
      if (!place) return;
      const view = this.map.getView();
      view.setCenter(this.toMap(place));
      if (!this.isPixel && view.getZoom() < 9) view.setZoom(11);
    };
    return h("form", { class: "field", onsubmit: go }, h("label", { for: field.id }, t("map.goTo")),
      h("div", { class: "cluster map-tight" }, field, h("button", { class: "button", type: "submit" }, t("map.go"))),
        problem);
  }

  /** Frees what the map holds. */
  close() {
    this.#resize.disconnect();
    this.map.setTarget(null);
    this.map.dispose();
  }

  #showReadout(coordinate) {
    if (!coordinate) return;
    const place = this.toPlace(coordinate);
    const whole = new Intl.NumberFormat(locale(), { maximumFractionDigits: 0, useGrouping: false });
    const text = this.isPixel
      ? t("map.pixelPlace", { column: whole.format(place[0]), row: whole.format(place[1]) })
      : [geographicText(place, locale()), utmText(place, locale())].filter(Boolean).join("   ");
    const reading = this.#reading?.(coordinate);
    this.#readout.replaceChildren(h("span", {}, text), ...(reading ? [h("strong", {}, reading)] : []));
  }

  #extent([west, south, east, north]) {
    const limit = 85.05;
    const low = this.toMap([west, Math.max(-limit, south)]);
    const high = this.toMap([east < west ? east + 360 : east, Math.min(limit, north)]);
    return [...low, ...high];
  }

  #everything() {
    return this.isPixel ? [0, -this.grid.rows, this.grid.columns, 0] : this.projection.getExtent();
  }

  #view() {
    if (this.isPixel) {
      const side = Math.max(this.grid.columns, this.grid.rows);
      return new this.#ol.View({ projection: this.projection, center: [this.grid.columns / 2, -this.grid.rows / 2],
        resolution: Math.max(1, side / 700), minResolution: 1 / 16, maxResolution: (2 * side) / 256,
          showFullExtent: true });
    }
    return new this.#ol.View({ center: [0, 2000000], zoom: 2, minZoom: 1, maxZoom: 20, enableRotation: false });
  }

  #controls(basemap) {
    const zoom = new this.#ol.control.Zoom({ zoomInTipLabel: t("map.zoomIn"), zoomOutTipLabel: t("map.zoomOut") });
    const controls = [zoom];
    if (!this.isPixel) controls.push(new this.#ol.control.ScaleLine({ minWidth: 70 }));
    if (basemap) controls.push(new this.#ol.control.Attribution({ collapsible: false }));
    return controls;
  }
}

function flipRows(input, output, dimension) {
  for (let index = 0; index < input.length; index += dimension) {
    output[index] = input[index];
    output[index + 1] = -input[index + 1];
  }
  return output;
}

function pixelProjection(ol, grid) {
  return new ol.proj.Projection({ code: `pixels-${grid.columns}-${grid.rows}`, units: "pixels",
    extent: [0, -grid.rows, grid.columns, 0], metersPerUnit: 1 });
}

/** The edge of an image that lies on no map. */
function frame(ol, grid) {
  const ring = ol.geom.Polygon.fromExtent([0, -grid.rows, grid.columns, 0]);
  const style = new ol.style.Style({ stroke: new ol.style.Stroke({ color: "#8795a1", width: 1 }) });
  return new ol.layer.Vector({ source: new ol.source.Vector({ features: [new ol.Feature(ring)] }), style });
}

/** The operator's basemap, below lines of longitude and latitude: these alone need nothing from outside. */
function basemapLayers(ol, basemap) {
  const layers = [];
  if (basemap) {
    layers.push(new ol.layer.Tile({ source: new ol.source.XYZ({ url: basemap.url, attributions: basemap.attribution,
      maxZoom: basemap.maximumZoom ?? 19, crossOrigin: "anonymous" }) }));
  }
  const isDark = matchMedia("(prefers-color-scheme: dark)").matches && !basemap;
  const text = () => new ol.style.Text({ font: "12px system-ui, sans-serif",
    fill: new ol.style.Fill({ color: isDark ? "#a6b3bf" : "#4e5d6b" }),
    stroke: new ol.style.Stroke({ color: isDark ? "#0f151b" : "#ffffff", width: 3 }) });
  const bottom = text();
  bottom.setTextBaseline("bottom");
  const right = text();
  right.setTextAlign("end");
  layers.push(new ol.layer.Graticule({
    strokeStyle: new ol.style.Stroke({ color: isDark ? "rgba(166,179,191,.22)" : "rgba(78,93,107,.22)", width: 1 }),
    showLabels: true, wrapX: true, targetSize: 130, lonLabelStyle: bottom, latLabelStyle: right,
      lonLabelPosition: 0.03, zIndex: 12,
    intervals: [90, 45, 30, 20, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001],
    lonLabelFormatter: (value) => degrees(value, "E", t("map.west")),
      latLabelFormatter: (value) => degrees(value, "N", "S"),
  }));
  return layers;
}

function degrees(value, positive, negative) {
  const text = new Intl.NumberFormat(locale(), { maximumFractionDigits: 3 }).format(Math.abs(value));
  return `${text}°${Math.abs(value) < 1e-9 ? "" : ` ${value > 0 ? positive : negative}`}`;
}
