// SPDX-License-Identifier: Apache-2.0
import { h } from "../dom.js";
import { t } from "../i18n.js";
import { icon } from "./icons.js";
import { serverLanguage } from "./words.js";

/**
 * An error in the place where its content would have stood.
 *
 * @param {Error} error of the interface, or any other
 * @param {() => void} [retry] adds a button
 * @returns {HTMLElement}
 */
export function problemBox(error, retry) {
  // What never reached the server is said by the page.
  const lang = error.status > 0 ? serverLanguage() : null;
  return h("div", { class: "notice notice-danger stack-small", role: "alert" },
    h("h2", { lang: error.title ? lang : null }, error.title || t("error.title")),
    h("p", { class: "break", lang }, error.detail || error.message),
    error.cure && h("p", { class: "break", lang }, error.cure),
    error.problems?.length > 0 && h("ul", { lang }, error.problems.map((one) => h("li", {}, one.message))),
    error.kind && h("p", { class: "small quiet" }, `${t("error.kind")} `, h("code", {}, error.kind)),
    retry && h("div", {}, h("button", { class: "button", type: "button", onclick: retry },
      icon("restart"), t("action.tryAgain"))));
}

/** A callout: `kind` is note, success, warning or danger. */
export function notice(kind, title, ...content) {
  return h("div", { class: `notice notice-${kind} stack-small` }, title && h("h3", {}, title), content);
}

/** What stands where nothing is yet: a sign, a heading, a sentence, a way on. */
export function emptyBox(sign, title, sentence, ...actions) {
  return h("div", { class: "empty panel" }, icon(sign), h("h2", {}, title), sentence && h("p", {}, sentence),
    actions.length > 0 && h("div", { class: "cluster" }, actions));
}

/** "Loading…", read out only by its words. */
export function loadingBox() {
  return h("div", { class: "empty" }, icon("spinner", "busy"), h("p", {}, t("state.loading")));
}
