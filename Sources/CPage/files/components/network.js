// SPDX-License-Identifier: Apache-2.0
import { h, replace, svg, uniqueID } from "../dom.js";
import * as format from "../format.js";
import { t, tCount } from "../i18n.js";
import { timeLabel, timeTicks } from "./ticks.js";

/**
 * The pairs that a job would form: scenes on a time line, pairs as arcs, those too short or long to be useful dashed.
 *
 * @param {{scenes: {name: string, date: string, cloud: number|null}[],
 *   pairs: {first: number, second: number, days: number, useful: boolean, reason?: string}[], notes?: string[]}}
 * network
 * @returns {HTMLElement} a figure with a table of the same
 */
export function pairNetwork(network) {
  const holder = h("div");
  let width = 0;
  const draw = () => replace(holder, drawing(network, Math.max(260, holder.clientWidth || 420)));
  new ResizeObserver(() => {
    if (Math.abs(holder.clientWidth - width) < 2) return;
    width = holder.clientWidth;
    draw();
  }).observe(holder);
  draw();
  const useless = network.pairs.filter((pair) => !pair.useful).length;
  return h("figure", { class: "chart" }, holder, h("figcaption", {}, t("network.caption", {
    scenes: tCount("network.scenes", network.scenes.length),
    pairs: tCount("network.pairs", network.pairs.length),
    span: spanOf(network.pairs),
  })),
    h("ul", { class: "legend small" }, legendItem(false, t("network.useful")),
      useless > 0 && legendItem(true, tCount("network.useless", useless))),
    tableOf(network));
}

function spanOf(pairs) {
  if (pairs.length === 0) return "–";
  const days = pairs.map((pair) => pair.days);
  const [low, high] = [Math.min(...days), Math.max(...days)];
  return low === high ? tCount("network.days", low)
                      : t("network.span", { low: format.number(low), high: format.number(high) });
}

function drawing({ scenes, pairs }, width) {
  const times = scenes.map((scene) => new Date(scene.date).getTime());
  const low = Math.min(...times);
  const high = Math.max(...times, low + 86_400_000);
  const [left, right, base] = [14, width - 14, 132];
  const x = (time) => left + ((time - low) / (high - low)) * (right - left);
  const longest = Math.max(1, ...pairs.map((pair) => Math.abs(x(times[pair.second]) - x(times[pair.first]))));
  const ticks = timeTicks(low, high, Math.max(2, Math.floor(width / 110)));
  const title = uniqueID("network");
  return svg("svg", { viewBox: `0 0 ${width} 172`, role: "img", "aria-labelledby": title },
    svg("title", { id: title }, t("network.name")),
    pairs.map((pair) => arc(x(times[pair.first]), x(times[pair.second]), base, longest, pair)),
    svg("path", { class: "axis", d: `M${left - 8} ${base}H${right + 8}` }),
    ticks.map(
      (tick) => svg("g", {}, svg("line", { class: "axis", x1: x(tick), x2: x(tick), y1: base, y2: base + 12 }),
        svg("text", { x: x(tick), y: base + 27, "text-anchor": anchor(x(tick), width) }, timeLabel(tick, ticks)))),
    scenes.map((scene, index) => svg("g", {}, svg("circle", {
      cx: x(times[index]),
      cy: base,
      r: 4.5,
      fill: "var(--surface)",
      stroke: "var(--accent)",
      "stroke-width": 2.2
    }),
                 svg("title", {}, sceneText(scene)))));
}

function anchor(at, width) { return at < 40 ? "start" : at > width - 40 ? "end" : "middle"; }

function sceneText(scene) {
  const cloud =
    scene.cloud === null || scene.cloud === undefined ? "" : `, ${t("network.cloud")} ${format.percent(scene.cloud)}`;
  return `${format.date(scene.date)} ${scene.name}${cloud}`;
}

function arc(from, to, base, longest, pair) {
  const rise = 14 + 104 * (Math.abs(to - from) / longest);
  return svg("path", {
    d: `M${from} ${base}C${from} ${base - rise * 1.3} ${to} ${base - rise * 1.3} ${to} ${base}`,
    fill: "none",
    stroke: pair.useful ? "var(--accent)" : "var(--line-strong)",
    "stroke-width": pair.useful ? 1.5 : 1.2,
    "stroke-dasharray": pair.useful ? null : "4 3",
    opacity: pair.useful ? 0.62 : 0.9,
  });
}

function legendItem(isDashed, text) {
  return h("li", {}, svg("svg", { viewBox: "0 0 26 12", "aria-hidden": "true" }, svg("path", {
    d: "M1 11C1 -2 25 -2 25 11",
    fill: "none",
    stroke: isDashed ? "var(--line-strong)" : "var(--accent)",
    "stroke-width": 1.7,
    "stroke-dasharray": isDashed ? "4 3" : null
  })),
    text);
}

function tableOf({ scenes, pairs }) {
  const body = h("tbody");
  const rows = () => pairs.map(
    (pair) => h("tr", {}, h("td", {}, format.date(scenes[pair.first]?.date)),
      h("td", {}, format.date(scenes[pair.second]?.date)), h("td", { class: "number" }, format.number(pair.days)),
      h("td", {}, pair.useful ? t("value.yes") : pair.reason ?? t("value.no"))));
  const names = ["network.first", "network.second", "network.separation", "network.usefulHead"];
  const details = h("details", {}, h("summary", { class: "small" }, t("network.table")),
    h("div", { class: "table-frame", tabindex: "0", role: "region", "aria-label": t("network.table") },
      h("table", {}, h("thead", {}, h("tr", {}, names.map((name) => h("th", { scope: "col" }, t(name))))), body)));
  details.addEventListener("toggle", () => details.open && body.childElementCount === 0 && replace(body, rows()));
  return details;
}
