// SPDX-License-Identifier: Apache-2.0
import { icon } from "../components/icons.js";
import { h, replace, uniqueID } from "../dom.js";
import { number } from "../format.js";
import { unitText } from "../components/words.js";
import { arrowTitle, legend, plainTitle } from "./legend.js";
import { field, section } from "./mapscreen.js";

/** The panel beside the map of results: what is shown and how. */
export class Controls {
  #screen;
  #t;

  /** @param {ResultsScreen} screen */
  constructor(screen) {
    this.#screen = screen;
    this.#t = screen.context.t;
    this.element = h("div", { class: "stack" });
    this.draw();
  }

  /** Draws the panel anew; the control that had the focus keeps it. */
  draw() {
    const focused = this.element.contains(document.activeElement) ? document.activeElement.dataset.control : null;
    replace(this.element, this.#layerSection(), this.#lookSection(), this.#compareSection(), this.#saveSection());
    if (focused) this.element.querySelector(`[data-control="${focused}"]`)?.focus();
  }

  #layerSection() {
    const { description, state } = this.#screen;
    const t = this.#t;
    const options = layerOptions(description, state.series ? `series ${state.series}` : state.layer, true, t);
    const choose = (event) => {
      const [, name] = /^series (.*)$/s.exec(event.target.value) ?? [];
      this.#screen.choose(name ? { series: name } : { series: null, layer: event.target.value });
    };
    const select = h("select", { id: uniqueID("layer"), dataset: { control: "layer" }, onchange: choose }, options);
    return section(t("results.layer"), [field(t("results.layer"), select), this.#uncertainty(), this.#arrows()]);
  }

  #uncertainty() {
    const { layer, state } = this.#screen;
    if (!layer.sigma) return h("p", { class: "small quiet" }, this.#t("results.noSigma"));
    const name = uniqueID("uncertainty");
    const choices = ["none", "fade", "sigma"].map((value) => h("label", { class: "check" },
      h("input", { type: "radio", name, value, checked: state.uncertainty === value,
        dataset: { control: `uncertainty-${value}` },
        onchange: () => this.#screen.choose({ uncertainty: value }) }), this.#t(`results.uncertainty.${value}`)));
    const fade = state.uncertainty === "fade"
      && h("p", { class: "help small quiet" },
        this.#t("results.fadeHelp", { sigma: number(this.#screen.fadeOf(layer), 2), unit: unitText(layer.unit) }));
    return h("fieldset", { class: "field" }, h("legend", {}, this.#t("results.uncertainty")), choices, fade);
  }

  #arrows() {
    const { description, state } = this.#screen;
    const t = this.#t;
    const list = description.arrows ?? [];
    if (list.length === 0) return null;
    const shown = list.find((one) => one.name === state.arrows);
    const key = shown && h("p", { class: "arrow-key small" },
      h("span", { class: "arrow-length", "aria-hidden": "true" }, icon("arrow")),
      t("results.arrowKey", { speed: number(this.#screen.arrowSpeed(shown), 2), unit: unitText(shown.unit) }));
    if (list.length === 1) {
      const box = h("input", { type: "checkbox", checked: Boolean(shown), dataset: { control: "arrows" },
        onchange: (event) => this.#screen.choose({ arrows: event.target.checked ? list[0].name : null }) });
      return h("div", {}, h("label", { class: "check" }, box, t("results.arrows")), key,
        this.#flow(this.#screen.flowArrows));
    }
    const select = h("select", { id: uniqueID("arrows"), dataset: { control: "arrows" },
      onchange: (event) => this.#screen.choose({ arrows: event.target.value || null }) },
      h("option", { value: "" }, t("results.noArrows")),
      list.map((one) => h("option", { value: one.name, selected: one === shown }, arrowTitle(one))));
    return h("div", {}, field(t("results.arrows"), select), key, this.#flow(this.#screen.flowArrows));
  }

  /** Whether particles drift with the motion. */
  #flow(arrows) {
    const { state } = this.#screen;
    const box = h("input", { type: "checkbox", checked: state.flow, dataset: { control: "flow" },
      onchange: (event) => this.#screen.choose({ flow: event.target.checked }) });
    return [h("label", { class: "check" }, box, this.#t("results.flow")), state.flow && h("p", { class: "small quiet" },
      this.#t("results.flowKey", { speed: number(this.#screen.arrowSpeed(arrows), 2), unit: unitText(arrows.unit) }))];
  }

  #lookSection() {
    const layer = this.#screen.shown;
    const look = this.#screen.lookOf(layer);
    const id = uniqueID("opacity");
    const words = h("output", { for: id }, `${Math.round(look.opacity * 100)} %`);
    const slider = h("input", { id, type: "range", min: "0", max: "100", step: "5", value: String(look.opacity * 100),
      oninput: (event) => {
        look.opacity = Number(event.target.value) / 100;
        words.textContent = `${event.target.value} %`;
        this.#screen.draw();
      } });
    const opacity = h("div", { class: "field" }, h("label", { for: id }, this.#t("results.opacity"), " ", words),
      slider);
    return section(this.#t("results.legend"),
      [legend(this.#screen.standIn(layer), look, () => this.#screen.draw()), opacity]);
  }

  #compareSection() {
    const { description, state } = this.#screen;
    const t = this.#t;
    const select = h("select", { id: uniqueID("compare"), dataset: { control: "compare" },
      onchange: (event) => this.#screen.choose({ compare: event.target.value || null }) },
      h("option", { value: "" }, t("results.noCompare")), layerOptions(description, state.compare, false, t));
    const other = state.compare && this.#screen.layers.get(state.compare);
    return section(t("results.compare"), [field(t("results.compareWith"), select, t("results.compareHelp")),
      other && legend(other, this.#screen.lookOf(other), () => this.#screen.draw())], Boolean(other));
  }

  #saveSection() {
    const t = this.#t;
    const { layer, address } = this.#screen;
    const file = layer.file && h("a",
      { class: "button", href: `${address.replace(/layers$/, "files")}/${layer.file}?download=1` },
      icon("download"), t("results.geotiff"));
    return section(t("results.save"), h("div", { class: "cluster" },
      h("button", { class: "button", type: "button",
        onclick: () => void this.#screen.savePicture().catch(this.#screen.context.toast) },
        icon("download"), t("results.picture")), file,
      h("button", { class: "button", type: "button",
        onclick: () => this.#screen.view.fit(this.#screen.description.grid.bounds) },
        icon("scan"), t("results.everything"))));
  }
}

/** Options for layers: series first, then layers by themselves; sigmas stand behind what they belong to. */
function layerOptions(description, chosen, hasSeries, t) {
  const all = description.series ?? [];
  const steps = new Set(all.flatMap((series) => series.steps.map((step) => step.layer)));
  const alone = description.layers.filter((layer) => !steps.has(layer.name));
  const sigmas = new Set(alone.map((layer) => layer.sigma).filter(Boolean));
  // The sigmas of steps are reached by their step.
  const hidden = new Set(description.layers.filter((layer) => steps.has(layer.name)).map((layer) => layer.sigma));
  const option = (value, { title, unit }) => h("option", { value, selected: value === chosen },
    unit && unit !== "1" ? `${plainTitle(title)} (${unitText(unit)})` : plainTitle(title));
  const group = (key, list) => list.length > 0
    && h("optgroup", { label: t(key) }, list.map((layer) => option(layer.name, layer)));
  const series = hasSeries && all.length > 0
    && h("optgroup", { label: t("results.overTime") }, all.map((one) => option(`series ${one.name}`, one)));
  return [series, group("results.layers", alone.filter((layer) => !sigmas.has(layer.name) && !hidden.has(layer.name))),
    group("results.sigmas", alone.filter((layer) => sigmas.has(layer.name)))];
}
