// SPDX-License-Identifier: Apache-2.0
import { h } from "../dom.js";
import { t } from "../i18n.js";
import { FloatLayer } from "./floatlayer.js";

/**
 * A second layer right of a line that the reader moves: another map over the first, cut at the line, moving with it.
 */
export class Swipe {
  #map = null;
  #layer = null;
  #ol;
  #view;
  #tiles;
  #share = 0.5;

  /**
   * @param {Object} ol the library
   * @param {MapView} view of the first layer
   * @param {(name: string) => FloatTiles} tiles
   */
  constructor(ol, view, tiles) {
    this.#ol = ol;
    this.#view = view;
    this.#tiles = tiles;
    this.#makeElements();
  }

  get isOn() {
    return this.#map !== null;
  }

  /** The map of the second layer, for a picture of the view. */
  get map() {
    return this.#map;
  }

  /** Where the line stands, from 0 (left) to 1. */
  get share() {
    return this.#share;
  }

  /** Shows a layer right of the line; null takes line and layer away. */
  show(layer, look, text) {
    this.handle.hidden = this.pane.hidden = !layer;
    if (!layer) return this.#end();
    if (!this.#map) {
      this.#layer = new FloatLayer(this.#ol, { view: this.#view, tiles: this.#tiles });
      this.#map = new this.#ol.Map({ target: this.pane, controls: [], interactions: [],
        view: this.#view.map.getView() });
    }
    const isNew = !this.#layer.layer;
    this.#layer.show(layer, look);
    if (isNew) this.#map.addLayer(this.#layer.layer);
    this.handle.setAttribute("aria-label", t("results.swipeLine", { layer: text }));
    this.#map.updateSize();
    this.#place(this.#share);
  }

  /** The value of the second layer at a coordinate. */
  valueAt(coordinate) {
    return this.#layer?.valueAt(coordinate);
  }

  close() {
    this.#end();
  }

  #end() {
    this.#view.canvas.style.removeProperty("--values-cut");
    this.#map?.setTarget(null);
    this.#map?.setLayers([]);
    this.#map = null;
    this.#layer = null;
  }

  #makeElements() {
    this.pane = h("div", { class: "swipe-pane", hidden: true, "aria-hidden": "true" });
    this.handle = h("div", { class: "swipe-handle", hidden: true, tabindex: "0", role: "slider", "aria-valuemin": "0",
      "aria-valuemax": "100", "aria-orientation": "horizontal" });
    this.handle.addEventListener("pointerdown", (event) => this.handle.setPointerCapture(event.pointerId));
    this.handle.addEventListener("pointermove", (event) => {
      if (!this.handle.hasPointerCapture(event.pointerId)) return;
      const box = this.#view.element.getBoundingClientRect();
      this.#place((event.clientX - box.left) / box.width);
    });
    this.handle.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -0.02, ArrowRight: 0.02, PageDown: -0.1, PageUp: 0.1, Home: -1, End: 1 }[event.key];
      if (!step) return;
      event.preventDefault();
      this.#place(this.#share + step);
    });
    this.#view.element.append(this.pane, this.handle);
  }

  #place(share) {
    this.#share = Math.min(1, Math.max(0, share));
    const percent = `${(this.#share * 100).toFixed(2)}%`;
    this.pane.style.clipPath = `inset(0 0 0 ${percent})`;
    // The first layer ends at the line too: it must not show through where the second has nothing.
    this.#view.canvas.style.setProperty("--values-cut", `${((1 - this.#share) * 100).toFixed(2)}%`);
    this.handle.style.left = percent;
    this.handle.setAttribute("aria-valuenow", String(Math.round(this.#share * 100)));
  }
}
