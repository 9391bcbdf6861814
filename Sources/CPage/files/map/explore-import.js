// SPDX-License-Identifier: Apache-2.0
import { followImport } from "../components/bringfiles.js";
import { openDialog } from "../components/dialog.js";
import { pathPicker } from "./pathpicker.js";
import { h, replace, uniqueID } from "../dom.js";
import { t } from "../i18n.js";
import { field } from "./mapscreen.js";
import { bodyOf } from "./explore-query.js";

/**
 * Asks what to bring into the catalogue: scenes of a folder, of a STAC service, or of a STAC file.
 *
 * @param {Object} options
 * @param {Object} options.context of the shell
 * @param {Object} options.search the search on the screen; a service is asked for the same area and time
 * @param {() => void} options.onDone called when scenes have come
 */
export function openImport({ context, search, onDone }) {
  let kind = "folder";
  const place = h("div", { class: "stack" });
  const status = h("p", { role: "status" });
  const forms = { folder: folderForm(context), "stac-api": serviceForm(search), "stac-items": itemsForm(context) };
  const name = uniqueID("kind");
  const choices = Object.keys(forms).map((value) => h("label", { class: "check" }, h("input", { type: "radio", name,
    value,
    checked: value === kind, onchange: () => {
      kind = value;
      replace(place, forms[kind].element);
    } }), t(`explore.import.${value}`)));
  replace(place, forms[kind].element);
  const run = async () => {
    const body = forms[kind].body();
    if (!body) {
      status.textContent = t("explore.import.missing");
      return false;
    }
    try {
      await followImport(context.api, await context.api.post("/api/imports", body), (state) => {
        status.textContent = t("explore.import.state",
          { message: state.message ?? "", added: state.added ?? 0, skipped: state.skipped ?? 0 });
      });
      onDone();
    } catch (error) {
      status.textContent = [error.title, error.detail || error.message, error.cure].filter(Boolean).join(" ");
    }
    // The report of what came stays to be read.
    return false;
  };
  openDialog({ title: t("explore.import"),
    content: [h("fieldset", { class: "field" }, h("legend", {}, t("explore.import.what")), choices), place, status],
    actions: [{ label: t("action.close") }, { label: t("explore.import.start"), kind: "primary", run }] });
}

function folderForm(context) {
  const picker = pathPicker(context.api, t("explore.import.path"));
  const collection = collectionField(t("explore.import.collectionNew"), "scenes");
  return { element: h("div", { class: "stack" }, picker.element, collection.element),
    body: () => (picker.value && collection.value
      ? { kind: "folder", path: picker.value, collection: collection.value } : null) };
}

function serviceForm(search) {
  const url = h("input",
    { type: "url", id: uniqueID("url"), placeholder: "https://earth-search.aws.element84.com/v1" });
  const names = h("input", { type: "text", id: uniqueID("collections"), placeholder: "sentinel-2-l1c" });
  const limit = h("input", { type: "number", id: uniqueID("limit"), min: "1", max: "10000", value: "200" });
  const collection = collectionField(t("explore.import.collection"));
  const body = () => {
    if (!url.value || !url.checkValidity()) return null;
    const { intersects, datetime, filter, "filter-lang": language } = bodyOf(search);
    const collections = names.value.split(/[\s,]+/).filter(Boolean);
    return { kind: "stac-api", url: url.value, collections, intersects, datetime, filter, "filter-lang": language,
      limit: limit.valueAsNumber,
      collection: collection.value ?? undefined };
  };
  return { body, element: h("div", { class: "stack" }, field(t("explore.import.url"), url, t("explore.import.urlHelp")),
    field(t("explore.import.collections"), names), field(t("explore.import.limit"), limit), collection.element) };
}

function itemsForm(context) {
  const picker = pathPicker(context.api, t("explore.import.items"), ".json");
  const collection = collectionField(t("explore.import.collection"));
  return { element: h("div", { class: "stack" }, picker.element, collection.element),
    body: () => (picker.value ? { kind: "stac-items", path: picker.value, collection: collection.value ?? undefined }
      : null) };
}

function collectionField(label, value = "") {
  const input = h("input", { type: "text", id: uniqueID("collection"), autocomplete: "off", value });
  return { element: field(label, input, t("explore.import.collectionHelp")),
    get value() { return input.value.trim() || null; } };
}
