// SPDX-License-Identifier: Apache-2.0
import { h } from "../dom.js";
import { currentLanguage, hasWords, t } from "../i18n.js";

// Services declare their words in English, once. Words of another language stand under the English ones, so that a
// declaration that changes falls back to English instead of saying what is no longer true. English words on a page in
// another language are marked as such for screen readers.

/** @returns {HTMLElement|string} what is declared in English, in the page's language where it has words for it */
export function declared(english) {
  const text = plain(english);
  if (hasWords(text)) return t(text);
  return currentLanguage() === "en" || text === "" ? text : h("span", { lang: "en" }, text);
}

/** The language of what the server says itself, for `lang`: logs, refusals, notes on the data are English. */
export function serverLanguage() { return currentLanguage() === "en" ? null : "en"; }

/** The same as plain text, for labels and titles of documents. */
export function declaredText(english) {
  const text = plain(english);
  return hasWords(text) ? t(text) : text;
}

/** Name of a service; the page has shorter ones than the command line. */
export function serviceTitle(process) {
  return named(`service.${process.id}.title`) || declaredText(process.title ?? process.id);
}

/** What a service does. */
export function serviceSummary(process) {
  return named(`service.${process.id}.summary`) || declared(process.description);
}

/** What a service needs or gives in a few words; empty where the page does not know it. */
export function serviceBrief(process, what) {
  return named(`service.${process.id}.${what}`);
}

export function inputTitle(name, input) {
  return declaredText(input?.title ?? name);
}

export function inputHelp(input) {
  return declared(input?.description);
}

export function groupTitle(group) {
  return group ? declaredText(group) : t("group.general");
}

/** What holds where a value is absent: "automatic", "none". */
export function absentText(absent) {
  return declaredText(absent);
}

/** Short unit for people: "px", "m/yr". */
export function unitText(unit) {
  return unit ? named(`unit.${unit}`) || unit : "";
}

function named(key) {
  return hasWords(key) ? t(key) : "";
}

// The marks of Markdown are for terminals and documents.
function plain(text) {
  return (text ?? "").replaceAll("`", "");
}
