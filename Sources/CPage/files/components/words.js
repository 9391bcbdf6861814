// SPDX-License-Identifier: Apache-2.0
import { h } from "../dom.js";
import { currentLanguage, hasWords, t } from "../i18n.js";

// Services declare their words in English, once. Where the page's language has its own for a key they are used; else
// the English ones stand, marked as such for screen readers.

/** @returns {HTMLElement|string} words of `key`, or the declared English ones */
export function declared(key, english) {
  if (hasWords(key)) return t(key);
  return currentLanguage() === "en" ? english : h("span", { lang: "en" }, english);
}

/** The same as plain text, for labels and titles of documents. */
export function declaredText(key, english) { return hasWords(key) ? t(key) : english; }

/** Name of a service. */
export function serviceTitle(process) {
  return declaredText(`service.${process.id}.title`, process.title ?? process.id);
}

/** What a service does, without the marks of Markdown. */
export function serviceSummary(process) {
  return declared(`service.${process.id}.summary`, plain(process.description ?? ""));
}

export function inputTitle(name, input) { return declaredText(`input.${name}.title`, input?.title ?? name); }

export function inputHelp(name, input) { return declared(`input.${name}.help`, plain(input?.description ?? "")); }

export function groupTitle(group) { return declaredText(`group.${group}`, group || t("group.general")); }

/** What holds where a value is absent: "automatic", "none". */
export function absentText(absent) { return declaredText(`absent.${absent}`, plain(absent)); }

/** Short unit for people: "px", "m/yr". */
export function unitText(unit) { return unit ? declaredText(`unit.${unit}`, unit) : ""; }

function plain(text) { return text.replaceAll("`", ""); }
