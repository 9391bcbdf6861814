// SPDX-License-Identifier: Apache-2.0
import { h, replace } from "../dom.js";
import * as format from "../format.js";
import { t } from "../i18n.js";

const daysPerYear = 365.25;
/** Up to so many times the useful separation pairs are offered: longer ones lose more than they gain. */
const longest = 4;

/**
 * The separation from which motion of a speed can be seen: `T = s · p / v`, with precision `s` in pixels, pixel `p`
 * in metres and speed `v` in metres per year (the rule in the manual of GEP's optical services).
 *
 * @returns {number} days; NaN where a value is missing
 */
export function usefulSeparation(precision, pixel, speed) { return (precision * pixel / speed) * daysPerYear; }

/**
 * A folded box in which the rule can be tried, and its result be taken for the job.
 *
 * @param {((low: number, high: number) => void)|false} onUse takes the shortest and longest separation, days
 * @returns {{element: HTMLElement, know: (known: {pixel?: number, speed?: number}) => void}} `know` fills in what is
 *   known of the job, where nobody has typed anything else
 */
export function baselineHelper(onUse) {
  const result = h("output", { for: "baseline-pixel baseline-precision baseline-speed", class: "baseline-result" });
  const use = h("button", { class: "button", type: "button", hidden: true, dataset: { control: "baseline-use" },
    onclick: () => onUse(range()[0], range()[1]) });
  const inputs = {};
  const days = () => usefulSeparation(...["precision", "pixel", "speed"].map((name) =>
    Number(inputs[name].value.replace(",", "."))));
  const range = () => [Math.max(1, Math.ceil(days())), Math.max(1, Math.ceil(days())) * longest];
  const update = () => {
    const isKnown = Number.isFinite(days()) && days() > 0;
    replace(result, isKnown
      ? t("baseline.result", { days: format.number(days(), 2), years: format.number(days() / daysPerYear, 2) })
      : t("baseline.incomplete"));
    use.hidden = !onUse || !isKnown || range()[1] > 36_525;
    const [low, high] = range().map(format.integer);
    if (!use.hidden) replace(use, t("baseline.use", { low, high }));
  };
  const rows = [["pixel", "10", "m"], ["precision", "0.1", "px"], ["speed", "50", t("unit.metresPerYear")]].map(
    ([name, value, unit]) => {
      const input = h("input", { id: `baseline-${name}`, type: "text", inputmode: "decimal", value, oninput: () => {
        input.dataset.typed = "";
        update();
      } });
      inputs[name] = input;
      return h("div", { class: "field" },
        h("label", { for: input.id }, t(`baseline.${name}`), h("span", { class: "unit" }, ` (${unit})`)), input);
    });
  update();
  const know = (known) => {
    for (const [name, value] of Object.entries(known)) {
      const isFree = inputs[name].dataset.typed === undefined;
      if (value > 0 && isFree) inputs[name].value = String(Number(value.toPrecision(3)));
    }
    update();
  };
  const element = h("details", { class: "fold" }, h("summary", {}, t("baseline.title")),
    h("div", { class: "inside stack-small" }, h("p", { class: "small quiet" }, t("baseline.help")),
      h("div", { class: "three-fields" }, rows), result, use));
  return { element, know };
}
