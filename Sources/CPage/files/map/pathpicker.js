// SPDX-License-Identifier: Apache-2.0
import { icon } from "../components/icons.js";
import { h, replace } from "../dom.js";
import { t } from "../i18n.js";

/**
 * Walks the folders that the server offers and takes one, or a file in one.
 *
 * @param {Object} api
 * @param {string} label
 * @param {string} [ending] of files that may be taken, such as ".json"; without it only folders are listed
 * @returns {{element: HTMLElement, value: string|null}} `value` is the reference of the folder that is open, or of the
 *   file that was chosen
 */
export function pathPicker(api, label, ending = null) {
  const list = h("ul", { class: "path-list" });
  const where = h("p", { class: "small", role: "status" });
  const element = h("div", { class: "field", role: "group", "aria-label": label },
    h("span", { class: "label" }, label), where, list);
  const picker = { element, value: null };
  const trail = [];
  const tell = (names) => {
    where.textContent = names.length > 0 ? names.join(" / ") : t("explore.import.chooseFolder");
  };
  const take = (file) => {
    picker.value = file.reference;
    tell([...trail, file].map((one) => one.name));
  };
  const open = async (entry) => {
    if (entry) trail.push(entry);
    picker.value = trail.at(-1)?.reference ?? null;
    tell(trail.map((one) => one.name));
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
    const folders = entries.filter((one) => one.kind === "folder").map((one) => row("folder", one.name, () =>
      open(one)));
    const files = entries.filter((one) => ending && one.kind === "file" && one.name.endsWith(ending))
      .map((one) => row("file", one.name, () => take(one)));
    replace(list, back, folders, files);
    if (entry) list.querySelector("button")?.focus();
  };
  void open();
  return picker;
}

function row(sign, words, onClick) {
  return h("li", {}, h("button", { class: "button button-quiet", type: "button", onclick: () => void onClick() },
    icon(sign), words));
}
