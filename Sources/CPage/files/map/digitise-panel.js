// SPDX-License-Identifier: Apache-2.0
import { openDialog } from "../components/dialog.js";
import { icon } from "../components/icons.js";
import { h, replace, saveFile, uniqueID } from "../dom.js";
import { t } from "../i18n.js";
import { classes } from "./digitise-store.js";
import { readShapes, toWKT } from "./geometry.js";
import { plainTitle } from "./legend.js";
import { field, section } from "./mapscreen.js";
import { parsePosition } from "./positions.js";

const signs = { Polygon: "area", Box: "scan", Point: "add", edit: "pencil" };

/** The panel and the tools of the drawing screen. */
export class DrawingPanel {
  #screen;
  #jobs = [];
  #saved = [];
  name = "";

  /** @param {DigitiseScreen} screen */
  constructor(screen) {
    this.#screen = screen;
    this.name = t("digitise.title").toLowerCase();
    this.tools = h("div", { class: "map-tools", role: "toolbar", "aria-label": t("digitise.tools") });
    this.element = h("div", { class: "stack" });
    void this.#loadLists();
  }

  /** Draws the panel anew; the control that had the focus keeps it. */
  draw() {
    const focused = this.element.contains(document.activeElement) ? document.activeElement.dataset.control : null;
    const open = new Set([...this.element.querySelectorAll("details[open]")].map((one) =>
      one.querySelector("summary").textContent));
    const isFirst = this.element.childElementCount === 0;
    const part = (key, content, isOpen) => section(t(key), content, isFirst ? isOpen : open.has(t(key)));
    replace(this.element, part("digitise.classes", this.#classes(), true),
      part("digitise.features", this.#features(), true),
      part("digitise.checks", this.#checks(), true), part("digitise.save", this.#save(), true),
        part("digitise.background", this.#background(), true),
      part("digitise.openSaved", this.#open(), false), part("map.goTo", this.#screen.view.goToForm(), false));
    this.drawTools();
    if (focused) this.element.querySelector(`[data-control="${focused}"]`)?.focus();
  }

  drawTools() {
    const { tool, store } = this.#screen;
    const focused = this.tools.contains(document.activeElement) ? document.activeElement.dataset.control : null;
    const button = (name) => h("button",
      { class: "button map-tool", type: "button", "aria-pressed": String(name === tool), dataset: { control: name },
      onclick: () => this.#screen.choose(name) }, icon(signs[name]), h("span", {}, t(`digitise.tool.${name}`)));
    const action = (key, sign, isOff, onclick) =>
      h("button", { class: "button map-tool", type: "button", disabled: isOff, onclick, dataset: { control: key } },
      icon(sign), h("span", {}, t(key)));
    const finish = tool === "Polygon" && action("map.finish", "check", false, () => this.#screen.sketch.finish());
    replace(this.tools, Object.keys(signs).map(button), finish,
      action("digitise.undo", "restart", !store.canUndo, () => store.undo()),
      action("digitise.redo", "arrow", !store.canRedo, () => store.redo()));
    if (focused) this.tools.querySelector(`[data-control="${focused}"]`)?.focus();
  }

  async #loadLists() {
    const { api } = this.#screen.context;
    const [jobs,
      drawings] = await Promise.all([api.get("/api/jobs?state=successful&limit=100").catch(() => ({ jobs: [] })),
      api.get("/api/drawings").catch(() => ({ drawings: [] }))]);
    this.#jobs = jobs.jobs;
    this.#saved = drawings.drawings;
    this.draw();
  }

  #classes() {
    const name = uniqueID("class");
    const choice = ({ name: value, colour, dash }) => h("label", { class: "check class-choice" },
      h("input", { type: "radio", name, value, checked: value === this.#screen.kind,
        dataset: { control: `class-${value}` },
        onchange: () => this.#screen.chooseClass(value) }),
      h("span", { class: "class-line", style: { "border-color": colour, "border-style": dash ? "dashed" : "solid" } }),
        t(`digitise.class.${value}`));
    return [h("fieldset", { class: "field" }, h("legend", { class: "visually-hidden" }, t("digitise.classes")),
      classes.map(choice)),
      h("p", { class: "small quiet" }, t(`digitise.help.${this.#screen.kind}`)), this.#cornerForm(), this.#snapping()];
  }

  #snapping() {
    return h("label", { class: "check" }, h("input",
      { type: "checkbox", checked: this.#screen.isSnapping, dataset: { control: "snap" },
      onchange: (event) => {
        this.#screen.isSnapping = event.target.checked;
        this.#screen.choose(this.#screen.tool);
      } }), t("digitise.snap"));
  }

  #cornerForm() {
    const { isPixel, view, sketch } = this.#screen;
    const input = h("input",
      { type: "text", id: uniqueID("corner"), autocomplete: "off", placeholder: isPixel ? "512, 340" : "46.53, 7.96" });
    const problem = h("span", { class: "error", role: "alert" });
    const submit = (event) => {
      event.preventDefault();
      const place = parsePosition(input.value, isPixel);
      problem.textContent = place ? "" : t("map.notAPlace");
      if (!place) return;
      input.value = "";
      sketch.add(view.toMap(place));
    };
    return h("form", { class: "field", onsubmit: submit }, h("label", { for: input.id }, t("digitise.typed")),
      h("div", { class: "input-row" }, input, h("button", { class: "button", type: "submit" }, t("map.add"))), problem);
  }

  #features() {
    const { store } = this.#screen;
    const add = h("button", { class: "button map-small", type: "button", onclick: () => this.#import() },
      icon("upload"), t("digitise.import"));
    if (store.shapes.length === 0) return [h("p", { class: "quiet small" }, t("digitise.none")), add];
    const broken = new Set(this.#screen.findings.filter((one) => one.kind === "error").map((one) => one.id));
    return [h("ul", { class: "shape-list" }, store.shapes.map((shape) => this.#shape(shape, broken.has(shape.id)))),
      add];
  }

  #shape(shape, isBroken) {
    const name = this.#screen.nameOf(shape);
    const size = this.#screen.areaText(shape.geometry);
    const { colour, dash } = classes.find((one) => one.name === shape.properties.class) ?? classes.at(-1);
    const button = (key, sign, onclick) => h("button",
      { class: "button button-quiet button-icon", type: "button", "aria-label": t(key, { name }), onclick },
      icon(sign));
    return h("li", {}, h("span",
      { class: "class-line", style: { "border-color": colour, "border-style": dash ? "dashed" : "solid" } }),
      h("span", { class: "grow break" }, isBroken && icon("alert", "broken"), name,
        size && h("span", { class: "quiet small" }, ` ${size}`)),
      button("digitise.show", "scan", () => this.#screen.show(shape)),
        button("digitise.change", "pencil", () => this.#edit(shape)),
      button("digitise.remove", "trash", () => this.#screen.store.remove(shape.id)));
  }

  #checks() {
    const list = this.#screen.findings;
    if (list.length === 0) return h("p", { class: "small check-fine" }, icon("check"), t("digitise.check.fine"));
    return h("ul", { class: "check-list small", role: "status" }, list.map((one) => h("li", { class: one.kind },
      icon(one.kind === "error" ? "alert" : "info"), h("span", {}, one.text))));
  }

  /** Everything about one shape, also its corners, as text. */
  #edit(shape) {
    const kind = h("select", { id: uniqueID("kind") },
      classes.map((one) => h("option", { value: one.name, selected: one.name === shape.properties.class },
      t(`digitise.class.${one.name}`))));
    const label = h("input", { type: "text", id: uniqueID("label"), value: shape.properties.label ?? "" });
    const note = h("textarea", { id: uniqueID("note"), rows: "2", value: shape.properties.note ?? "" });
    const corners = h("textarea", { id: uniqueID("corners"), rows: "5", class: "code", value: toWKT(shape.geometry) });
    const problem = h("p", { class: "error", role: "alert" });
    const run = () => {
      const isSame = corners.value.trim() === toWKT(shape.geometry);
      const geometry = isSame ? shape.geometry : this.#readCorners(corners.value);
      if (!geometry) {
        problem.textContent = t("digitise.edit.wrong");
        return false;
      }
      this.#screen.store.change(shape.id, { geometry,
        properties: { class: kind.value, label: label.value.trim(), note: note.value.trim() } });
      return true;
    };
    openDialog({ title: t("digitise.edit.title"),
      content: [field(t("digitise.edit.class"), kind), field(t("digitise.edit.label"), label),
      field(t("digitise.edit.note"), note), field(t("digitise.edit.corners"), corners, t("digitise.edit.cornersHelp")),
        problem],
    actions: [{ label: t("action.cancel") }, { label: t("digitise.edit.title"), kind: "primary", run }] });
  }

  /** WKT of degrees, or of columns and rows, which no rule keeps within those of the Earth. */
  #readCorners(text) {
    if (!this.#screen.isPixel) return readShapes(this.#screen.ol, text)[0]?.geometry ?? null;
    try {
      const geometry = new this.#screen.ol.format.WKT().readGeometry(text);
      return new this.#screen.ol.format.GeoJSON().writeGeometryObject(geometry);
    } catch {
      return null;
    }
  }

  #import() {
    const text = h("textarea", { id: uniqueID("shapes"), rows: "6", class: "code" });
    const file = h("input", { type: "file", id: uniqueID("file"), accept: ".geojson,.json,.kml,.wkt,.txt" });
    file.addEventListener("change", async () => { text.value = (await file.files[0]?.text()) ?? ""; });
    const problem = h("p", { class: "error", role: "alert" });
    const run = () => {
      const known = new Set(classes.map((one) => one.name));
      const shapes = readShapes(this.#screen.ol,
        text.value).map(({ geometry, properties }) => ({ geometry, properties: { ...properties,
        class: known.has(properties.class) ? properties.class : this.#screen.kind } }));
      if (shapes.length === 0) {
        problem.textContent = t("digitise.notShapes");
        return false;
      }
      this.#screen.store.add(shapes);
      this.#screen.context.toast(t("digitise.imported", { count: shapes.length }), "success");
      return true;
    };
    openDialog({ title: t("digitise.importTitle"),
      content: [field(t("digitise.importTitle"), text, t("digitise.importHelp")), field(t("explore.pasteFile"), file),
      problem],
      actions: [{ label: t("action.cancel") }, { label: t("map.add"), kind: "primary", run }] });
  }

  #save() {
    const { store, context } = this.#screen;
    const name = h("input",
      { type: "text", id: uniqueID("name"), value: this.name, maxlength: "80", dataset: { control: "name" },
      oninput: (event) => { this.name = event.target.value; } });
    const isEmpty = store.shapes.length === 0;
    const write = h("button",
      { class: "button button-primary", type: "button", disabled: isEmpty, dataset: { control: "save" },
      onclick: () => void this.#write().catch(context.toast) }, icon("save"), t("digitise.saveTo"));
    const download = h("button", { class: "button", type: "button", disabled: isEmpty, onclick: () =>
      saveFile(`${this.name || "drawing"}.geojson`, JSON.stringify(store.featureCollection, null, 1),
        "application/geo+json") }, icon("download"), t("digitise.geojson"));
    const state = !store.isSaved && !isEmpty
      && h("span", { class: "badge badge-warning" }, icon("alert"), t("digitise.unsaved"));
    return [field(t("digitise.name"), name), h("div", { class: "cluster" }, write, download, state),
      this.#last && h("div", { class: "notice notice-success stack-small" },
        h("p", { class: "break small" }, t("digitise.saved", { path: this.#last.path })),
        h("div", {}, h("a", { class: "button map-small", href: "#/services" }, t("digitise.useInJob"))))];
  }

  #last = null;

  async #write() {
    const { store, context, isPixel } = this.#screen;
    if (this.#screen.findings.some((one) => one.kind === "error")) return context.toast(t("digitise.wrongFirst"),
      "warning");
    const body = { name: this.name.trim() || t("digitise.title"), crs: isPixel ? "pixel" : "EPSG:4326",
      job: this.#screen.background.job, features: store.featureCollection };
    const id = this.#screen.drawingID;
    this.#last = id ? await context.api.put(`/api/drawings/${encodeURIComponent(id)}`, body)
      : await context.api.post("/api/drawings", body);
    this.#screen.drawingID = this.#last.id;
    context.replaceQuery({ job: this.#screen.background.job, layer: this.#screen.background.layer?.name,
      drawing: this.#last.id });
    store.markSaved();
    context.toast(t("digitise.saved", { path: this.#last.path }), "success");
    return this.#loadLists();
  }

  #background() {
    const { background } = this.#screen;
    const job = h("select",
      { id: uniqueID("job"), dataset: { control: "job" },
      onchange: (event) => void this.#screen.useBackground(event.target.value || null, null) },
      h("option", { value: "" }, t("digitise.noBackground")),
      this.#jobs.map((one) => h("option", { value: one.jobID, selected: one.jobID === background.job },
        one.title || one.jobID)));
    const layer = background.job && h("select", { id: uniqueID("layer"), dataset: { control: "layer" },
      onchange: (event) => void this.#screen.useBackground(background.job, event.target.value) },
    background.layers.map((one) => h("option", { value: one.name, selected: one === background.layer },
      plainTitle(one.title))));
    return [field(t("digitise.backgroundJob"), job), layer && field(t("digitise.layer"), layer)];
  }

  #open() {
    if (this.#saved.length === 0) return h("p", { class: "quiet small" }, t("digitise.none"));
    return h("ul", { class: "path-list" },
      this.#saved.map((one) => h("li", {}, h("button", { class: "button button-quiet", type: "button",
      onclick: () => void this.#screen.open(one.id).catch(this.#screen.context.toast) }, icon("file"), one.name))));
  }
}
