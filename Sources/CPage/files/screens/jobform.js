// SPDX-License-Identifier: Apache-2.0
import { Field } from "../components/fields.js";
import { icon } from "../components/icons.js";
import { groupTitle } from "../components/words.js";
import { h, replace } from "../dom.js";
import { t, tCount } from "../i18n.js";

// What most people set, in this order; the rest is folded by group. Those that a process lacks are skipped.
const basicNames = [
  "scenes", "pairs", "reference", "secondary", "run", "preset", "area", "band", "fastestSpeed", "splitDate",
  "minimumRange", "maximumRange", "moving", "stableTerrain", "dem", "invert"
];
const mostBasics = 8;
// The server decides on these.
const hiddenNames = new Set(["out", "quiet", "dryRun", "threads"]);

/** The form of a process: basic fields first, the others folded by group, the ones for experts behind a switch. */
export class JobForm {
  /**
   * @param {Object} process description
   * @param {Object} context of the screen
   * @param {() => void} onChange
   */
  constructor(process, context, onChange) {
    this.onChange = onChange;
    const isShown = ([name, input]) =>
      !hiddenNames.has(name) && !(input.schema?.["x-path"] ?? "").startsWith("output");
    this.fields = Object.entries(process.inputs ?? {}).filter(isShown).map(([name,
      input]) => new Field(name, input, context, () => this.#changed()));
    const basics = this.#basics();
    this.counts = [];
    this.element = h("div", { class: "stack" },
      h("section", { class: "panel stack", "aria-labelledby": "basic" },
        h("h2", { id: "basic" }, t("newjob.basic")),
        h("div", { class: "fields" }, basics.map((field) => field.element))),
      this.#rest(basics));
  }

  /** What the job is given: values that differ from the defaults. */
  get inputs() {
    const values = this.fields.map((field) => [field.name, field.value]);
    return Object.fromEntries(values.filter(([, value]) => value !== undefined && !(value instanceof Error)));
  }

  field(name) { return this.fields.find((field) => field.name === name); }

  /** Replaces all values; names that the process does not know are left out. */
  fill(inputs) {
    for (const field of this.fields) {
      field.set(inputs[field.name] ?? null);
      field.setProblem(null);
    }
    this.#count();
  }

  /** Sets some values as if typed, and lets what follows from them be asked for; empty ones go back to the default. */
  take(values) {
    for (const [name, value] of Object.entries(values)) {
      const isNone = value === null || (Array.isArray(value) && value.length === 0);
      this.field(name)?.set(isNone ? null : value);
    }
    this.#changed();
  }

  /** Shows the defaults that hold once presets are applied. */
  showDefaults(resolved) {
    for (const field of this.fields)
      if (!field.given && field.name in resolved) field.showDefault(resolved[field.name]);
  }

  /** Problems that need no server: what is required and absent, and what can't be read. */
  missing() {
    return this.fields.flatMap((field) => {
      if (field.problem && field.value instanceof Error) return [{ input: field.name, message: field.problem }];
      return field.isRequired && !field.given ? [{ input: field.name, message: t("form.isMissing") }] : [];
    });
  }

  /** Marks the fields that have problems, and unmarks the others. */
  showProblems(problems) {
    for (const field of this.fields) {
      if (field.value instanceof Error) continue;
      field.setProblem(problems.find((problem) => problem.input === field.name)?.message ?? null);
    }
  }

  #changed() {
    this.#count();
    this.onChange();
  }

  #basics() {
    const order = (field) => (basicNames.includes(field.name) ? basicNames.indexOf(field.name) : basicNames.length);
    const required = this.fields.filter((field) => field.isRequired);
    const known = this.fields.filter((field) => !field.isRequired && basicNames.includes(field.name));
    known.sort((left, right) => order(left) - order(right));
    const few =
      this.fields.filter((field) => !field.isRequired && !known.includes(field) && !field.schema["x-advanced"]);
    const all = [...required, ...known];
    // A process of few parameters shows them all: nothing is gained by folding.
    if (this.fields.length <= mostBasics) return [...all, ...few];
    return all.slice(0, Math.max(required.length, mostBasics));
  }

  #rest(basics) {
    const rest = this.fields.filter((field) => !basics.includes(field));
    if (rest.length === 0) return null;
    const groups = new Map();
    for (const field of rest) {
      const name = field.schema["x-group"] ?? "";
      groups.set(name, [...(groups.get(name) ?? []), field]);
    }
    const folds = [...groups].map(([name, fields]) => this.#fold(name, fields));
    const hasAdvanced = rest.some((field) => field.schema["x-advanced"]);
    const list = h("div", { class: "stack-small folds" }, folds);
    return h("section", { class: "stack", "aria-labelledby": "settings" },
      h("div", { class: "cluster spread" }, h("h2", { id: "settings" }, t("newjob.settings")),
        this.#tools(list, hasAdvanced)),
      list);
  }

  #tools(list, hasAdvanced) {
    const search = h("input", {
      type: "search",
      id: "setting-search",
      placeholder: t("newjob.findSetting"),
      "aria-label": t("newjob.findSetting"),
      oninput: () => this.#find(search.value.trim().toLowerCase())
    });
    const expert = hasAdvanced &&
      h("label", { class: "check" }, h("input", {
        type: "checkbox",
        onchange: (event) => { list.classList.toggle("show-advanced", event.target.checked); }
      }),
        t("newjob.expert"));
    return h("div", { class: "cluster" }, expert, h("div", { class: "search" }, icon("search"), search));
  }

  #fold(name, fields) {
    const count = h("span", { class: "badge badge-accent end", hidden: true });
    const isAdvanced = fields.every((field) => field.schema["x-advanced"]);
    for (const field of fields) field.element.classList.toggle("advanced", Boolean(field.schema["x-advanced"]));
    const fold =
      h("details", { class: `fold ${isAdvanced ? "advanced" : ""}` }, h("summary", {}, groupTitle(name), count),
        h("div", { class: "inside fields" }, fields.map((field) => field.element)));
    this.counts.push({ count, fields, fold });
    return fold;
  }

  #count() {
    for (const { count, fields } of this.counts) {
      const given = fields.filter((field) => field.given).length;
      count.hidden = given === 0;
      replace(count, tCount("newjob.changed", given));
    }
  }

  #find(words) {
    for (const { fields, fold } of this.counts) {
      let hits = 0;
      for (const field of fields) {
        const isHit =
          words === "" || `${field.name} ${field.title} ${field.element.textContent}`.toLowerCase().includes(words);
        field.element.hidden = !isHit;
        hits += isHit ? 1 : 0;
      }
      fold.hidden = hits === 0;
      fold.open = words !== "" && hits > 0;
      fold.parentElement?.classList.toggle("searching", words !== "");
    }
  }
}
