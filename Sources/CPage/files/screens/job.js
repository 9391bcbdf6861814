// SPDX-License-Identifier: Apache-2.0
import { icon } from "../components/icons.js";
import { Table } from "../components/table.js";
import { tabs } from "../components/tabs.js";
import { serverLanguage } from "../components/words.js";
import { drawChanged, h } from "../dom.js";
import * as format from "../format.js";
import { t, tCount } from "../i18n.js";
import { facts, isEnded, jobProgress, jobTitle, pageHead, partialText, stateBadge, visibilityBadge } from "./common.js";
import { jobActions } from "./jobactions.js";
import { showCitation, showFiles } from "./jobfiles.js";
import { JobLog } from "./joblog.js";
import { showParameters } from "./jobparameters.js";
import { stageBar } from "./stages.js";

/** One job: how far it is, what it says, what it was given, what it made. */
export async function mount(root, context) {
  const { api, route } = context;
  const id = encodeURIComponent(route.parameters.id);
  let job = await api.get(`/api/jobs/${id}`);
  const head = h("div");
  const overview = h("section", { class: "panel stack", "aria-label": t("job.overview") });
  const log = new JobLog(context, id);
  const reload = async () => {
    job = await api.get(`/api/jobs/${id}`);
    draw();
  };
  const draw = () => {
    drawHead(head, job, context, reload);
    drawOverview(overview, job, context, reload);
  };
  const choice = tabs({
    label: t("job.parts"),
    selected: route.query.get("tab") ?? (isEnded(job) && job.state === "successful" ? "files" : "log"),
    onSelect: (tab) => context.replaceQuery({ tab }),
    tabs: [
      { id: "log", title: t("job.log"), show: (panel) => log.show(panel) },
      { id: "parameters", title: t("job.parameters"), show: (panel) => void showParameters(panel, job, context) },
      { id: "files", title: t("job.files"), show: (panel) => void showFiles(panel, job, context) },
      { id: "cite", title: t("job.cite"), show: (panel) => showCitation(panel, job, context) },
    ],
  });
  root.append(head, h("div", { class: "stack" }, overview, h("div", { class: "panel" }, choice.element)));
  context.setTitle(jobTitle(job));
  draw();
  const stop = follow(id, log, (news) => {
    const wasEnded = isEnded(job);
    job = {...job, ...news };
    draw();
    if (!wasEnded && isEnded(job)) {
      context.announce(t("job.ended", { name: jobTitle(job), state: t(`state.${job.state}`) }));
      void reload();
    }
  });
  return () => {
    stop();
    log.end();
    choice.end();
  };
}

function follow(id, log, onNews) {
  const events = new EventSource(`/api/jobs/${id}/events`);
  events.addEventListener("status", (event) => onNews(JSON.parse(event.data)));
  events.addEventListener("log", (event) => log.add([JSON.parse(event.data)]));
  events.addEventListener("end", () => events.close());
  return () => events.close();
}

// News come every second while a job runs: what has not changed is left alone, for a click that has just begun.
function drawHead(head, job, context, reload) {
  const { state, title, report, layers, canChange, visibility, group, keep, bytes } = job;
  const ending = isEnded(job) ? bytes : null;
  drawChanged(head, [[
    { state, title, report, layers, canChange, visibility, group, keep, ending }, () => pageHead({
      title: jobTitle(job),
      crumbs: [[t("nav.jobs"), "/jobs"]],
      actions: jobActions(job, context, reload),
    })
  ]]);
}

function drawOverview(place, job, context, reload) {
  const { state, visibility, owner, attempt, reason, stages, error, partial } = job;
  drawChanged(place, [
    [{ state, visibility, owner, attempt, partial }, () => badges(job)],
    [{ state, reason, left: job.secondsLeft, progress: job.progress, stage: job.stage }, () => progressOf(job)],
    [{ state, stages }, () => stages?.length > 0 && stageBar(job, context, reload)],
    [error, () => error && errorNotice(job)],
    [
      partial,
      () => partial &&
        h("div", { class: "notice notice-warning" }, h("strong", {}, t("state.partial")),
          h("p", {},
            partialText(partial)))
    ],
    [job.warnings, () => warnings(job)],
    [job.attempts, () => attempts(job)],
    [factPairs(job), facts],
  ]);
}

function badges(job) {
  return h("div", { class: "cluster" }, stateBadge(job), visibilityBadge(job),
    h("code", { class: "small" }, job.processID),
    job.owner && h("span", { class: "small quiet" }, t("job.by", { owner: job.owner })),
    job.attempt > 1 && h("span", { class: "badge" }, t("job.attempt", { number: job.attempt })));
}

function progressOf(job) {
  if (job.state === "running") return h("div", { class: "job-bar" }, jobProgress(job));
  return ["accepted", "paused"].includes(job.state) && h("p", {}, job.reason ?? t("jobs.waits"));
}

function errorNotice(job) {
  const lang = serverLanguage();
  return h("div", { class: "notice notice-danger stack-small" }, h("h2", {}, t("job.failed")),
    h("p", { class: "break", lang }, job.error.message),
    job.error.cure && h("p", { class: "break", lang }, job.error.cure),
    job.error.kind && h("p", { class: "small quiet" }, h("code", {}, job.error.kind)));
}

function warnings(job) {
  const all = job.warnings ?? [];
  if (all.length === 0) return null;
  const lang = serverLanguage();
  const items = h("ul", { class: "small" }, all.map((text) => h("li", { class: "break", lang }, text)));
  return h("details", { class: "fold", open: all.length <= 3 },
    h("summary", {}, icon("alert"), tCount("job.warnings", all.length)), h("div", { class: "inside" }, items));
}

function attempts(job) {
  const all = job.attempts ?? [];
  if (all.length < 2) return null;
  const table = new Table({
    caption: t("job.attempts"),
    key: (one) => String(one.number),
    columns: [
      { id: "number", title: t("job.attemptHead"), isHead: true, cell: (one) => one.number },
      { id: "started", title: t("job.started"), cell: (one) => format.time(one.started) },
      { id: "outcome", title: t("admin.outcome"), isWide: true, cell: (one) => one.outcome ?? "–" },
      { id: "seconds", title: t("job.took"), isNumber: true, cell: (one) => format.duration(one.seconds) },
      { id: "memory", title: t("job.peakMemory"), isNumber: true, cell: (one) => format.bytes(one.memoryBytes) },
    ],
  });
  table.update(all);
  return h("details", { class: "fold" }, h("summary", {}, t("job.attempts")), h("div", { class: "inside" }, table.element));
}

function factPairs(job) {
  const estimate = job.estimate?.seconds;
  const time = job.cost?.seconds ?? null;
  const isLeft = job.state === "running" && job.secondsLeft !== null && job.secondsLeft !== undefined;
  return [
    [t("jobs.created"), format.time(job.created)],
    [t("job.started"), job.started && format.time(job.started)],
    [t("job.finished"), job.finished && format.time(job.finished)],
    [t("job.left"), isLeft ? format.duration(job.secondsLeft) : null],
    [t("job.took"), time === null ? null : format.duration(time)],
    [t("job.estimated"), estimate && format.duration(estimate.likely)],
    [t("job.peakMemory"), job.cost?.memoryBytes ? format.bytes(job.cost.memoryBytes) : null],
    [t("jobs.size"), job.bytes ? format.bytes(job.bytes) : null],
    [t("job.executor"), job.executor && t(`executor.${job.executor}`)],
    [t("job.expires"), job.keep ? t("job.kept") : job.expires && format.date(job.expires)],
  ];
}
