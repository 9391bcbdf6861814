// SPDX-License-Identifier: Apache-2.0
import { progressBar } from "../components/progress.js";
import { Table } from "../components/table.js";
import { h, replace } from "../dom.js";
import * as format from "../format.js";
import { t } from "../i18n.js";
import { facts } from "./common.js";

const interval = 5000;

/** Queue, workers, disk and memory, read anew every few seconds. */
export async function showHealth(place, context) {
  const workers = workerTable();
  const parts = {
    facts: h("section", { class: "panel", "aria-label": t("admin.health") }),
    disk: h("section", { class: "panel stack", "aria-label": t("admin.disk") })
  };
  const update = async () => draw(parts, workers, await context.api.get("/api/health"));
  await update();
  replace(place, parts.facts, parts.disk,
    h("section", { class: "stack" }, h("h2", {}, t("admin.workers")), workers.element));
  const timer = setInterval(() => {
    if (document.hidden) return;
    update().catch((error) => {
      clearInterval(timer);
      context.toast(error);
    });
  }, interval);
  return () => clearInterval(timer);
}

function workerTable() {
  return new Table({
    caption: t("admin.workers"),
    key: (worker) => `${worker.job}/${worker.pid ?? worker.node}`,
    empty: t("admin.noWorkers"),
    columns: [
      {
        id: "job",
        title: t("jobs.name"),
        isHead: true,
        cell: (worker) => h("a", { href: `#/jobs/${worker.job}` }, worker.title || worker.job)
      },
      { id: "owner", title: t("packages.owner"), cell: (worker) => worker.owner ?? "–" },
      { id: "stage", title: t("admin.stage"), cell: (worker) => worker.stage ?? "–" },
      { id: "where", title: t("admin.process"), cell: (worker) => worker.node ?? worker.pid ?? "–" },
      { id: "started", title: t("job.started"), cell: (worker) => format.relative(worker.started) }, {
        id: "memory",
        title: t("estimate.memory"),
        isNumber: true,
        cell: (worker) => format.bytes(worker.memoryBytes)
      }
    ]
  });
}

function draw(parts, workers, health) {
  const { queue = {}, disk, memory, database, load } = health;
  replace(parts.facts, facts([
    [
      t("admin.status"),
      h("span", { class: `badge ${health.status === "ok" ? "badge-success" : "badge-warning"}` },
        t(`admin.status.${health.status}`))
    ],
    [t("admin.version"), health.version], [t("admin.uptime"), format.duration(health.uptimeSeconds)],
    [
      t("job.executor"),
      health.executor &&
        `${t(`executor.${health.executor}`)}, ${t("admin.slots", { count: format.integer(health.slots) })}`
    ],
    [t("state.running"), format.integer(queue.running)], [t("state.accepted"), format.integer(queue.accepted)],
    [t("state.paused"), format.integer(queue.paused)],
    [t("admin.memory"), memory && `${format.bytes(memory.residentBytes)} / ${format.bytes(memory.totalBytes)}`],
    [t("admin.database"), database && format.bytes(database.bytes)],
    [
      t("admin.load"), load && `${load.map((value) => format.number(value, 2)).join(", ")} (${t("admin.processors", {
        count: health.processors
      })})`
    ]
  ]));
  workers.update(health.workers ?? []);
  if (!disk) return;
  const tone = { ok: "success", low: "warning", stopped: "danger" }[disk.state];
  replace(parts.disk,
    h("div", { class: "panel-head" }, h("h2", {}, t("admin.disk")),
      h("span", { class: `badge badge-${tone}` }, t(`admin.disk.${disk.state}`))),
    progressBar({
      share: 1 - disk.freeBytes / disk.totalBytes,
      label: t("admin.disk"),
      left: t("admin.free", { free: format.bytes(disk.freeBytes), total: format.bytes(disk.totalBytes) })
    }),
    h("p", { class: "small quiet" }, t("admin.guard", { size: format.bytes(disk.guardBytes) }), " ",
      h("code", { class: "break" }, disk.path)));
}
