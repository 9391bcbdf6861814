// SPDX-License-Identifier: Apache-2.0
import { problemBox } from "../components/problem.js";
import { h, replace } from "../dom.js";
import { t } from "../i18n.js";

/**
 * The frame of a screen with a map: panel, map, and a drawer below the map for what is read off it.
 *
 * @param {Object} parts
 * @param {string} parts.title for the heading that screen readers hear, where `heading` is shorter
 * @param {Node} [parts.crumb] stands above the heading
 * @param {string} [parts.heading]
 * @param {Node|Node[]} parts.side content of the panel
 * @param {Node|Node[]} parts.stage the map and what lies on it
 * @param {Node|Node[]} [parts.drawer]
 * @returns {HTMLElement}
 */
export function mapFrame({ title, crumb, heading, side, stage, drawer }) {
  return h("div", { class: "map-screen" },
    h("div", { class: "map-side" },
      crumb && h("nav", { class: "crumbs", "aria-label": t("map.crumbs") }, crumb),
      h("h1", { class: "map-title" }, heading ? [h("span", { class: "visually-hidden" }, title),
        h("span", { "aria-hidden": "true" }, heading)] : title),
      side),
    h("div", { class: "map-stage" }, h("div", { class: "map-area" }, stage), drawer));
}

/** What stands on a map screen where the server has no map library. */
export function libraryProblem(root, title) {
  const error = Object.assign(new Error(),
    { title: t("map.noLibrary"), detail: t("map.noLibraryDetail"), cure: t("map.noLibraryCure") });
  replace(root, h("div", { class: "map-problem" }, h("h1", {}, title), problemBox(error)));
  return undefined;
}

/** A group of controls in the panel, under a heading that folds it. */
export function section(title, content, isOpen = true) {
  return h("details", { class: "map-section", open: isOpen }, h("summary", {}, h("h2", {}, title)),
    h("div", { class: "stack map-section-content" }, content));
}

/** A field of the panel: a label over a control. */
export function field(label, control, help) {
  return h("div", { class: "field" }, h("label", { for: control.id }, label), control,
    help && h("p", { class: "help" }, help));
}
