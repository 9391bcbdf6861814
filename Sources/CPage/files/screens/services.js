// SPDX-License-Identifier: Apache-2.0
import { icon, serviceIcon } from "../components/icons.js";
import { serviceBrief, serviceSummary, serviceTitle } from "../components/words.js";
import { h, replace } from "../dom.js";
import { t } from "../i18n.js";
import { pageHead } from "./common.js";

/** What most users come for, in this order. */
export const mainServices = ["ice", "slide", "quake", "survey", "mpic", "match"];

const sections = [
  ["measure", ["ice", "slide", "quake", "survey", "mpic", "match", "dsm", "insar"]],
  ["follow", ["invert", "series", "fault-profile"]],
  ["check", ["validate", "evaluate", "simulate", "info"]],
];

/** Cards of all processes that the server offers. */
export async function mount(root, context) {
  const { processes } = await context.api.get("/api/processes?limit=1000");
  const results = h("div", { class: "stack" });
  const search = h("input", {
    type: "search",
    id: "service-search",
    placeholder: t("services.search"),
    "aria-label": t("services.search"),
    oninput: () => draw()
  });
  const draw = () => replace(results, grouped(processes, search.value.trim().toLowerCase()));
  root.append(pageHead({
    title: t("services.title"),
    text: t("services.text"),
    actions: [h("div", { class: "search" }, icon("search"), search)]
  }),
    results);
  draw();
}

function grouped(processes, words) {
  const matches = processes.filter(
    (process) =>
      `${process.id} ${serviceTitle(process)} ${process.title} ${process.description ?? ""}`.toLowerCase().includes(
        words));
  if (matches.length === 0) return h("p", { class: "quiet", role: "status" }, t("services.none"));
  const known = new Set(sections.flatMap(([, ids]) => ids));
  const groups = [
    ...sections.map(([name, ids]) => [name, ids.map((id) => matches.find((one) => one.id === id)).filter(Boolean)]),
    ["other", matches.filter((process) => !known.has(process.id))]
  ];
  return groups.filter(([, members]) => members.length > 0)
    .map(([name, members]) => h("section", { class: "stack" }, h("h2", {}, t(`services.${name}`)),
           h("ul", { class: "service-cards" }, members.map(card))));
}

function card(process) {
  const needs = serviceBrief(process, "needs");
  const gives = serviceBrief(process, "gives");
  return h("li", { class: "panel service-card" }, h("div", { class: "service-sign" }, serviceIcon(process.id)),
    h("h3", {}, h("a", { href: `#/services/${encodeURIComponent(process.id)}` }, serviceTitle(process))),
    h("p", { class: "summary" }, serviceSummary(process)),
    (needs || gives) &&
      h("dl", {}, needs && [h("dt", {}, t("services.needs")), h("dd", {}, needs)],
        gives && [h("dt", {}, t("services.gives")), h("dd", {}, gives)]),
    h("p", { class: "small quiet" }, h("code", {}, `ogive ${process.id}`)));
}
