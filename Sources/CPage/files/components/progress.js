// SPDX-License-Identifier: Apache-2.0
import { h } from "../dom.js";
import { percent } from "../format.js";

/**
 * A bar with its share in words.
 *
 * @param {Object} options
 * @param {number|null} options.share 0…1; null where it is not known
 * @param {string} options.label what progresses, for screen readers
 * @param {string} [options.left] text under the bar at its left
 * @param {string} [options.right] text at its right; the share when absent
 * @returns {HTMLElement}
 */
export function progressBar({ share, label, left, right }) {
  const known = share !== null && share !== undefined;
  const whole = known ? Math.round(Math.min(1, Math.max(0, share)) * 100) : null;
  return h("div", { class: "progress" },
    h("div", { class: "track", role: "progressbar", "aria-label": label, "aria-valuemin": "0", "aria-valuemax": "100",
      "aria-valuenow": whole }, h("div", { class: "bar-fill", style: { width: `${whole ?? 0}%` } })),
    h("div", { class: "text" }, h("span", {}, left ?? ""), h("span", {}, right ?? (known ? percent(share) : ""))));
}
