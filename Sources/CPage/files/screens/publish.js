// SPDX-License-Identifier: Apache-2.0
import { icon } from "../components/icons.js";
import { problemBox } from "../components/problem.js";
import { h, replace } from "../dom.js";
import * as format from "../format.js";
import { t, tCount } from "../i18n.js";
import { copyRow, jobTitle, pageHead, textField } from "./common.js";

const licences = [
  ["CC-BY-4.0", "Creative Commons Attribution 4.0"],
  ["CC-BY-SA-4.0", "Creative Commons Attribution-ShareAlike 4.0"],
  ["CC-BY-NC-SA-4.0", "Creative Commons Attribution-NonCommercial-ShareAlike 4.0"], ["CC0-1.0", "Creative Commons Zero 1.0"],
  ["ODbL-1.0", "Open Database License 1.0"], ["etalab-2.0", "Licence Ouverte / Open Licence 2.0"],
  ["CC-BY-NC-4.0", "Creative Commons Attribution-NonCommercial 4.0"]
];

/** The deposit package of a result: who, what, under which licence; and its permanent link. */
export async function mount(root, context) {
  const { api, route, setTitle } = context;
  const id = encodeURIComponent(route.parameters.id);
  const [job, deposit] = await Promise.all([api.get(`/api/jobs/${id}`), api.get(`/api/jobs/${id}/deposit`)]);
  setTitle(t("publish.title"));
  const status = h("div", { class: "stack", "aria-live": "polite" });
  const form = depositForm(job, deposit.metadata, context);
  const send = async (event) => {
    event.preventDefault();
    await submit(form, status, id, context);
  };
  root.append(pageHead({
    title: t("publish.title"),
    text: jobTitle(job),
    crumbs: [[t("nav.jobs"), "/jobs"], [jobTitle(job), `/jobs/${id}`]]
  }),
    h("div", { class: "publish-layout" },
      h("form", { class: "panel stack", novalidate: true, onsubmit: send }, form.element,
        h("div", {},
          h("button", { class: "button button-primary button-large", type: "submit" }, icon("publish"),
            t("publish.make")))),
      h("aside", { class: "stack", "aria-label": t("publish.package") }, status, preview(job))));
  showStatus(status, deposit, id, context);
}

function preview(job) {
  return h("section", { class: "panel stack" }, h("h2", {}, t("publish.contents")),
    h("ul", {}, ["data", "stac", "crate", "citation", "licence",
      "datacite"].map((name) => h("li", {}, t(`publish.${name}Content`)))),
    job.report &&
      h("p", {},
        h("a", { href: job.report, target: "_blank", rel: "noopener" }, t("job.report"),
          h("span", { class: "visually-hidden" }, t("nav.newWindow")))));
}

function depositForm(job, metadata, context) {
  const given = metadata ?? {};
  const author = { family: context.me.user?.displayName || context.me.user?.name };
  const authors = authorList(given.authors ?? [author]);
  const fields = depositFields(job, given);
  const licence = h("select", { id: "deposit-licence" },
    licences.map(([code, name]) => h("option", { value: code }, `${name} (${code})`)));
  licence.value = given.licence ?? "CC-BY-4.0";
  const licenceField = h("div", { class: "field" }, h("label", { for: "deposit-licence" }, t("scene.licence")), licence);
  const text = (name) => fields[name].input.value.trim();
  return {
    element: h("div", { class: "stack" }, fields.title.element, fields.description.element, authors.element, licenceField,
      h("div", { class: "fields" }, ["keywords", "version", "doi", "publisher"].map((name) => fields[name].element)),
      fields.name.element),
    read: () => ({
      title: text("title"),
      description: text("description"),
      authors: authors.read(),
      licence: licence.value,
      keywords: text("keywords").split(",").map((word) => word.trim()).filter(Boolean),
      version: text("version") || "1.0",
      name: text("name") || null,
      doi: text("doi") || null,
      publisher: text("publisher") || null,
    }),
    problem: () => {
      const missing = ["title", "description"].find((name) => !text(name));
      for (const name of ["title", "description"]) fields[name].input.setAttribute("aria-invalid", String(!text(name)));
      if (missing) fields[missing].input.focus();
      return missing ? t("publish.missing") : authors.problem();
    },
  };
}

function depositFields(job, given) {
  const field = (name, options = {}) =>
    textField({ id: `deposit-${name}`, label: t(`publish.${name}`), value: given[name] ?? "", ...options });
  return {
    title: field("title", { label: t("publish.name"), value: given.title ?? jobTitle(job), isRequired: true }),
    description: field("description", { type: "textarea", isRequired: true, help: t("publish.descriptionHelp") }),
    keywords: field("keywords", { value: (given.keywords ?? []).join(", "), help: t("publish.keywordsHelp") }),
    version: field("version", { value: given.version ?? "1.0" }),
    doi: field("doi", { label: "DOI", placeholder: "10.5281/zenodo.1234567", help: t("publish.doiFieldHelp") }),
    publisher: field("publisher", { help: t("publish.publisherHelp") }),
    name: field("name", { label: t("publish.link"), help: t("publish.linkHelp", { origin: location.origin }) }),
  };
}

function authorList(initial) {
  const list = h("ol", { class: "authors" });
  let count = 0;
  const add = (author, focuses) => {
    count += 1;
    const number = count;
    const fields = ["given", "family", "orcid", "affiliation"].map((name) => textField({
      id: `author-${number}-${name}`,
      label: t(`publish.${name}`),
      value: author[name] ?? "",
      placeholder: name === "orcid" ? "0000-0000-0000-0000" : null
    }));
    const item = h("li", {}, h("div", { class: "author-fields" }, fields.map((field) => field.element)),
      h("button", {
        class: "button button-quiet",
        type: "button",
        onclick: () => {
          item.remove();
          button.focus();
        }
      },
        icon("cancel"), t("publish.removeAuthor"), h("span", { class: "visually-hidden" }, ` ${number}`)));
    item.read = () => Object.fromEntries(["given", "family", "orcid", "affiliation"].map(
      (name, index) => [name, fields[index].input.value.trim() || null]));
    item.orcid = fields[2].input;
    list.append(item);
    if (focuses) fields[0].input.focus();
  };
  const button = h("button", { class: "button", type: "button", onclick: () => add({}, true) }, icon("add"),
    t("publish.addAuthor"));
  for (const author of initial) add(author, false);
  return {
    element: h("fieldset", { class: "field" }, h("legend", {}, t("publish.authors")), list, h("div", {}, button)),
    read: () => [...list.children].map((item) => item.read()).filter((author) => author.given || author.family),
    problem: () => {
      const items = [...list.children];
      if (!items.some((item) => item.read().given || item.read().family)) {
        button.focus();
        return t("publish.noAuthor");
      }
      const wrong = [...list.children].find((item) => item.orcid.value.trim() && !isORCID(item.orcid.value.trim()));
      for (const item of list.children) item.orcid.setAttribute("aria-invalid", String(item === wrong));
      wrong?.orcid.focus();
      return wrong ? t("publish.wrongORCID") : null;
    },
  };
}

/**
 * Whether a text is an ORCID iD whose check character is right (ISO 7064, mod 11-2).
 *
 * @param {string} text with or without the address before it
 */
export function isORCID(text) {
  const digits = text.replace(/^https?:\/\/orcid\.org\//, "").replaceAll("-", "");
  if (!/^\d{15}[\dX]$/.test(digits)) return false;
  const total = [...digits.slice(0, 15)].reduce((sum, digit) => (sum + Number(digit)) * 2, 0);
  const check = (12 - (total % 11)) % 11;
  return digits[15] === (check === 10 ? "X" : String(check));
}

async function submit(form, status, id, context) {
  const problem = form.problem();
  if (problem) return replace(status, problemBox({ title: t("publish.notYet"), message: problem }));
  try {
    const deposit = await context.api.post(`/api/jobs/${id}/deposit`, form.read());
    showStatus(status, deposit, id, context);
    context.toast(t("publish.made"), "success");
  } catch (error) {
    replace(status, problemBox(error));
  }
}

function showStatus(place, deposit, id, context) {
  const problems = deposit.problems ?? [];
  replace(place,
    problems.length > 0 &&
      h("div", { class: "notice notice-warning" }, h("strong", {}, t("publish.problems")),
        h("ul", {}, problems.map((text) => h("li", {}, text)))),
    deposit.state === "making" && h("div", { class: "panel cluster" }, icon("spinner", "busy"), t("publish.making")),
    deposit.state === "failed" && h("p", { class: "notice notice-danger" }, t("publish.failed")),
    deposit.state === "ready" &&
      h("section", { class: "panel stack" }, h("h2", {}, t("publish.package")),
        h("a", { class: "button button-primary", href: deposit.href, download: "" }, icon("download"),
          `${t("publish.download")} (${format.bytes(deposit.bytes)})`),
        deposit.permalink &&
          h("div", { class: "field" }, h("span", { class: "label" }, t("publish.link")),
            copyRow(new URL(deposit.permalink, location.origin).href, t("publish.link"), context)),
        deposit.files?.length > 0 &&
          h("details", {}, h("summary", {}, tCount("files.count", deposit.files.length)),
            h("ul", { class: "small" },
              deposit.files.map(
                (file) => h("li", { class: "break" }, h("code", {}, file.path), ` ${format.bytes(file.bytes)}`)))),
        h("p", { class: "small quiet" }, t("publish.doiHelp"))));
  if (deposit.state === "making") setTimeout(() => void poll(place, id, context), 1500);
}

async function poll(place, id, context) {
  if (!place.isConnected) return;
  try {
    showStatus(place, await context.api.get(`/api/jobs/${id}/deposit`), id, context);
  } catch (error) {
    replace(place, problemBox(error));
  }
}
