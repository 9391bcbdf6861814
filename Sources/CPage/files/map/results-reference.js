// SPDX-License-Identifier: Apache-2.0
import { icon } from "../components/icons.js";
import { h } from "../dom.js";
import { integer } from "../format.js";
import { t } from "../i18n.js";
import { positionText } from "./results-charts.js";

/**
 * Ground that series are shown against: a place, or an area whose median counts. The server subtracts it and adds the
 * errors of both.
 */
export class Reference {
  #view;

  /**
   * @param {MapView} view
   * @param {Array<[number, number]>} places one, or the corners of an area
   */
  constructor(view, places) {
    this.#view = view;
    this.places = places.length === 2 ? [] : places;
    this.kind = this.places.length > 2 ? "Polygon" : "Point";
  }

  get isSet() { return this.places.length > 0; }

  /** As members of an address; null where there is none. */
  get address() {
    const digits = this.#view.isPixel ? 2 : 6;
    return this.places.map((place) => place.map((part) => part.toFixed(digits)).join(",")).join(";") || null;
  }

  /** Takes a geometry of the library, in coordinates of the view; null takes the reference away. */
  take(geometry) {
    const corners = geometry?.getType() === "Polygon" ? geometry.getCoordinates()[0].slice(0, -1)
      : geometry ? [geometry.getCoordinates()] : [];
    this.places = corners.map((corner) => this.#view.toPlace(corner));
  }

  /** What is drawn on the map; null where there is none. */
  geometry(ol) {
    const corners = this.places.map((place) => this.#view.toMap(place));
    if (corners.length === 0) return null;
    return corners.length === 1 ? new ol.geom.Point(corners[0]) : new ol.geom.Polygon([[...corners, corners[0]]]);
  }

  /** @param {number} [count] pixels that the server has read */
  words(count) {
    if (this.places.length === 1) {
      return t("results.reference.point", { place: positionText(this.places[0], this.#view.isPixel) });
    }
    return t("results.reference.area", { count: count === undefined ? "…" : integer(count) });
  }

  /** The reference in words with a button that takes it away. @param {() => void} onRemove */
  note(count, onRemove) {
    return h("p", { class: "small reference-note" }, h("span", { class: "reference-sign", "aria-hidden": "true" }),
      h("span", {}, t("results.relativeTo", { reference: this.words(count) })),
      h("button", { class: "button button-quiet button-icon", type: "button", dataset: { control: "no-reference" },
        "aria-label": t("results.reference.remove"), onclick: onRemove }, icon("cancel")));
  }
}
