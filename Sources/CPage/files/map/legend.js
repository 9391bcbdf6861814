// SPDX-License-Identifier: Apache-2.0
import { h, replace, uniqueID } from "../dom.js";
import { date, number } from "../format.js";
import { hasWords, t } from "../i18n.js";
import { unitText } from "../components/words.js";
import { classColours, colourMapNames, cssGradient } from "./colourmaps.js";

/** The look that a layer has before anyone changes it: the usual map over the middle 96 % of its values. */
export function usualLook(layer) {
  const names = colourMapNames(layer.kind);
  const map = names.includes(layer.colours) ? layer.colours : names[0];
  return { map, range: usualRange(layer), opacity: 1, fade: null, hidden: new Set() };
}

/**
 * The range of values that the colours span: that of the layer's own style, else even about zero for signed layers and
 * the whole circle for directions.
 */
export function usualRange(layer) {
  if (layer.kind === "direction") return [0, 360];
  if (layer.range) return layer.range.map((value) => tidy(value, 3));
  const [low, , high] = layer.percentiles ?? [0, null, 1];
  if (layer.kind === "signed") {
    const most = Math.max(Math.abs(low), Math.abs(high)) || 1;
    return [tidy(-most), tidy(most)];
  }
  const start = layer.kind === "image" ? low : Math.max(0, low) < 0.35 * high ? 0 : low;
  return [tidy(low < 0 ? low : start), tidy(high)];
}

function tidy(value, digits = 2) {
  return Number(value.toPrecision(digits));
}

/**
 * The legend of a layer: a bar of its colours with values and unit, and fields to change them; or its classes.
 *
 * @param {Object} layer as described by the server
 * @param {Object} look as of `usualLook`; changed in place
 * @param {() => void} onChange called after each change
 * @returns {HTMLElement}
 */
export function legend(layer, look, onChange) {
  if (layer.kind === "flags" || layer.kind === "mask") return classLegend(layer, look, onChange);
  const bar = h("div", { class: "legend-bar" });
  const ticks = h("div", { class: "legend-ticks", "aria-hidden": "true" });
  const draw = () => {
    bar.style.background = cssGradient(look.map);
    replace(ticks, ...tickValues(look.range).map((value) => h("span", {}, number(value, 3))));
  };
  const change = () => {
    draw();
    onChange();
  };
  draw();
  return h("div", { class: "legend-box" }, bar, ticks,
    h("p", { class: "small quiet" }, unitSentence(layer)),
    layer.kind !== "direction" && rangeFields(layer, look, change), mapField(layer, look, change));
}

/** A layer's unit in words: "Speed in m/yr". */
export function unitSentence(layer) {
  const title = plainTitle(layer.title);
  return layer.unit && layer.unit !== "1" ? t("results.inUnit", { title, unit: unitText(layer.unit) }) : title;
}

/** What commands call their layers, in the page's language; what is said of a layer's error follows from the layer. */
function translated(title) {
  if (hasWords(title)) return t(title);
  const [, rest] = /^standard deviation of the (.*)$/.exec(title) ?? [];
  return rest && hasWords(rest) ? t("results.sigmaOf", { title: t(rest) }) : title;
}

/** A vector layer: what moves, and of a pair the dates. */
export function arrowTitle(arrows) {
  const last = arrows.name.split("/").at(-1);
  const dates = (arrows.name.match(/\d{4}-\d\d-\d\d/g) ?? []).map((day) => date(day)).join(" – ");
  const kind = last.replace(/-?\d{4}-\d\d-\d\d/g, "").replace(/-\d{4}$/, "");
  const words = hasWords(`arrows.${kind}`) ? t(`arrows.${kind}`) : kind.replaceAll(/[-_]/g, " ");
  const year = /-(\d{4})$/.exec(last)?.[1];
  return [words, dates || year].filter(Boolean).join(", ");
}

/** A title with a capital and, of one date among many, without the dates: those stand beside it. */
export function plainTitle(text) {
  const words = translated(text.replace(/ from \d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d$/, "")
    .replace(/ in \d{4}(, of which.*)?$/, ""));
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function tickValues([low, high]) {
  return [0, 0.25, 0.5, 0.75, 1].map((share) => low + share * (high - low));
}

function rangeFields(layer, look, onChange) {
  const fields = [0, 1].map((end) => h("input", { type: "number", step: "any", id: uniqueID("range"),
    value: look.range[end], onchange: (event) => {
      const value = event.target.valueAsNumber;
      if (!Number.isFinite(value)) return;
      look.range = look.range.with(end, value);
      onChange();
    } }));
  const reset = h("button", { class: "button button-quiet", type: "button", onclick: () => {
    look.range = usualRange(layer);
    fields.forEach((field, end) => { field.value = look.range[end]; });
    onChange();
  } }, t("results.usualRange"));
  const labelled = (end, key) => h("div", { class: "field" }, h("label", { for: fields[end].id }, t(key)), fields[end]);
  return h("div", { class: "legend-range" }, labelled(0, "results.from"), labelled(1, "results.to"), reset);
}

function mapField(layer, look, onChange) {
  const names = colourMapNames(layer.kind);
  if (names.length < 2) return null;
  const id = uniqueID("colours");
  const select = h("select", { id, onchange: (event) => {
    look.map = event.target.value;
    onChange();
  } }, names.map((name) => h("option", { value: name, selected: name === look.map }, t(`map.colours.${name}`))));
  return h("div", { class: "field" }, h("label", { for: id }, t("results.colours")), select);
}

function classLegend(layer, look, onChange) {
  const entries = (layer.classes ?? []).map((entry, index) => {
    const colour = entry.colour ?? classColours[index % classColours.length];
    const box = h("input", { type: "checkbox", checked: !look.hidden.has(entry.value), onchange: (event) => {
      if (event.target.checked) look.hidden.delete(entry.value);
      else look.hidden.add(entry.value);
      onChange();
    } });
    const key = `map.class.${entry.name}`;
    return h("li", {}, h("label", { class: "check" }, box,
      h("span", { class: "swatch", style: { background: colour } }),
      hasWords(key) ? t(key) : entry.name));
  });
  return h("ul", { class: "legend-classes" }, entries);
}
