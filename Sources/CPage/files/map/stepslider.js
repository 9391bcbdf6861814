// SPDX-License-Identifier: Apache-2.0
import { icon } from "../components/icons.js";
import { h, replace, uniqueID } from "../dom.js";
import { date } from "../format.js";
import { t } from "../i18n.js";

const pause = 700;

/** A date, a year, or the ends of a time. */
export function spanText({ date: end, start }) {
  if (!start || start === end) return date(end);
  const isYear = start.endsWith("-01-01") && end.endsWith("-12-31") && start.slice(0, 4) === end.slice(0, 4);
  return isYear ? end.slice(0, 4) : `${date(start)} – ${date(end)}`;
}

/**
 * Walks through the dates of a series: a slider, steps to either side, and play.
 *
 * @param {Object} options
 * @param {Array<{date: string, start?: string}>} options.steps in order of time; one with a `start` is a mean
 * @param {number} options.start index of the first one shown
 * @param {(index: number) => Promise<void>|void} options.onStep called for each change; play waits for it
 * @returns {{element: HTMLElement, stop: () => void}}
 */
export function stepSlider({ steps, start, onStep }) {
  const id = uniqueID("step");
  let timer = 0;
  const slider = h("input",
    { id, type: "range", min: "0", max: String(steps.length - 1), step: "1", value: String(start) });
  const words = h("output", { for: id, class: "step-date" });
  const show = async (index) => {
    slider.value = String(index);
    words.textContent = spanText(steps[index]);
    slider.setAttribute("aria-valuetext", spanText(steps[index]));
    await onStep(index);
  };
  const stop = () => {
    clearTimeout(timer);
    timer = 0;
    drawPlay();
  };
  const next = async () => {
    const before = Date.now();
    await show((Number(slider.value) + 1) % steps.length);
    if (timer) timer = setTimeout(next, Math.max(0, pause - (Date.now() - before)));
  };
  const move = (by) => {
    stop();
    void show(Math.min(steps.length - 1, Math.max(0, Number(slider.value) + by)));
  };
  const play = h("button", { class: "button button-icon", type: "button", onclick: () => {
    if (timer) return stop();
    timer = setTimeout(next, 0);
    drawPlay();
  } });
  const drawPlay = () => {
    play.setAttribute("aria-label", t(timer ? "map.pause" : "map.play"));
    replace(play, icon(timer ? "pause" : "play"));
  };
  slider.addEventListener("input", () => {
    stop();
    void show(Number(slider.value));
  });
  drawPlay();
  words.textContent = spanText(steps[start]);
  slider.setAttribute("aria-valuetext", spanText(steps[start]));
  const step = (by, key, sign) => h("button", { class: "button button-icon", type: "button", "aria-label": t(key),
    onclick: () => move(by) }, icon(sign, by < 0 ? "turned-left" : "turned-right"));
  const element = h("div", { class: "step-slider", role: "group", "aria-label": t("results.time") },
    play, step(-1, "map.earlier", "down"), step(1, "map.later", "down"),
    h("label", { class: "visually-hidden", for: id }, t("results.date")), slider, words);
  return { element, stop };
}
