// SPDX-License-Identifier: Apache-2.0
import { Table } from "../components/table.js";
import { inputTitle, unitText } from "../components/words.js";
import { h } from "../dom.js";
import * as format from "../format.js";
import { t, tCount } from "../i18n.js";
import { facts, jobTitle, pageHead, stateBadge } from "./common.js";

/** Two jobs side by side: parameters that differ, and what came out. */
export async function mount(root, context) {
  const { api, route, setTitle } = context;
  const id = encodeURIComponent(route.parameters.id);
  const other = encodeURIComponent(route.query.get("with") ?? "");
  const { jobs, parameters, results } = await api.get(`/api/jobs/${id}/comparison?with=${other}`);
  setTitle(t("compare.title"));
  const names = jobs.map(jobTitle);
  const differing = parameters.filter((one) => one.differs);
  const table = parameterTable(names);
  const only = h("input",
    { type: "checkbox", checked: true, onchange: () => table.update(only.checked ? differing : parameters) });
  table.update(differing);
  root.append(pageHead({
    title: t("compare.title"),
    crumbs: [[t("nav.jobs"), "/jobs"], [names[0], `/jobs/${id}`]],
    text: tCount("compare.differ", differing.length)
  }),
    h("div", { class: "stack" }, h("div", { class: "columns" }, jobs.map((job, index) => jobPanel(job, index))),
      results?.length > 0 && [h("h2", {}, t("compare.results")), resultTable(names, results)],
      h("div", { class: "cluster spread" }, h("h2", {}, t("job.parameters")),
        h("label", { class: "check" }, only, t("compare.onlyDiffering"))),
      table.element));
}

function jobPanel(job, index) {
  return h("section", { class: "panel stack" },
    h("h2", {}, `${"AB"[index]}: `, h("a", { href: `#/jobs/${job.jobID}` }, jobTitle(job))),
    h("div", {}, stateBadge(job)), facts([
      [t("jobs.created"), format.time(job.created)],
      [t("job.took"), job.cost?.seconds ? format.duration(job.cost.seconds) : null],
      [t("jobs.size"), job.bytes ? format.bytes(job.bytes) : null]
    ]));
}

function parameterTable(names) {
  const value = (index) => (one) => {
    const text = `${format.parameterValue(one.values[index])}${
      one.unit && one.values[index] !== null ? `\u202F${unitText(one.unit)}` : ""}`;
    const isDefault = JSON.stringify(one.values[index]) === JSON.stringify(one.default);
    return [
      one.differs ? h("strong", { class: "break" }, text) : text,
      isDefault && h("span", { class: "cell-note" }, t("compare.isDefault"))
    ];
  };
  return new Table({
    caption: t("compare.caption"),
    key: (one) => one.name,
    empty: t("compare.same"),
    columns: [
      {
        id: "name",
        title: t("parameters.name"),
        isHead: true,
        sortBy: (one) => one.title ?? one.name,
        cell: (one) => inputTitle(one.name, one)
      },
      { id: "first", title: `A: ${names[0]}`, cell: value(0) },
      { id: "second", title: `B: ${names[1]}`, cell: value(1) },
    ],
  });
}

function resultTable(names, results) {
  const difference = (one) =>
    (one.values.every((value) => typeof value === "number") ? one.values[1] - one.values[0] : null);
  const withUnit = (value, unit) =>
    (value === null || value === undefined ? "–"
      : format.number(value) + (unit ? `\u202F${unitText(unit)}` : ""));
  const table = new Table({
    caption: t("compare.results"),
    key: (one) => one.name,
    columns: [
      { id: "name", title: t("compare.quantity"), isHead: true, cell: (one) => one.title ?? one.name },
      { id: "first", title: `A: ${names[0]}`, isNumber: true, cell: (one) => withUnit(one.values[0], one.unit) },
      { id: "second", title: `B: ${names[1]}`, isNumber: true, cell: (one) => withUnit(one.values[1], one.unit) },
      {
        id: "difference",
        title: t("compare.difference"),
        isNumber: true,
        cell: (one) => withUnit(difference(one), one.unit)
      },
    ],
  });
  table.update(results);
  return table.element;
}
