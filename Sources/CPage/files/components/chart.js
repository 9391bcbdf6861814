// SPDX-License-Identifier: Apache-2.0
import { h, replace, svg, uniqueID } from "../dom.js";
import * as format from "../format.js";
import { t } from "../i18n.js";
import { numberLabel, numberTicks, timeLabel, timeTicks } from "./ticks.js";

const margin = {
  top: 14,
  right: 16,
  bottom: 46,
  left: 62
};

/**
 * A line chart with error bars. Each series has its own colour, mark and dash, so that no meaning hangs on colour;
 * the same values stand in a table below.
 *
 * @param {Object} options
 * @param {Array<{name: string, colour?: string, dash?: string, line?: boolean, marks?: boolean,
 *   points: Array<{x: number|string|Date, y: number|null, sigma?: number|null}>}>} options.series a null `y` breaks
 * the line; `sigma` is one standard deviation, drawn as a bar; `line: false` draws marks alone
 * @param {{label: string, kind?: "time"|"number"}} options.x
 * @param {{label: string, zero?: boolean}} options.y `zero` keeps 0 in view
 * @param {number} [options.height] px
 * @param {string} [options.caption]
 * @param {{x: number|string|Date, label: string}[]} [options.marks] vertical lines, such as an event
 * @returns {HTMLElement} a figure; draws itself anew when its width changes
 */
export function lineChart(options) {
  const series = options.series.map((one, index) => prepared(one, index, options.x.kind === "time"));
  const holder = h("div");
  const draw = () => replace(holder, drawing(options, series, Math.max(260, holder.clientWidth || 640)));
  const figure = h("figure", { class: "chart" }, holder, series.length > 1 && legend(series),
    options.caption && h("figcaption", {}, options.caption), tableOf(options, series));
  let width = 0;
  new ResizeObserver(() => {
    if (Math.abs(holder.clientWidth - width) < 2) return;
    width = holder.clientWidth;
    draw();
  }).observe(holder);
  draw();
  return figure;
}

const dashes = ["", "6 4", "2 3", "9 3 2 3", "1 3"];

function prepared(series, index, isTime) {
  const place = index % 5;
  const points =
    series.points.map((point) => ({...point, at: isTime ? new Date(point.x).getTime() : Number(point.x) }))
      .filter((point) => Number.isFinite(point.at))
      .sort((left, right) => left.at - right.at);
  return {
    line: true,
    marks: true,
    colour: `var(--series-${place + 1})`,
    dash: dashes[place],
    ...series,
    points,
    place
  };
}

function isNumber(value) { return typeof value === "number" && Number.isFinite(value); }

function extent(values, fallback) {
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) return fallback;
  const low = finite.reduce((least, value) => Math.min(least, value), Infinity);
  const high = finite.reduce((most, value) => Math.max(most, value), -Infinity);
  if (low < high) return [low, high];
  const half = Math.abs(low) * 0.1 || 1;
  return [low - half, high + half];
}

function drawing(options, series, width) {
  const height = options.height ?? 300;
  const isTime = options.x.kind === "time";
  const points = series.flatMap((one) => one.points);
  const xs = extent(points.map((point) => point.at), isTime ? [Date.now() - 3e10, Date.now()] : [0, 1]);
  const heights = points.filter((point) => isNumber(point.y)).flatMap(({ y,
    sigma }) => isNumber(sigma) ? [y - sigma, y + sigma] : [y]);
  const ys = padded(extent(options.y.zero ? [0, ...heights] : heights, [0, 1]));
  const inner = { width: width - margin.left - margin.right, height: height - margin.top - margin.bottom };
  const x = (value) => margin.left + ((value - xs[0]) / (xs[1] - xs[0])) * inner.width;
  const y = (value) => margin.top + (1 - (value - ys[0]) / (ys[1] - ys[0])) * inner.height;
  const scale = { x, y, xs, ys, inner, width, height, isTime };
  const title = uniqueID("chart");
  return svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-labelledby": title },
    svg("title", { id: title }, options.caption ?? t("chart.name", { y: options.y.label, x: options.x.label })),
    axes(options, scale), (options.marks ?? []).map((mark) => markLine(mark, scale)),
    series.map((one) => curve(one, scale, options)));
}

function padded([low, high]) {
  const space = (high - low) * 0.05;
  return [low === 0 ? 0 : low - space, high + space];
}

function axes(options, { x, y, xs, ys, inner, width, height, isTime }) {
  const xTicks = (isTime ? timeTicks : numberTicks)(xs[0], xs[1], Math.max(2, Math.floor(inner.width / 105)));
  const yTicks = numberTicks(ys[0], ys[1], Math.max(2, Math.floor(inner.height / 45)));
  const bottom = margin.top + inner.height;
  return svg("g", {},
    yTicks.map(
      (tick) => [svg("line",
                   { class: "grid", x1: margin.left, x2: width - margin.right, y1: y(tick), y2: y(tick) }),
        svg("text", { x: margin.left - 8, y: y(tick) + 4, "text-anchor": "end" }, numberLabel(tick, yTicks)),
  ]),
    xTicks.map((tick) => [svg("line", { class: "axis", x1: x(tick), x2: x(tick), y1: bottom, y2: bottom + 5 }),
                 svg("text", { x: x(tick), y: bottom + 18, "text-anchor": "middle" },
                   isTime ? timeLabel(tick, xTicks) : numberLabel(tick, xTicks)),
  ]),
    svg("path", { class: "axis", d: `M${margin.left} ${margin.top}V${bottom}H${width - margin.right}` }),
    svg("text", { class: "axis-title", x: margin.left + inner.width / 2, y: height - 6, "text-anchor": "middle" },
      options.x.label),
    svg("text", {
      class: "axis-title",
      transform: `translate(14 ${margin.top + inner.height / 2}) rotate(-90)`,
      "text-anchor": "middle"
    },
      options.y.label));
}

function markLine(mark, { x, inner, isTime }) {
  const at = x(isTime ? new Date(mark.x).getTime() : mark.x);
  return svg("g", {}, svg("line", {
    class: "axis",
    x1: at,
    x2: at,
    y1: margin.top,
    y2: margin.top + inner.height,
    "stroke-dasharray": "3 3"
  }),
    svg("text", { x: at + 4, y: margin.top + 10 }, mark.label));
}

function curve(series, { x, y }, options) {
  const isTime = options.x.kind === "time";
  const seen = series.points.filter((point) => isNumber(point.y));
  const style = { stroke: series.colour, fill: "none", "stroke-width": 1.7, "stroke-dasharray": series.dash };
  const marks = series.marks && seen.length <= 400;
  return svg("g", {}, seen.filter((point) => isNumber(point.sigma)).map((point) => svg("path", {
    d: errorBar(x(point.at), y(point.y - point.sigma), y(point.y + point.sigma)),
    stroke: series.colour,
    fill: "none",
    "stroke-width": 1.2,
    opacity: 0.75
  })),
    series.line && svg("path", {...style, d: path(series.points, x, y), "stroke-linejoin": "round" }),
    marks &&
      seen.map((point) => svg("g", { class: "mark" }, svg("path", {
        d: markPath(series.place, x(point.at), y(point.y)),
        fill: series.colour,
        stroke: "var(--surface)",
        "stroke-width": 1
      }),
                 svg("title", {}, pointText(series, point, isTime)))));
}

function errorBar(at, low, high) { return `M${at - 3} ${low}h6M${at} ${low}V${high}M${at - 3} ${high}h6`; }

function path(points, x, y) {
  let isOpen = false;
  return points
    .map((point) => {
      if (!isNumber(point.y)) {
        isOpen = false;
        return "";
      }
      const command = isOpen ? "L" : "M";
      isOpen = true;
      return `${command}${x(point.at).toFixed(1)} ${y(point.y).toFixed(1)}`;
    })
    .join("");
}

function markPath(place, x, y) {
  switch (place) {
    case 1: return `M${x - 4} ${y - 4}h8v8h-8z`;
    case 2: return `M${x} ${y - 5}l5 9h-10z`;
    case 3: return `M${x} ${y - 5.500}l5 5.500l-5 5.500l-5 -5.500z`;
    case 4: return `M${x} ${y + 5}l5 -9h-10z`;
    default: return `M${x - 4} ${y}a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z`;
  }
}

function pointText(series, point, isTime) {
  const at = isTime ? format.date(point.at) : format.number(point.at);
  return `${series.name}: ${at}: ${format.measurement(point.y, point.sigma)}`;
}

function legend(series) {
  return h("ul", { class: "legend" },
    series.map(
      (one) => h("li", {},
        svg("svg", { viewBox: "0 0 26 12", "aria-hidden": "true" },
          one.line &&
            svg("path", { d: "M0 6H26", stroke: one.colour, "stroke-width": 1.7, "stroke-dasharray": one.dash }),
          one.marks && svg("path", { d: markPath(one.place, 13, 6), fill: one.colour })),
        one.name)));
}

function tableOf(options, series) {
  const isTime = options.x.kind === "time";
  const places = [...new Set(series.flatMap((one) => one.points.map((point) => point.at)))].sort((a, b) => a - b);
  const rows = () => places.map(
    (at) =>
      h("tr", {}, h("th", { scope: "row" }, isTime ? format.date(at) : format.number(at)), series.map((one) => {
        const point = one.points.find((candidate) => candidate.at === at);
        return h("td", { class: "number" }, isNumber(point?.y) ? format.measurement(point.y, point.sigma) : "–");
      })));
  const body = h("tbody");
  const details = h("details", {}, h("summary", { class: "small" }, t("chart.table")),
    h("div", { class: "table-frame", tabindex: "0", role: "region", "aria-label": t("chart.table") },
      h("table", {},
        h("thead", {},
          h("tr", {}, h("th", { scope: "col" }, options.x.label),
            series.map((one) => h("th", { scope: "col", class: "number" }, `${one.name} (${options.y.label})`)))),
        body)));
  details.addEventListener("toggle", () => details.open && body.childElementCount === 0 && replace(body, rows()));
  return details;
}
