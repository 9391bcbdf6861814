// SPDX-License-Identifier: Apache-2.0
import { h, replace, uniqueID } from "../dom.js";
import * as format from "../format.js";
import { t } from "../i18n.js";
import { icon } from "./icons.js";
import { areaControl, pathControl } from "./pathfield.js";
import { absentText, declared, inputHelp, inputTitle, unitText } from "./words.js";

/**
 * One field of a form made from the JSON schema of an input.
 *
 * A field shows its default until someone changes it; `given` is then true and `value` goes into the job. A default
 * that changes with another value (a preset) is shown by `showDefault`.
 */
export class Field {
  /**
   * @param {string} name
   * @param {Object} input member of a process description's `inputs`
   * @param {Object} context of the screen
   * @param {() => void} onChange
   */
  constructor(name, input, context, onChange) {
    Object.assign(this, { name, input, schema: input.schema ?? {}, given: false, problem: null });
    this.isRequired = (input.minOccurs ?? 1) > 0 && this.schema.default === undefined;
    this.standard = this.schema.default ?? null;
    this.title = inputTitle(name, input);
    this.id = uniqueID("field");
    this.onChange = onChange;
    this.control = controlFor(this, context);
    this.error = h("div", { class: "error", id: `${this.id}-error`, hidden: true });
    this.reset = h("button",
      { class: "button button-quiet small", type: "button", hidden: true, onclick: () => this.clear() },
      icon("restart"), t("form.reset"), h("span", { class: "visually-hidden" }, `: ${this.title}`));
    this.element = this.#frame();
    this.control.show(this.standard);
  }

  /** The value that goes into the job; undefined while the default holds. */
  get value() { return this.given ? this.control.read() : undefined; }

  /** Sets a value as if typed; null or undefined goes back to the default. */
  set(value) {
    this.given = value !== null && value !== undefined;
    this.control.show(this.given ? value : this.standard);
    this.#mark();
  }

  clear() {
    this.set(null);
    this.setProblem(null);
    this.control.focus();
    this.onChange(this);
  }

  /** A default that follows from other values. */
  showDefault(value) {
    if (sameValue(value ?? null, this.standard)) return;
    this.standard = value ?? null;
    if (!this.given) this.control.show(this.standard);
    this.#mark();
  }

  /** @param {string|null} text what is wrong, or nothing */
  setProblem(text) {
    this.problem = text;
    this.error.hidden = !text;
    replace(this.error, text && [icon("alert"), h("span", {}, text)]);
    this.control.setInvalid(Boolean(text));
  }

  focus() {
    this.element.closest("details")?.setAttribute("open", "");
    this.control.focus();
  }

  /** Called by the control when its user has changed it. */
  edited() {
    const value = this.control.read();
    const problem = value instanceof Error ? value.message : null;
    this.given = problem !== null || (!isNothing(value) && !sameValue(value, this.standard));
    this.setProblem(problem);
    this.#mark();
    this.onChange(this);
  }

  get describedBy() { return `${this.id}-help ${this.id}-error`; }

  #mark() {
    this.element.classList.toggle("changed", this.given);
    this.reset.hidden = !this.given || this.isRequired;
  }

  #frame() {
    const isGroup = this.control.isGroup;
    const mark = this.isRequired && h("span", { class: "required" }, ` ${t("form.required")}`);
    const unit = unitText(this.schema["x-ogc-unit"]);
    const heading = isGroup
      ? h(this.control.isFieldset ? "legend" : "span", { class: "label", id: `${this.id}-label` }, this.title, mark)
      : this.control.isInline ? null
                              : h("label", { for: this.id
                                }, this.title, mark);
    const help = h("div", { class: "help", id: `${this.id}-help` }, inputHelp(this.input), " ",
      h("span", { class: "nowrap" }, rangeText(this.schema, unit)));
    return h(this.control.isFieldset ? "fieldset" : "div", {
      class: `field ${this.control.isWhole ? "whole" : ""}`,
      dataset: { input: this.name },
    },
      heading, this.control.element, help, this.error, h("div", {}, this.reset));
  }
}

/** Whether two JSON values are the same; 1 and 1.0 are. */
export function sameValue(left, right) { return JSON.stringify(left) === JSON.stringify(right); }

function isNothing(value) {
  return value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
}

function baseType(schema) { return [schema.type].flat().find((type) => type !== "null"); }

function controlFor(field, context) {
  const { schema } = field;
  const element = schema.items ?? schema;
  const isList = baseType(schema) === "array" && !schema["x-area"];
  if (element["x-area"]) return areaControl(field, context);
  if (element["x-path"]) return pathControl(field, context, isList);
  if (element.enum) return isList ? choicesControl(field, element) : choiceControl(field, element);
  if (baseType(schema) === "boolean") return switchControl(field);
  if (!isList && element["x-date"]) return textControl(field, dateReader(), { type: "date" });
  const reader = baseType(element) === "string" ? textReader() : numberReader(element);
  return textControl(
    field, isList ? listReader(reader) : reader, baseType(element) === "string" ? {} : { inputmode: "decimal" });
}

// MARK: Controls: {element, read, show, focus, setInvalid}

function textControl(field, reader, attributes) {
  const unit = unitText(field.schema["x-ogc-unit"]);
  const input = h("input", {
    type: "text",
    id: field.id,
    autocomplete: "off",
    spellcheck: "false",
    ...attributes,
    placeholder: field.schema["x-absent"] ? declaredAbsent(field) : null,
    "aria-describedby": field.describedBy,
    "aria-required": field.isRequired ? "true" : null,
    oninput: () => field.edited()
  });
  return {
    element: unit
      ? h("div", { class: "with-unit" }, input, h("span", { class: "unit", "aria-hidden": "true" }, unit))
      : input,
    read: () => reader.read(input.value.trim()),
    show: (value) => { input.value = value === null || value === undefined ? "" : reader.write(value); },
    focus: () => input.focus(),
    setInvalid: (isInvalid) => input.setAttribute("aria-invalid", String(isInvalid)),
  };
}

function declaredAbsent(field) { return absentText(field.schema["x-absent"]); }

function choiceControl(field, schema) {
  const names = schema.enum.filter((name) => name !== null);
  const isOptional = field.standard === null && !field.isRequired;
  const meaning = h("div", { class: "help" });
  const describe = () => {
    const place = names.indexOf(select.value);
    replace(meaning,
      place >= 0 &&
        declared((schema["x-enum-descriptions"] ?? [])[place]));
  };
  const select = h("select", {
    id: field.id,
    "aria-describedby": field.describedBy,
    onchange: () => {
      describe();
      field.edited();
    }
  },
    isOptional &&
      h("option", { value: "" }, field.schema["x-absent"] ? declaredAbsent(field) : t("value.automatic")),
    names.map((name) => h("option", { value: name }, name)));
  return {
    element: h("div", { class: "stack-small" }, select, meaning),
    read: () => select.value || null,
    show: (value) => {
      select.value = value ?? "";
      describe();
    },
    focus: () => select.focus(),
    setInvalid: (isInvalid) => select.setAttribute("aria-invalid", String(isInvalid)),
  };
}

function choicesControl(field, schema) {
  const boxes = schema.enum.map(
    (name, index) => h("label", { class: "check" },
      h("input", { type: "checkbox", value: name, onchange: () => field.edited() }),
      h("span", {}, name,
        h("span", { class: "help" }, " ", declared((schema["x-enum-descriptions"] ?? [])[index])))));
  const inputs = boxes.map((box) => box.querySelector("input"));
  return {
    isGroup: true,
    isFieldset: true,
    isWhole: true,
    element: h("div", { class: "stack-small" }, boxes),
    read: () => inputs.filter((input) => input.checked).map((input) => input.value),
    show: (value) => {
      for (const input of inputs) input.checked = (value ?? []).includes(input.value);
    },
    focus: () => inputs[0]?.focus(),
    setInvalid: () => {},
  };
}

function switchControl(field) {
  const box = h("input",
    { type: "checkbox", id: field.id, "aria-describedby": field.describedBy, onchange: () => field.edited() });
  return {
    isInline: true,
    element: h("label", { class: "check", for: field.id }, box, h("strong", {}, field.title)),
    read: () => box.checked,
    show: (value) => {
      box.checked = value === true; },
    focus: () => box.focus(),
    setInvalid: () => {},
  };
}

// MARK: Text and values

function textReader() {
    return { read: (text) => text || null, write: String };
}

function dateReader() {
    return { read: (text) => text || null, write: (value) => String(value).slice(0, 10) };
}

function numberReader(schema) {
    return {
      read: (text) => {
        if (text === "") return null;
        const value = Number(text.replace(",", ".").replace("−", "-").replaceAll(/[\s\u00A0\u202F]/g, ""));
        const problem = numberProblem(value, schema);
        return problem ? new Error(problem) : value;
      },
      write: (value) => String(value),
    };
}

function listReader(reader) {
    return {
      read: (text) => {
        const values = text.split(/[,;]/).map((part) => part.trim()).filter(Boolean).map(reader.read);
        return values.find((value) => value instanceof Error) ?? values;
      },
      write: (values) => [values].flat().map(reader.write).join(", "),
    };
}

function numberProblem(value, schema) {
    if (!Number.isFinite(value)) return t("form.notANumber");
    if (baseType(schema) === "integer" && !Number.isInteger(value)) return t("form.notWhole");
    const { minimum, maximum, exclusiveMinimum: above, exclusiveMaximum: below } = schema;
    const isLow = value < minimum || value <= above;
    const isHigh = value > maximum || value >= below;
    return isLow || isHigh ? t("form.outOfRange", { range: rangeText(schema, "").trim() }) : null;
}

function rangeText(whole, unit) {
    const schema = whole.items ?? whole;
    if (!["number", "integer"].includes(baseType(schema))) return "";
    const low = schema.minimum ?? schema.exclusiveMinimum;
    const high = schema.maximum ?? schema.exclusiveMaximum;
    const text = (value) => format.number(value, 6);
    const end = unit ? `\u202F${unit}` : "";
    if (low !== undefined && high !== undefined) return `(${text(low)} – ${text(high)}${end})`;
    if (low !== undefined)
      return schema.exclusiveMinimum === undefined ? `(≥ ${text(low)}${end})` : `(> ${text(low)}${end})`;
    return high === undefined ? "" : `(≤ ${text(high)}${end})`;
}
