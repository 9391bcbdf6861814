// SPDX-License-Identifier: Apache-2.0
import { icon } from "../components/icons.js";
import { debounce, h, replace, uniqueID } from "../dom.js";
import { number } from "../format.js";
import { t } from "../i18n.js";
import { askForArea } from "./explore-area.js";
import { boundsOf } from "./geometry.js";
import { field, section } from "./mapscreen.js";

/** The panel in which scenes are asked for: where, when, and which. */
export class Filters {
  #screen;

  /** @param {ExploreScreen} screen */
  constructor(screen) {
    this.#screen = screen;
    this.element = h("div", { class: "stack" });
    this.#changed = debounce(() => screen.searchChanged(), 300);
    this.draw();
  }

  #changed;

  draw() {
    const focused = this.element.contains(document.activeElement) ? document.activeElement.dataset.control : null;
    replace(this.element, section(t("explore.where"), this.#where()), section(t("explore.when"), this.#when()),
      section(t("explore.which"), this.#which()), this.#advanced());
    if (focused) this.element.querySelector(`[data-control="${focused}"]`)?.focus();
  }

  #set(name, value) {
    this.#screen.search[name] = value;
    this.#changed();
  }

  #where() {
    const { search, tool } = this.#screen;
    const draw = ["Box", "Polygon", "Point"].map((type) => h("button", { class: "button map-small", type: "button",
      "aria-pressed": String(tool === type), dataset: { control: `draw-${type}` },
        onclick: () => this.#screen.drawArea(type) },
      t(`explore.draw.${type}`)));
    const box = search.area && boundsOf(search.area).map((part) => number(part, 6)).join(", ");
    const finish = tool === "Polygon"
      && h("button", { class: "button map-small", type: "button", onclick: () => this.#screen.sketch.finish() },
        t("map.finish"));
    return [
      h("div", { class: "cluster", role: "group", "aria-label": t("explore.draw") }, draw, finish),
      h("div", { class: "cluster" },
        h("button", { class: "button map-small", type: "button", onclick: () => this.#screen.useView() },
          t("explore.useView")),
        h("button", { class: "button map-small", type: "button",
          onclick: () => askForArea(this.#screen.ol, this.#screen.context.api,
            (area) => this.#screen.setArea(area, true)) }, t("explore.paste"))),
      search.area ? h("p", { class: "small area-now" },
        h("span", {}, `${t(`explore.area.${search.area.type}`)}: ${box}`),
        h("button", { class: "button button-quiet button-icon", type: "button", "aria-label": t("explore.noArea"),
          onclick: () => this.#screen.setArea(null) }, icon("cancel")))
        : h("p", { class: "small quiet" }, t("explore.everywhere")),
    ];
  }

  #when() {
    const { search } = this.#screen;
    const day = (name) => {
      const input = h("input", { type: "date", id: uniqueID(name), value: search[name], dataset: { control: name },
        onchange: (event) => this.#set(name, event.target.value) });
      return field(t(`explore.${name}`), input);
    };
    return h("div", { class: "two-fields" }, day("from"), day("to"));
  }

  #which() {
    const { search, collections, queryables } = this.#screen;
    const id = uniqueID("cloud");
    const words = h("output", { for: id }, `${search.cloud} %`);
    const cloud = h("input",
      { type: "range", id, min: "0", max: "100", step: "5", value: String(search.cloud), dataset: { control: "cloud" },
      oninput: (event) => {
        words.textContent = `${event.target.value} %`;
        this.#set("cloud", Number(event.target.value));
      } });
    const orbit = h("input",
      { type: "number", id: uniqueID("orbit"), min: "1", max: "400", value: search.orbit, dataset: { control: "orbit" },
      onchange: (event) => this.#set("orbit", event.target.value) });
    const onCloud = search.area && search.area.type !== "Point"
      && h("button", { class: "button map-small", type: "button", onclick: () => void this.#screen.measureClouds() },
        t("explore.cloudsOnArea"));
    return [
      this.#checks(t("explore.collections"), "collections", collections.map((one) => [one.id, one.title ?? one.id])),
      h("div", { class: "field" }, h("label", { for: id }, t("explore.cloud"), " ", words), cloud, onCloud),
      this.#checks(t("explore.platform"), "platforms",
        (queryables.platform?.enum ?? []).map((one) => [one, platformName(one)])),
      field(t("explore.orbit"), orbit, t("explore.orbitHelp")),
    ];
  }

  #checks(title, name, choices) {
    if (choices.length === 0) return null;
    const { search } = this.#screen;
    const boxes = choices.map(([value, text]) => h("label", { class: "check" }, h("input", { type: "checkbox",
      checked: search[name].includes(value), dataset: { control: `${name}-${value}` }, onchange: (event) => {
        const others = search[name].filter((one) => one !== value);
        this.#set(name, event.target.checked ? [...others, value] : others);
      } }), text));
    return h("fieldset", { class: "field" }, h("legend", {}, title), boxes);
  }

  #advanced() {
    const { search } = this.#screen;
    const text = h("textarea",
      { id: uniqueID("filter"), class: "code", rows: "3", value: search.text, dataset: { control: "text" },
      placeholder: "\"view:sun_elevation\" > 20", onchange: (event) => this.#set("text", event.target.value) });
    return section(t("explore.advanced"), field(t("explore.filter"), text, t("explore.filterHelp")),
      Boolean(search.text));
  }
}

/** `sentinel-2a` as people write it. */
export function platformName(name) {
  return name.replace(/^./, (letter) => letter.toUpperCase()).replace(/-(\d)([a-d])$/,
    (_, digit, letter) => `-${digit}${letter.toUpperCase()}`);
}
