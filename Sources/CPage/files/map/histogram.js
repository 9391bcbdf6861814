// SPDX-License-Identifier: Apache-2.0
import { timeLabel, timeTicks } from "../components/ticks.js";
import { h, replace, svg } from "../dom.js";
import { date, integer } from "../format.js";
import { t, tCount } from "../i18n.js";

const height = 64;

/**
 * Acquisitions over time: a bar for each month, day or year, on which a stretch of time is chosen by dragging. The
 * same stretch can be typed into the date fields, so keys lose nothing.
 *
 * @param {Object} options
 * @param {(from: string, to: string) => void} options.onRange takes days; empty texts for all time
 * @returns {{element: HTMLElement, show: (histogram: Object, range: {from: string, to: string}) => void}}
 */
export function timeHistogram({ onRange }) {
  const element = h("div", { class: "time-histogram" });
  const redraw = { run: null };
  new ResizeObserver(() => redraw.run?.()).observe(element);
  const show = (histogram, range) => {
    redraw.run = () => draw(element, histogram, range, onRange);
    redraw.run();
  };
  return { element, show };
}

function draw(element, { bins, total }, range, onRange) {
  if (bins.length === 0) return replace(element, h("p", { class: "small quiet" }, t("explore.noTimes")));
  const width = Math.max(240, element.clientWidth);
  const times = bins.map((bin) => [Date.parse(bin.start), Date.parse(bin.end)]);
  const [first, last] = [times[0][0], times.at(-1)[1]];
  const place = (time) => ((time - first) / (last - first)) * width;
  const most = Math.max(...bins.map((bin) => bin.count));
  const ends = [range.from ? Date.parse(range.from) : first, range.to ? Date.parse(range.to) + 86400000 : last];
  const bars = bins.map((bin, index) => {
    const [start, end] = times[index];
    const isIn = end > ends[0] && start < ends[1];
    const tall = Math.max(2, (bin.count / most) * (height - 6));
    return svg("rect", { x: place(start), y: height - tall, width: Math.max(1.5, place(end) - place(start) - 1),
      height: tall,
      class: isIn ? "bar-in" : "bar-out" }, svg("title", {}, `${date(bin.start)}: ${integer(bin.count)}`));
  });
  const brush = svg("rect", { class: "brush", y: 0, height });
  const sentence = t("explore.histogram",
    { count: tCount("explore.scenes", total), from: date(bins[0].start), to: date(bins.at(-1).end) });
  const drawing = svg("svg",
    { viewBox: `0 0 ${width} ${height + 18}`, height: height + 18, role: "img", "aria-label": sentence },
    bars, brush, ...labels(first, last, place, width));
  setBrush(brush, ...ends.map(place), Boolean(range.from || range.to));
  addDragging(drawing, brush, width,
    ([low, high]) => onRange(...[low, high].map((x) => day(first + (x / width) * (last - first)))));
  const clear = (range.from || range.to)
    && h("button", { class: "button button-quiet", type: "button", onclick: () => onRange("", "") },
      t("explore.allTime"));
  replace(element, h("div", { class: "histogram-head small" }, h("span", { class: "quiet" }, sentence), clear),
    drawing);
}

function labels(first, last, place, width) {
  const ticks = timeTicks(first, last, Math.max(2, Math.floor(width / 90)));
  const shown = ticks.filter((tick) => place(tick) < width - 40);
  return shown.map((tick) => svg("text", { x: place(tick), y: height + 14 }, timeLabel(tick, ticks)));
}

function setBrush(brush, low, high, isShown) {
  brush.setAttribute("x", String(Math.max(0, low)));
  brush.setAttribute("width", String(Math.max(0, high - Math.max(0, low))));
  brush.setAttribute("visibility", isShown ? "visible" : "hidden");
}

function addDragging(drawing, brush, width, onDone) {
  let start = null;
  const at = (event) => {
    const box = drawing.getBoundingClientRect();
    return Math.min(width, Math.max(0, ((event.clientX - box.left) / box.width) * width));
  };
  const both = (event) => [Math.min(start, at(event)), Math.max(start, at(event))];
  drawing.addEventListener("pointerdown", (event) => {
    start = at(event);
    drawing.setPointerCapture(event.pointerId);
  });
  drawing.addEventListener("pointermove", (event) => { if (start !== null) setBrush(brush, ...both(event), true); });
  drawing.addEventListener("pointerup", (event) => {
    if (start === null) return;
    const [low, high] = both(event);
    start = null;
    // A click is no stretch of time.
    if (high - low > 4) onDone([low, high]);
    else brush.setAttribute("visibility", "hidden");
  });
}

function day(time) {
  return new Date(time).toISOString().slice(0, 10);
}
