// SPDX-License-Identifier: Apache-2.0
import { icon } from "../components/icons.js";
import { h, replace } from "../dom.js";
import { t } from "../i18n.js";

/**
 * Walks the folders that the server offers and takes one.
 *
 * @param {Object} api
 * @param {string} label
 * @returns {{element: HTMLElement, value: string|null}} `value` is the reference of the folder that is open
 */
export function pathPicker(api, label) {
  const list = h("ul", { class: "path-list" });
  const where = h("p", { class: "small", role: "status" });
  const picker = { element: h("div", { class: "field", role: "group", "aria-label": label }, h("span",
    { class: "label" }, label), where, list), value: null };
  const trail = [];
  const open = async (entry) => {
    if (entry) trail.push(entry);
    picker.value = trail.at(-1)?.reference ?? null;
    where.textContent = trail.length > 0 ? trail.map((one) => one.name).join(" / ") : t("explore.import.chooseFolder");
    let entries = [];
    try {
      ({ entries } = await api.get(`/api/files?path=${encodeURIComponent(trail.at(-1)?.path ?? "")}`));
    } catch (error) {
      where.textContent = error.detail || error.message;
    }
    const back = trail.length > 0 && row("up", t("explore.import.up"), () => {
      trail.pop();
      void open();
    });
    replace(list, back,
      entries.filter((one) => one.kind === "folder").map((one) => row("folder", one.name, () => void open(one))));
    if (entry) list.querySelector("button")?.focus();
  };
  void open();
  return picker;
}

function row(sign, words, onClick) {
  return h("li", {}, h("button", { class: "button button-quiet", type: "button", onclick: onClick }, icon(sign),
    words));
}
