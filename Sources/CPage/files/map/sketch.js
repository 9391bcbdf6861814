// SPDX-License-Identifier: Apache-2.0
import { t } from "../i18n.js";

const fewest = { Point: 1, Box: 2, LineString: 2, Polygon: 3 };

/**
 * Draws one shape after the other on a map, by pointer or by keys.
 *
 * By keys a shape grows at the cross in the middle of the view: Enter sets a corner, Backspace takes the last one away,
 * Enter twice at one place ends the shape, Escape gives it up.
 */
export class Sketch {
  #ol;
  #view;
  #draw = null;
  #snap = null;
  #options = null;
  #corners = [];
  #preview;
  #onKey = (event) => this.#key(event);

  /**
   * @param {Object} ol the library
   * @param {MapView} view
   * @param {(text: string) => void} announce tells screen readers how far the shape is
   */
  constructor(ol, view, announce) {
    this.#ol = ol;
    this.#view = view;
    this.announce = announce;
    this.#preview = new ol.layer.Vector({ source: new ol.source.Vector(), zIndex: 40, style: previewStyle(ol) });
    view.map.addLayer(this.#preview);
    view.canvas.addEventListener("keydown", this.#onKey);
  }

  /** What is drawn now: "Point", "LineString", "Polygon", "Box", or null. */
  get type() {
    return this.#options?.type ?? null;
  }

  /**
   * Begins to draw; another shape follows each until `stop`.
   *
   * @param {Object} options
   * @param {"Point"|"LineString"|"Polygon"|"Box"} options.type
   * @param {(geometry: Object) => void} options.onDone takes the geometry in coordinates of the view
   * @param {Object} [options.snapTo] a source of features whose corners and edges catch the pointer
   */
  start(options) {
    this.stop();
    this.#options = options;
    const isBox = options.type === "Box";
    this.#draw = new this.#ol.interaction.Draw({
      type: isBox ? "Circle" : options.type,
        geometryFunction: isBox ? this.#ol.interaction.Draw.createBox() : undefined,
      stopClick: true, style: previewStyle(this.#ol),
    });
    this.#draw.on("drawend", (event) => options.onDone(event.feature.getGeometry()));
    this.#view.map.addInteraction(this.#draw);
    if (options.snapTo) {
      // Last among the interactions, so that it moves the pointer before the others see it.
      this.#snap = new this.#ol.interaction.Snap({ source: options.snapTo, pixelTolerance: 9 });
      this.#view.map.addInteraction(this.#snap);
    }
    this.#view.element.classList.add("map-drawing");
  }

  /** Ends drawing and drops what is not finished. */
  stop() {
    for (const one of [this.#draw, this.#snap]) if (one) this.#view.map.removeInteraction(one);
    this.#draw = null;
    this.#snap = null;
    this.#options = null;
    this.#setCorners([]);
    this.#view.element.classList.remove("map-drawing");
  }

  /** Adds a corner at a coordinate of the view, as typed or set by a key. */
  add(coordinate) {
    if (!this.#options) return;
    this.#setCorners([...this.#corners, coordinate]);
    const { type } = this.#options;
    if (type === "Point" || (type === "Box" && this.#corners.length === 2)) this.finish();
    else this.announce(t("map.cornerAdded", { count: this.#corners.length }));
  }

  /** Ends the shape where it has corners enough. */
  finish() {
    if (!this.#options || this.#corners.length < fewest[this.#options.type]) {
      return this.announce(t("map.tooFewCorners"));
    }
    const { type, onDone } = this.#options;
    const shape = shapeOf(this.#ol, type, this.#corners);
    this.#setCorners([]);
    onDone(shape);
  }

  /** Takes away the last corner of the shape that is being drawn. */
  undo() {
    if (this.#corners.length > 0) this.#setCorners(this.#corners.slice(0, -1));
    else this.#draw?.removeLastPoint();
  }

  close() {
    this.stop();
    this.#view.canvas.removeEventListener("keydown", this.#onKey);
    this.#view.map.removeLayer(this.#preview);
  }

  #key(event) {
    if (!this.#options || event.ctrlKey || event.metaKey || event.altKey) return;
    const middle = this.#view.map.getView().getCenter();
    if (event.key === "Enter") {
      const last = this.#corners.at(-1);
      if (last && last[0] === middle[0] && last[1] === middle[1]) this.finish();
      else this.add(middle);
    } else if (event.key === "Backspace") {
      this.undo();
    } else if (event.key === "Escape") {
      this.#setCorners([]);
      this.#draw?.abortDrawing();
    } else {
      return;
    }
    event.preventDefault();
  }

  #setCorners(corners) {
    this.#corners = corners;
    const source = this.#preview.getSource();
    source.clear();
    if (corners.length === 0) return;
    source.addFeature(new this.#ol.Feature(new this.#ol.geom.MultiPoint(corners)));
    if (corners.length > 1) source.addFeature(new this.#ol.Feature(new this.#ol.geom.LineString(corners)));
  }
}

function shapeOf(ol, type, corners) {
  if (type === "Point") return new ol.geom.Point(corners[0]);
  if (type === "LineString") return new ol.geom.LineString(corners);
  if (type === "Box") return ol.geom.Polygon.fromExtent(ol.extent.boundingExtent(corners));
  return new ol.geom.Polygon([[...corners, corners[0]]]);
}

function previewStyle(ol) {
  const edge = new ol.style.Stroke({ color: "#b3480a", width: 2.5, lineDash: [7, 5] });
  return [
    new ol.style.Style({ stroke: new ol.style.Stroke({ color: "rgba(255,255,255,.85)", width: 5 }) }),
    new ol.style.Style({ stroke: edge, fill: new ol.style.Fill({ color: "rgba(179,72,10,.12)" }),
      image: new ol.style.Circle({ radius: 5, fill: new ol.style.Fill({ color: "#b3480a" }),
        stroke: new ol.style.Stroke({ color: "#fff", width: 2 }) }) }),
  ];
}
