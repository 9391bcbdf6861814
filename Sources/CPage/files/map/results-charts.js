// SPDX-License-Identifier: Apache-2.0
import { lineChart } from "../components/chart.js";
import { icon } from "../components/icons.js";
import { h } from "../dom.js";
import { integer, measurement } from "../format.js";
import { locale, t } from "../i18n.js";
import { unitText } from "../components/words.js";
import { plainTitle } from "./legend.js";
import { geographicText } from "./positions.js";

/** A place in words, as the readout gives it. */
export function positionText(place, isPixel) {
  if (isPixel) return t("map.pixelPlace", { column: integer(place[0]), row: integer(place[1]) });
  return geographicText(place, locale());
}

/** `12.3 ± 0.4 m/yr`, or words where nothing was measured. */
export function measured(value, sigma, unit) {
  if (value === null || value === undefined) return t("results.noValue");
  return `${measurement(value, sigma)}${unit && unit !== "1" ? ` ${unitText(unit)}` : ""}`;
}

/**
 * The points that were read, each with place and value.
 *
 * @param {Object} options
 * @param {Object} options.layer that was read
 * @param {Array<[number, number]>} options.points
 * @param {Array<{value: number|null, sigma: number|null, unit: string}>} options.readings
 * @param {boolean} options.isPixel
 * @param {(name: string) => string} options.className a class in the reader's language
 * @param {(index: number) => void} options.onRemove
 */
export function pointTable({ layer, points, readings, isPixel, className, onRemove }) {
  const value = ({ value: read, sigma, unit }) => {
    const named = layer.classes?.find((entry) => entry.value === read);
    return named ? className(named.name) : measured(read, sigma, unit);
  };
  const remove = (index) => h("button", { class: "button button-quiet button-icon", type: "button",
    "aria-label": t("results.removePoint", { number: index + 1 }), onclick: () => onRemove(index) }, icon("cancel"));
  const mark = (index) => h("span", { class: "mark", style: { background: `var(--mark-${index + 1})` } }, index + 1);
  const row = (place, index) => h("tr", {}, h("th", { scope: "row" }, mark(index)), h("td", {}, remove(index)),
    h("td", {}, value(readings[index])), h("td", {}, positionText(place, isPixel)));
  return h("div", { class: "scroll-x" }, h("table", { class: "point-table" },
    h("caption", { class: "visually-hidden" }, t("results.pointsOf", { title: plainTitle(layer.title) })),
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, t("results.point")), h("td", {}),
      h("th", { scope: "col" }, plainTitle(layer.title)), h("th", { scope: "col" }, t("results.place")))),
    h("tbody", {}, points.map(row))));
}

/** The series of each point with its error bars. */
export function seriesChart(series) {
  const plain = plainTitle(series.title);
  const title = series.isRelative ? t("results.relative", { title: plain }) : plain;
  // A long title would run out of the chart: it stands below, and the axis tells the unit.
  const isLong = title.length > 28;
  const unit = series.unit && series.unit !== "1" ? unitText(series.unit) : "";
  const name = (point, index) => {
    const text = t("results.pointNumber", { number: index + 1 });
    if (!point.velocity) return text;
    return `${text}: ${measured(point.velocity.value, point.velocity.sigma, point.velocity.unit)}`;
  };
  const lines = series.points.map((point, index) => ({
    name: name(point, index), colour: `var(--series-${index + 1})`,
    points: point.dates.map((date, place) => ({ x: date, y: point.value[place], sigma: point.sigma?.[place] ?? null })),
  }));
  return lineChart({ series: lines, x: { label: t("results.date"), kind: "time" },
    y: { label: isLong ? unit : unit ? `${title} (${unit})` : title }, caption: isLong ? title : undefined,
    height: 250 });
}

/** A layer along a line. */
export function profileChart(layer, profile) {
  const isLong = profile.distanceUnit === "m" && profile.length > 3000;
  const scale = isLong ? 1000 : 1;
  const unit = isLong ? "km" : profile.distanceUnit;
  const points = profile.distance.map((distance, index) => ({ x: distance / scale, y: profile.value[index],
    sigma: thinned(profile, index) }));
  const label = profile.unit && profile.unit !== "1" ? `${plainTitle(layer.title)} (${unitText(profile.unit)})`
    : plainTitle(layer.title);
  return lineChart({ series: [{ name: plainTitle(layer.title), points, marks: false }],
    x: { label: `${t("results.distance")} (${unit})`, kind: "number" },
    y: { label }, height: 250 });
}

/** Error bars at every eighth point or so: hundreds would hide the line. */
function thinned(profile, index) {
  const step = Math.max(1, Math.round(profile.distance.length / 50));
  return profile.sigma && index % step === 0 ? profile.sigma[index] : null;
}

/** What a layer is inside an area, such as ground that is assumed still. */
export function areaTable(layer, statistics) {
  const rows = [["median", statistics.median], ["mean", statistics.mean], ["nmad", statistics.nmad],
    ["minimum", statistics.minimum], ["maximum", statistics.maximum]];
  return h("table", { class: "point-table" },
    h("caption", {}, t("results.areaOf", { title: plainTitle(layer.title), count: integer(statistics.count) })),
    h("tbody", {}, rows.map(([name, value]) => h("tr", {}, h("th", { scope: "row" }, t(`results.statistic.${name}`)),
      h("td", { class: "number" }, measured(value, null, layer.unit))))));
}
