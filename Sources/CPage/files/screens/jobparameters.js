// SPDX-License-Identifier: Apache-2.0
import { sameValue } from "../components/fields.js";
import { problemBox } from "../components/problem.js";
import { absentText, groupTitle, inputTitle, unitText } from "../components/words.js";
import { h, replace } from "../dom.js";
import * as format from "../format.js";
import { t, tCount } from "../i18n.js";
import { jobTitle } from "./common.js";

/** What a job was given, against the defaults of its process, and a way to compare it with another. */
export async function showParameters(panel, job, context) {
  try {
    const process = await context.api.get(`/api/processes/${encodeURIComponent(job.processID)}`);
    replace(panel, content(job, process, context));
  } catch (error) {
    replace(panel, problemBox(error, () => void showParameters(panel, job, context)));
  }
}

function content(job, process, context) {
  const body = h("tbody");
  const all = rowsOf(job, process);
  const changed = all.filter((row) => row.isChanged);
  const only = h("input", { type: "checkbox", checked: changed.length > 0, onchange: () => draw() });
  const draw = () => replace(body, (only.checked ? changed : all).map(rowElement));
  draw();
  const heads = ["parameters.name", "parameters.value", "parameters.default", "parameters.group"];
  return h("div", { class: "stack" },
    h("div", { class: "cluster spread" },
      h("label", { class: "check" }, only, t("parameters.onlyChanged", { count: changed.length })),
      comparison(job, context)),
    h("p", { class: "small quiet", role: "status" }, tCount("parameters.changed", changed.length)),
    h("div", { class: "table-frame", tabindex: "0", role: "region", "aria-label": t("job.parameters") },
      h("table", { class: "cards" }, h("caption", { class: "visually-hidden" }, t("job.parameters")),
        h("thead", {}, h("tr", {}, heads.map((head) => h("th", { scope: "col" }, t(head))))), body)));
}

function rowsOf(job, process) {
  const given = job.inputs ?? {};
  const names = [...new Set([...Object.keys(process.inputs ?? {}), ...Object.keys(given)])];
  return names.map((name) => {
    const input = process.inputs?.[name];
    const standard = input?.schema?.default ?? null;
    const value = given[name] ?? job.resolved?.[name] ?? standard;
    const isChanged = name in given ? !sameValue(given[name], standard) : !sameValue(value, standard);
    return { name, input, value, standard, isChanged, isGiven: name in given };
  });
}

function rowElement({ name, input, value, standard, isChanged, isGiven }) {
  const unit = unitText(input?.schema?.["x-ogc-unit"]);
  const text = (one) => (one === null ? absentText(input?.schema?.["x-absent"] ?? "–")
                                      : `${format.parameterValue(one)}${unit ? `\u202F${unit}` : ""}`);
  return h("tr", {},
    h("th", { scope: "row" }, inputTitle(name, input), h("span", { class: "cell-note" }, h("code", {}, name))),
    h("td", { class: "break wide", "data-label": t("parameters.value") },
      isChanged ? h("strong", {}, longText(value, text)) : longText(value, text),
      isChanged && !isGiven && h("span", { class: "cell-note" }, t("parameters.byPreset"))),
    h("td", { class: "quiet break", "data-label": t("parameters.default") }, text(standard)),
    h("td", { class: "quiet", "data-label": t("parameters.group") }, groupTitle(input?.schema?.["x-group"] ?? "")));
}

function longText(value, text) {
  if (!Array.isArray(value) || value.length < 6) return text(value);
  return h("details", {}, h("summary", {}, tCount("parameters.values", value.length)),
    h("ul", {}, value.map((one) => h("li", { class: "break" }, format.parameterValue(one)))));
}

function comparison(job, context) {
  const select = h("select", {
    "aria-label": t("compare.with"),
    onchange: () => {
      if (select.value) context.navigate(`/jobs/${job.jobID}/comparison`, { with: select.value });
    }
  },
    h("option", { value: "" }, t("compare.with")));
  context.api.get(`/api/jobs?processID=${encodeURIComponent(job.processID)}&owner=all&sort=-created&limit=30`)
    .then(({ jobs }) => {
      const others = jobs.filter((one) => one.jobID !== job.jobID);
      select.append(
        ...others.map((one) => h("option", { value: one.jobID }, `${jobTitle(one)} (${format.date(one.created)})`)));
      select.disabled = others.length === 0;
    })
    .catch((error) => context.toast(error));
  return h("div", {}, select);
}
