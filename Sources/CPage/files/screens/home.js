// SPDX-License-Identifier: Apache-2.0
import { icon, serviceIcon } from "../components/icons.js";
import { serviceTitle } from "../components/words.js";
import { h } from "../dom.js";
import { t } from "../i18n.js";
import { jobProgress, jobTitle, stateBadge } from "./common.js";
import { mainServices } from "./services.js";

/** The first screen: the way of the work in four steps, services, the last jobs. */
export async function mount(root, context) {
  const { api, setTitle } = context;
  setTitle(t("nav.home"));
  const [processes, jobs] = await Promise.all([
    api.get("/api/processes?limit=1000"),
    api.get("/api/jobs?owner=all&sort=-created&limit=5").catch(() => ({ jobs: [] })),
  ]);
  const services = mainServices.map((id) => processes.processes.find((one) => one.id === id)).filter(Boolean);
  root.append(h("div", { class: "stack home" },
    h("section", { class: "hero" }, h("h1", {}, t("home.title")), h("p", {}, t("home.text")),
      h("div", { class: "cluster" },
        h("a", { class: "button button-primary button-large", href: "#/explore" }, icon("search"), t("home.find")),
        h("a", { class: "button button-large", href: "#/services" }, t("home.start")))),
    steps(),
    h("div", { class: "columns" },
      h("section", { class: "panel" },
        h("div", { class: "panel-head" }, h("h2", {}, t("home.services")),
          h("a", { href: "#/services" }, t("home.allServices"))),
        h("ul", { class: "plain-list" },
          services.map((process) => h("li", {},
                         h("a", { class: "row-link", href: `#/services/${process.id}` }, serviceIcon(process.id),
                           h("span", { class: "grow" }, serviceTitle(process)), icon("arrow")))))),
      h("section", { class: "panel" },
        h("div", { class: "panel-head" }, h("h2", {}, t("home.jobs")),
          h("a", { href: "#/jobs" }, t("home.allJobs"))),
        jobList(jobs.jobs)))));
}

function steps() {
  const names = [
    ["scenes", "scan", "/explore"], ["job", "settings", "/services"], ["map", "map", "/jobs"],
    ["publish", "publish", "/jobs"]
  ];
  return h("ol", { class: "steps" },
    names.map(([name, sign, path]) => h("li", {},
                h("a", { href: `#${path}` }, icon(sign, "icon-large"),
                  h("span", {}, h("strong", {}, t(`home.${name}Step`)),
                    h("span", { class: "small quiet" }, t(`home.${name}Text`)))))));
}

function jobList(jobs) {
  if (jobs.length === 0) return h("p", { class: "quiet" }, t("home.noJobs"));
  return h("ul", { class: "plain-list" },
    jobs.map((job) => h("li", {},
               h("a", { class: "row-link", href: `#/jobs/${job.jobID}` }, stateBadge(job),
                 h("span", { class: "grow break" }, jobTitle(job)),
                 h("span", { class: "job-brief" }, jobProgress(job))))));
}
