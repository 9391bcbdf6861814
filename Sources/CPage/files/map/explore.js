// SPDX-License-Identifier: Apache-2.0
import { icon } from "../components/icons.js";
import { loadingBox } from "../components/problem.js";
import { h, replace } from "../dom.js";
import { cloudClasses, cloudColour, cloudOf, keyOf, SceneList } from "./explore-list.js";
import { Filters } from "./explore-filters.js";
import { openImport } from "./explore-import.js";
import { addressOf, bodyOf, histogramBody, searchOf } from "./explore-query.js";
import { footprintStyle } from "./explore-style.js";
import { boundsOf, boxPolygon, readShapes } from "./geometry.js";
import { timeHistogram } from "./histogram.js";
import { loadLibrary } from "./library.js";
import { takeDroppedAreas } from "./explore-area.js";
import { libraryProblem, mapFrame, section } from "./mapscreen.js";
import { MapView } from "./mapview.js";
import { Sketch } from "./sketch.js";

/**
 * The catalogue: an area, a stretch of time and a few conditions, and the scenes that meet them on map and list.
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
    return libraryProblem(root, context.t("explore.title"));
  }
  const [{ collections }, { properties = {} }] = await Promise.all([context.api.get("/api/collections"),
    context.api.get("/api/queryables").catch(() => ({}))]);
  const screen = new ExploreScreen(ol, root, context, { collections, queryables: properties });
  return () => screen.close();
}

class ExploreScreen {
  #turn = 0;
  #footprints;
  #areas;

  constructor(ol, root, context, { collections, queryables }) {
    this.ol = ol;
    this.context = context;
    this.collections = collections;
    this.queryables = queryables;
    this.search = searchOf(context.route.query, (text) => readShapes(ol, text));
    Object.assign(this, { items: [], total: null, next: null, selected: new Set(), onArea: new Map(), tool: null,
      marked: null });
    this.view = new MapView(ol, { label: context.t("explore.map"), basemap: context.settings.basemap });
    this.#footprints = new ol.source.Vector({ wrapX: true });
    this.#areas = new ol.source.Vector();
    const style = (feature) => footprintStyle(ol, { colour: cloudColour(cloudOf(feature.item, this.onArea)),
      isMarked: this.marked === keyOf(feature.item), isSelected: this.selected.has(keyOf(feature.item)) });
    this.view.map.addLayer(new ol.layer.Vector({ source: this.#footprints, style, zIndex: 10 }));
    this.view.map.addLayer(new ol.layer.Vector({ source: this.#areas, style: areaStyle(ol), zIndex: 20 }));
    this.sketch = new Sketch(ol, this.view, context.announce);
    this.histogram = timeHistogram({ onRange: (from, to) => this.setTime(from, to) });
    this.filters = new Filters(this);
    this.list = new SceneList(this);
    this.#layOut(root);
    this.#listen();
    takeDroppedAreas(this.view.element, ol, context.api, (area) => this.setArea(area, true));
    this.#drawArea();
    if (this.search.area) this.view.fit(boundsOf(this.search.area));
    void this.#ask(!this.search.area);
  }

  /** A condition changed: asks anew and keeps the address a link to this search. */
  searchChanged() {
    this.context.replaceQuery(addressOf(this.search));
    void this.#ask(false);
  }

  setTime(from, to) {
    Object.assign(this.search, { from, to });
    this.filters.draw();
    this.searchChanged();
  }

  /** Sets the area, or takes it away. */
  setArea(geometry, isShown = false) {
    this.search.area = geometry;
    this.onArea.clear();
    this.#stopDrawing();
    this.#drawArea();
    this.filters.draw();
    if (geometry && isShown) this.view.fit(boundsOf(geometry), { animate: true, padding: 60 });
    this.searchChanged();
  }

  /** Takes what is in view as the area. */
  useView() {
    this.setArea(boxPolygon(this.view.bounds.map((part) => Number(part.toFixed(4)))));
  }

  /** Begins to draw an area of a type, or stops when it is the one being drawn. */
  drawArea(type) {
    if (this.tool === type) {
      this.#stopDrawing();
    } else {
      this.tool = type;
      this.sketch.start({ type, onDone: (geometry) => this.setArea(this.view.writeGeometry(geometry)) });
      this.context.announce(this.context.t("explore.drawing"));
      this.view.canvas.focus({ preventScroll: true });
    }
    this.filters.draw();
  }

  select(items) {
    this.selected = new Set(items.map(keyOf));
    this.#redraw();
  }

  toggle(item, isChosen) {
    if (isChosen) this.selected.add(keyOf(item));
    else this.selected.delete(keyOf(item));
    this.#redraw();
  }

  /** Shows which scene is meant, on map and list; null for none. */
  mark(key) {
    if (this.marked === key) return;
    this.marked = key;
    this.#footprints.changed();
    this.list.mark(key);
  }

  zoomTo(item) {
    this.mark(keyOf(item));
    this.view.fit(item.bbox.length === 6 ? [item.bbox[0], item.bbox[1], item.bbox[3], item.bbox[4]] : item.bbox,
      { animate: true });
  }

  /** The next scenes of the same search. */
  async more() {
    const body = this.next;
    await this.#guarded(async () => this.#take(await this.context.api.post("/api/search", body), true));
  }

  async addToBasket(items) {
    const { api, t, toast } = this.context;
    await this.#guarded(async () => {
      const basket = await api.post("/api/basket", { add: items.map(({ collection, id }) => ({ collection, id })) });
      await this.context.basketChanged?.();
      toast(t("explore.added", { count: items.length, total: basket.items.length }), "success");
    });
  }

  /** Measures the cloud on the area, of the scenes that are listed. */
  async measureClouds() {
    const { api, t, toast } = this.context;
    toast(t("explore.measuring"), "note");
    await this.#guarded(async () => {
      const items = this.items.map(({ collection, id }) => ({ collection, id }));
      const { clouds } = await api.post("/api/clouds", { items, geometry: this.search.area });
      for (const one of clouds) if (one.percent !== null) this.onArea.set(keyOf(one), one.percent);
      toast(t("explore.measured", { count: clouds.filter((one) => one.percent !== null).length, total: items.length }),
        "success");
      this.#redraw();
    });
  }

  close() {
    this.#turn += 1;
    this.sketch.close();
    this.view.close();
  }

  async #guarded(body) {
    try {
      await body();
    } catch (error) {
      this.context.toast(error);
    }
  }

  /** New scenes have come, perhaps in a new collection. */
  async #imported() {
    await this.#guarded(async () => { this.collections =
      (await this.context.api.get("/api/collections")).collections; });
    this.filters.draw();
    await this.#ask(this.items.length === 0 && !this.search.area);
  }

  async #ask(isFirst) {
    this.#turn += 1;
    const turn = this.#turn;
    const { api } = this.context;
    this.list.element.setAttribute("aria-busy", "true");
    await this.#guarded(async () => {
      const [found, bins] = await Promise.all([api.post("/api/search", bodyOf(this.search)),
        api.post("/api/histogram", histogramBody(this.search))]);
      // A slow answer to an older question must not undo a newer one.
      if (turn !== this.#turn) return;
      this.#take(found, false);
      this.histogram.show(bins, this.search);
      if (isFirst && this.items.length > 0) this.view.fit(this.view.toExtentOf(this.#footprints));
    });
    this.list.element.removeAttribute("aria-busy");
  }

  #take(found, isMore) {
    this.items = isMore ? [...this.items, ...found.features] : found.features;
    this.total = found.numberMatched ?? null;
    this.next = found.links?.find((link) => link.rel === "next")?.body ?? null;
    const known = new Set(this.items.map(keyOf));
    this.selected = new Set([...this.selected].filter((key) => known.has(key)));
    this.#footprints.clear();
    this.#footprints.addFeatures(this.items.filter((item) => item.geometry).map((item) =>
      Object.assign(new this.ol.Feature(this.view.readGeometry(item.geometry)), { item })));
    this.list.draw();
  }

  #redraw() {
    this.#footprints.changed();
    this.list.draw();
  }

  #drawArea() {
    this.#areas.clear();
    if (this.search.area) this.#areas.addFeature(new this.ol.Feature(this.view.readGeometry(this.search.area)));
  }

  #stopDrawing() {
    this.tool = null;
    this.sketch.stop();
  }

  #listen() {
    const { map } = this.view;
    const itemAt = (event) => map.forEachFeatureAtPixel(event.pixel, (feature) => feature.item);
    map.on("pointermove", (event) => { if (!event.dragging && !this.tool) this.mark(keyOfOrNull(itemAt(event))); });
    map.on("click", (event) => {
      const item = this.tool ? null : itemAt(event);
      if (!item) return;
      this.toggle(item, !this.selected.has(keyOf(item)));
      this.list.reveal(keyOf(item));
    });
  }

  #layOut(root) {
    const { t } = this.context;
    const button = (key, sign, onclick) => h("button", { class: "button map-small", type: "button", onclick },
      icon(sign), t(key));
    const share = async () => {
      try {
        await navigator.clipboard.writeText(location.href);
        this.context.toast(t("explore.linkCopied"), "success");
      } catch {
        this.context.toast(t("explore.linkInAddress"), "note");
      }
    };
    const head = h("div", { class: "cluster" }, button("explore.share", "share", share),
      this.context.me?.user && button("explore.import", "upload",
        () => openImport({ context: this.context, search: this.search, onDone: () => this.#imported() })));
    const key = h("div", { class: "cloud-key small", "aria-label": t("explore.cloudKey"), role: "group" },
      h("span", {}, t("explore.cloudKey")),
      cloudClasses.map(([end, colour]) => h("span", {}, h("span", { class: "swatch", style: { background: colour } }),
        `≤ ${end} %`)),
      h("span", {}, h("span", { class: "swatch", style: { background: cloudColour(null) } }),
        t("explore.cloudUnknown")));
    replace(root,
      mapFrame({ title: t("explore.title"), side: [head, this.filters.element,
      section(t("map.goTo"), this.view.goToForm(), false)],
      stage: [this.view.element, key], drawer: h("div", { class: "explore-drawer" }, this.histogram.element,
        this.list.element) }));
    root.firstElementChild.classList.add("explore");
  }
}

function keyOfOrNull(item) {
  return item ? keyOf(item) : null;
}

function areaStyle(ol) {
  const white = new ol.style.Stroke({ color: "#ffffff", width: 5 });
  const edge = new ol.style.Stroke({ color: "#b3480a", width: 2.5 });
  return [new ol.style.Style({ stroke: white }),
    new ol.style.Style({ stroke: edge, image: new ol.style.Circle({ radius: 6,
    fill: new ol.style.Fill({ color: "#b3480a" }), stroke: new ol.style.Stroke({ color: "#ffffff", width: 2 }) }) })];
}
