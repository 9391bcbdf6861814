// SPDX-License-Identifier: Apache-2.0
import { h, replace } from "../dom.js";
import * as format from "../format.js";
import { t } from "../i18n.js";

const daysPerYear = 365.25;

/**
 * The separation from which motion of a speed can be seen: `T = s · p / v`, with precision `s` in pixels, pixel `p`
 * in metres and speed `v` in metres per year (the rule in the manual of GEP's optical services).
 *
 * @returns {number} days; NaN where a value is missing
 */
export function usefulSeparation(precision, pixel, speed) { return (precision * pixel / speed) * daysPerYear; }

/** A folded box in which the rule can be tried. */
export function baselineHelper() {
  const result = h("output", { for: "baseline-pixel baseline-precision baseline-speed", class: "baseline-result" });
    const update = () => {
      const [pixel, precision, speed] = inputs.map((input) => Number(input.value.replace(",", ".")));
      const days = usefulSeparation(precision, pixel, speed);
      replace(result,
        Number.isFinite(days) && days > 0
          ? t("baseline.result", { days: format.number(days, 2), years: format.number(days / daysPerYear, 2) })
          : t("baseline.incomplete"));
    };
    const fields =
      [["pixel", "10", "m"], ["precision", "0.1", "px"], ["speed", "50", t("unit.metresPerYear")]];
    const inputs = [];
    const rows = fields.map(([name, value, unit]) => {
      const input =
        h("input", { id: `baseline-${name}`, type: "text", inputmode: "decimal", value, oninput: update });
      inputs.push(input);
      return h("div", { class: "field" }, h("label", { for: input.id
      }, t(`baseline.${name}`), h("span", { class: "unit" }, ` (${unit})`)), input);
    });
    update();
    return h("details", { class: "fold" }, h("summary", {}, t("baseline.title")),
      h("div", { class: "inside stack-small" }, h("p", { class: "small quiet" }, t("baseline.help")),
        h("div", { class: "three-fields" }, rows), result));
}
