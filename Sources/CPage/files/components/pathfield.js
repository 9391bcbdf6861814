// SPDX-License-Identifier: Apache-2.0
import { h, replace } from "../dom.js";
import { t } from "../i18n.js";
import { icon } from "./icons.js";
import { dragType, openPicker } from "./picker.js";
import { announce, toast } from "./toast.js";

const titles = new Map();

/** Keeps what a reference is called, so that a form can show words instead of paths. */
export function rememberTitle(reference, title) {
  if (reference && title) titles.set(reference, title);
}

/**
 * Files, folders or scenes: dropped from the tray or the desktop, or chosen in a dialog by keyboard.
 *
 * @param {Object} field of `fields.js`
 * @param {Object} context of the screen
 * @param {boolean} isList whether it takes several
 */
export function pathControl(field, context, isList) {
  const role = (field.schema.items ?? field.schema)["x-path"];
  const zone = dropZone(context, role, (things) => {
    add(things);
    field.edited();
  });
  let chosen = [];
  const add = (things) => {
    for (const thing of things) rememberTitle(thing.reference, thing.title);
    const references = things.map((thing) => thing.reference);
    chosen = isList ? [...new Set([...chosen, ...references])] : references.slice(0, 1);
    draw();
    announce(t("form.added", { name: things.map((thing) => thing.title).join(", ") }));
  };
  const remove = (reference) => {
    chosen = chosen.filter((one) => one !== reference);
    draw();
    field.edited();
    zone.button.focus();
  };
  const list = h("ul", { class: "chosen" });
  const draw = () => replace(list, chosen.map((reference) => chosenItem(reference, () => remove(reference))));
  zone.button.id = field.id;
  zone.button.setAttribute("aria-describedby", field.describedBy);
  const label = (id) => zone.element.setAttribute("aria-labelledby", id);
  label(`${field.id}-label`);
  return {
    isGroup: true,
    isWhole: isList,
    element: h("div", { class: "stack-small" }, list, zone.element),
    read: () => (isList ? [...chosen] : chosen[0] ?? null),
    show: (value) => {
      chosen = value === null || value === undefined ? [] : [value].flat();
      draw();
    },
    focus: () => zone.button.focus(),
    setInvalid: (isInvalid) => zone.element.classList.toggle("invalid", isInvalid),
  };
}

/** A box as west, south, east, north, or a file with polygons. */
export function areaControl(field, context) {
  const zone = dropZone(context, "input file", (things) => {
    rememberTitle(things[0].reference, things[0].title);
    input.value = things[0].reference;
    field.edited();
  });
  const input = h("input", {
    type: "text",
    id: field.id,
    autocomplete: "off",
    spellcheck: "false",
    placeholder: t("form.areaPlaceholder"),
    "aria-describedby": field.describedBy,
    oninput: () => field.edited()
  });
  zone.element.setAttribute("aria-label", field.title);
  zone.element.classList.add("drop-row");
  zone.element.prepend(input);
  return {
    element: zone.element,
    read: () => readArea(input.value.trim()),
    show: (value) => { input.value = Array.isArray(value) ? value.join(", ") : value ?? ""; },
    focus: () => input.focus(),
    setInvalid: (isInvalid) => input.setAttribute("aria-invalid", String(isInvalid)),
  };
}

function readArea(text) {
  if (text === "") return null;
  const parts = text.split(/[,;\s]+/).filter(Boolean);
  const numbers = parts.map(Number);
  if (!numbers.every(Number.isFinite)) return text;
  if (numbers.length !== 4) return new Error(t("form.areaCount"));
  const [west, south, east, north] = numbers;
  return west < east && south < north ? numbers : new Error(t("form.areaOrder"));
}

function chosenItem(reference, remove) {
  const name = titles.get(reference) ?? shortened(reference);
  return h("li", {}, icon("file"), h("span", { class: "grow break", title: reference }, name),
    h("button", {
      class: "button button-quiet button-icon",
      type: "button",
      "aria-label": t("form.remove", { name }),
      onclick: remove
    },
      icon("cancel")));
}

function shortened(reference) {
  const parts = String(reference).split("/").filter(Boolean);
  return parts.length > 3 ? `…/${parts.slice(-3).join("/")}` : reference;
}

function dropZone(context, role, accept) {
  const button = h("button", {
    class: "button",
    type: "button",
    onclick: async () => {
      const things = await openPicker(context, { role });
      if (things.length > 0) accept(things);
      button.focus();
    }
  },
    icon("add"), t("form.choose"));
  const status = h("span", { class: "small quiet", role: "status" });
  const element = h("div", { class: "drop cluster", role: "group" }, button,
    h("span", { class: "small quiet grow" }, t("form.orDrop")), status);
  const stop = (event) => {
    event.preventDefault();
    event.stopPropagation();
  };
  element.addEventListener("dragover", (event) => {
    stop(event);
    element.classList.add("over");
  });
  element.addEventListener("dragleave", () => element.classList.remove("over"));
  element.addEventListener("drop", async (event) => {
    stop(event);
    element.classList.remove("over");
    const things = await dropped(event.dataTransfer, context, (text) => { status.textContent = text; });
    status.textContent = "";
    if (things.length > 0) accept(things);
  });
  return { element, button };
}

async function dropped(transfer, context, tell) {
  const own = transfer.getData(dragType);
  if (own) return [JSON.parse(own)].flat();
  const things = [];
  for (const file of transfer.files) {
    try {
      const made = await context.api.upload(file.name, file,
        (share) => tell(t("upload.progress", { name: file.name, percent: context.format.percent(share) })));
      things.push({ reference: made.reference, title: made.name });
    } catch (error) {
      toast(error);
    }
  }
  return things;
}
