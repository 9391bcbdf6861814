// SPDX-License-Identifier: Apache-2.0
import { percent } from "../format.js";
import { t } from "../i18n.js";
import { boundsOf, crossing, polygonsOf } from "./geometry.js";
import { positionText } from "./results-charts.js";

/** The share of the expected shapes that must be outlined for training (Stumpf & Kerle 2011; the makers of ALADIM). */
const advisedShare = 0.05;

/**
 * What is wrong with a drawing, or should be thought over.
 *
 * @param {Array<{id: number, geometry: Object, properties: Object}>} shapes
 * @param {Object} options
 * @param {boolean} options.isPixel whether places are columns and rows
 * @param {(geometry: Object) => number} options.area area of a polygon in square metres or pixels
 * @param {(shape: Object) => string} options.name
 * @returns {Array<{kind: "error"|"advice", text: string, id: number|null}>} errors first
 */
export function findings(shapes, { isPixel, area, name }) {
  const errors = [];
  for (const shape of shapes) {
    const polygons = polygonsOf(shape.geometry);
    const place = polygons.flat().map(crossing).find(Boolean);
    if (place) errors.push({ kind: "error", id: shape.id,
      text: t("digitise.check.crossing", { name: name(shape), place: positionText(place, isPixel) }) });
    else if (polygons.length > 0 && !(area(shape.geometry) > 0)) errors.push({ kind: "error", id: shape.id,
      text: t("digitise.check.small", { name: name(shape) }) });
  }
  return [...errors, ...training(shapes, area)];
}

function training(shapes, area) {
  const of = (kind) => shapes.filter((shape) => shape.properties.class === kind);
  const [samples, areas] = [of("training-sample"), of("training-area")];
  if (samples.length === 0 && areas.length === 0) return [];
  const advice = (text) => ({ kind: "advice", id: null, text });
  const list = [];
  if (areas.length < 2) list.push(advice(t("digitise.check.areas", { count: areas.length })));
  if (samples.length === 0) list.push(advice(t("digitise.check.noSamples")));
  const outside = samples.filter((sample) => !areas.some((one) => isInside(middle(sample.geometry), one.geometry)));
  if (areas.length > 0 && outside.length > 0) list.push(advice(t("digitise.check.outside", { count: outside.length })));
  const sum = (some) => some.reduce((total, shape) => total + area(shape.geometry), 0);
  const share = areas.length > 0 ? sum(samples) / sum(areas) : 1;
  if (samples.length > 0 && share < advisedShare) list.push(advice(t("digitise.check.share", { share: percent(share,
    1) })));
  return list;
}

function middle(geometry) {
  if (geometry.type === "Point") return geometry.coordinates;
  const [west, south, east, north] = boundsOf(geometry);
  return [(west + east) / 2, (south + north) / 2];
}

/** Whether a place lies in a polygon, by the number of edges that a ray to the east crosses. */
export function isInside([x, y], geometry) {
  return polygonsOf(geometry).some((rings) => rings.reduce((isIn, ring) => {
    for (let index = 0; index < ring.length - 1; index += 1) {
      const [[x1, y1], [x2, y2]] = [ring[index], ring[index + 1]];
      if (y1 > y !== y2 > y && x < x1 + ((y - y1) / (y2 - y1)) * (x2 - x1)) isIn = !isIn;
    }
    return isIn;
  }, false));
}
