// SPDX-License-Identifier: Apache-2.0
import { loadingBox } from "../components/problem.js";
import { confirmDialog } from "../components/dialog.js";
import { h, replace } from "../dom.js";
import { number } from "../format.js";
import { Background } from "./digitise-background.js";
import { findings } from "./digitise-checks.js";
import { DrawingPanel } from "./digitise-panel.js";
import { classes, DrawingStore } from "./digitise-store.js";
import { boundsOf } from "./geometry.js";
import { loadLibrary } from "./library.js";
import { libraryProblem, mapFrame } from "./mapscreen.js";
import { MapView } from "./mapview.js";
import { Sketch } from "./sketch.js";

/**
 * Shapes drawn on a map: training samples and areas, ground that stands still or moves, areas to leave out or work in.
 *
 * @param {HTMLElement} root
 * @param {Object} context of the shell
 */
export async function mount(root, context) {
  replace(root, loadingBox());
  let ol;
  try {
    ol = await loadLibrary();
  } catch {
    return libraryProblem(root, context.t("digitise.title"));
  }
  const screen = new DigitiseScreen(ol, root, context);
  await screen.start();
  return () => screen.close();
}

class DigitiseScreen {
  #root;
  #source;
  #modify = null;
  #onKey = (event) => this.#key(event);
  #onLeave = (event) => { if (!this.store.isSaved) event.preventDefault(); };

  constructor(ol, root, context) {
    Object.assign(this, { ol, context, drawingID: null, kind: "training-sample", tool: "Polygon", isSnapping: true });
    this.#root = root;
    this.store = new DrawingStore();
    this.store.onChange(() => this.#changed());
    this.background = new Background(this);
    addEventListener("beforeunload", this.#onLeave);
  }

  async start() {
    const { query } = this.context.route;
    await this.background.load(query.get("job"), query.get("layer"));
    this.#makeMap();
    const id = query.get("drawing");
    if (id) await this.open(id);
  }

  /** Whether places are columns and rows of an image. */
  get isPixel() {
    return this.view.isPixel;
  }

  /** Another background: its image may lie on no map, which needs another view. */
  async useBackground(job, layer) {
    if (!(await this.#mayLeave(job))) return this.panel.draw();
    const wasPixel = this.isPixel;
    await this.background.load(job, layer);
    const isOther = wasPixel !== (this.background.grid?.kind === "pixel") || this.background.grid?.kind === "pixel";
    if (isOther) {
      if (wasPixel !== (this.background.grid?.kind === "pixel")) this.store.open([]);
      this.#endMap();
      this.#makeMap();
    } else {
      this.background.show();
      if (this.background.grid) this.view.fit(this.background.grid.bounds);
      this.panel.draw();
    }
    this.context.replaceQuery({ job, layer, drawing: this.drawingID });
  }

  /** Chooses what the pointer does: a type of shape to draw, or "edit". */
  choose(tool) {
    this.tool = tool;
    this.sketch.stop();
    if (this.#modify) this.view.map.removeInteraction(this.#modify);
    this.#modify = null;
    if (tool === "edit") this.#startEditing();
    else this.sketch.start({ type: tool, onDone: (geometry) => this.#drawn(geometry),
      snapTo: this.isSnapping ? this.#source : null });
    this.panel.drawTools();
  }

  chooseClass(kind) {
    this.kind = kind;
    this.panel.draw();
  }

  /** `Training sample 3`: what a shape is called where it has no name of its own. */
  nameOf(shape) {
    const { t } = this.context;
    if (shape.properties.label) return shape.properties.label;
    const sames = this.store.shapes.filter((one) => one.properties.class === shape.properties.class);
    return t("digitise.feature", { class: t(`digitise.one.${shape.properties.class}`),
      number: sames.indexOf(shape) + 1 });
  }

  /** The area of a polygon, square metres, or square pixels; 0 for other shapes. */
  areaOf(geometry) {
    if (!/Polygon/.test(geometry.type)) return 0;
    const shape = this.view.readGeometry(geometry);
    return this.isPixel ? shape.getArea() : this.ol.sphere.getArea(shape);
  }

  /** An area in words: 3.2 ha, 12 km², 450 px². */
  areaText(geometry) {
    const area = this.areaOf(geometry);
    if (area === 0) return "";
    if (this.isPixel) return `${number(area, 3)} px²`;
    if (area < 10_000) return `${number(area, 3)} m²`;
    return area < 1e6 ? `${number(area / 1e4, 3)} ha` : `${number(area / 1e6, 3)} km²`;
  }

  get findings() {
    return findings(this.store.shapes, { isPixel: this.isPixel, area: (geometry) => this.areaOf(geometry),
      name: (shape) => this.nameOf(shape) });
  }

  show(shape) {
    const [west, south, east, north] = boundsOf(shape.geometry);
    if (this.isPixel) this.view.map.getView().fit([west, -north, east, -south],
      { padding: [80, 80, 80, 80], minResolution: 0.25 });
    else this.view.fit([west, south, east, north], { animate: true, padding: 90 });
  }

  /** Opens a drawing that was saved. */
  async open(id) {
    if (!(await this.#mayLeave(true))) return;
    const drawing = await this.context.api.get(`/api/drawings/${encodeURIComponent(id)}`);
    this.drawingID = id;
    this.panel.name = drawing.name;
    this.store.open(drawing.features.features);
    if (this.store.shapes.length > 0) this.show({ geometry: { type: "GeometryCollection",
      geometries: this.store.shapes.map((shape) => shape.geometry) } });
    this.context.replaceQuery({ job: this.background.job, layer: this.background.layer?.name, drawing: id });
  }

  close() {
    removeEventListener("beforeunload", this.#onLeave);
    this.#endMap();
  }

  async #mayLeave(isAsked) {
    if (this.store.isSaved || !isAsked || this.store.shapes.length === 0) return true;
    const { t } = this.context;
    return confirmDialog({ title: t("digitise.leaveAsk"), content: t("digitise.leave"),
      action: t("digitise.leaveYes") });
  }

  #makeMap() {
    const { t, settings, announce } = this.context;
    const grid = this.background.grid ?? { kind: "map" };
    this.view = new MapView(this.ol, { label: t("digitise.mapOf"), grid, basemap: settings.basemap });
    this.#source = new this.ol.source.Vector();
    this.view.map.addLayer(new this.ol.layer.Vector({ source: this.#source, zIndex: 20,
      style: (feature) => shapeStyle(this.ol, feature.kind) }));
    this.sketch = new Sketch(this.ol, this.view, announce);
    this.panel = new DrawingPanel(this);
    replace(this.#root,
      mapFrame({ title: t("digitise.title"), side: this.panel.element, stage: [this.view.element, this.panel.tools] }));
    this.#root.addEventListener("keydown", this.#onKey);
    this.background.show();
    this.choose(this.tool);
    this.#changed();
    if (this.background.grid) this.view.fit(this.background.grid.bounds);
  }

  #endMap() {
    this.#root.removeEventListener("keydown", this.#onKey);
    this.background.hide();
    this.sketch?.close();
    this.view?.close();
  }

  #drawn(geometry) {
    const shape = this.store.add([{ geometry: this.view.writeGeometry(geometry), properties: { class: this.kind } }]);
    this.context.announce(this.context.t("digitise.isDrawn", { name: this.nameOf(shape) }));
  }

  #startEditing() {
    this.#modify = new this.ol.interaction.Modify({ source: this.#source, pixelTolerance: 12 });
    this.#modify.on("modifyend", (event) => {
      const changed = event.features.getArray().filter((feature) =>
        feature.revision !== feature.getGeometry().getRevision());
      for (const feature of changed) this.store.change(feature.shapeID,
        { geometry: this.view.writeGeometry(feature.getGeometry()) });
    });
    this.view.map.addInteraction(this.#modify);
  }

  #changed() {
    if (!this.view) return;
    const features = this.store.shapes.map((shape) => {
      const feature = new this.ol.Feature(this.view.readGeometry(shape.geometry));
      return Object.assign(feature, { shapeID: shape.id, kind: shape.properties.class,
        revision: feature.getGeometry().getRevision() });
    });
    this.#source.clear();
    this.#source.addFeatures(features);
    this.panel.draw();
  }

  #key(event) {
    if (!(event.ctrlKey || event.metaKey) || event.target.matches("input, textarea")) return;
    const key = event.key.toLowerCase();
    if (key === "z" && !event.shiftKey) this.store.undo();
    else if (key === "y" || (key === "z" && event.shiftKey)) this.store.redo();
    else return;
    event.preventDefault();
  }
}

function shapeStyle(ol, kind) {
  const { colour, dash } = classes.find((one) => one.name === kind) ?? classes.at(-1);
  const disc = new ol.style.Circle({ radius: 6, fill: new ol.style.Fill({ color: colour }),
    stroke: new ol.style.Stroke({ color: "#ffffff", width: 2 }) });
  return [
    new ol.style.Style({ stroke: new ol.style.Stroke({ color: "rgba(255,255,255,.9)", width: 5 }) }),
    new ol.style.Style({ stroke: new ol.style.Stroke({ color: colour, width: 2.5, lineDash: dash ?? undefined }),
      image: disc,
      fill: new ol.style.Fill({ color: `${colour}26` }) }),
  ];
}
