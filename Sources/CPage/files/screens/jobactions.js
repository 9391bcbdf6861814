// SPDX-License-Identifier: Apache-2.0
import { confirmDialog, openDialog } from "../components/dialog.js";
import { icon } from "../components/icons.js";
import { problemBox } from "../components/problem.js";
import { h, replace } from "../dom.js";
import * as format from "../format.js";
import { t } from "../i18n.js";
import { copyRow, isEnded, jobTitle, textField, visibilityField } from "./common.js";

/** The buttons of a job, by its state and by what its viewer may do. */
export function jobActions(job, context, reload) {
  const ended = isEnded(job);
  const id = encodeURIComponent(job.jobID);
  const link = (sign, words, href, kind = "") => h("a", { class: `button ${kind}`, href }, icon(sign), t(words));
  const button = (sign, words, run, kind = "") =>
    h("button", { class: `button ${kind}`, type: "button", onclick: () => void run() }, icon(sign), t(words));
  return [
    job.layers && link("map", "job.onMap", `#/jobs/${id}/map`, "button-primary"),
    job.report &&
      h("a", { class: "button", href: job.report, target: "_blank", rel: "noopener" }, icon("file"),
        t("job.report"), h("span", { class: "visually-hidden" }, t("nav.newWindow"))),
    !ended && job.canChange && button("cancel", "jobs.cancel", () => cancel(job, context, reload), "button-danger"),
    ["failed", "dismissed"].includes(job.state) && job.canChange &&
      button("restart", "job.retry", () => change(context, reload, `/api/jobs/${id}/retry`)),
    link("copy", "job.rerun", `#/services/${encodeURIComponent(job.processID)}?from=${id}`),
    job.state === "successful" && job.canChange && link("publish", "job.publish", `#/jobs/${id}/publish`),
    h("a", { class: "button", href: `/api/jobs/${id}/job.json`, download: `${job.processID}-job.json` },
      icon("code"), t("job.export")),
    job.canChange && button("share", "job.share", () => share(job, context, reload)),
    job.canChange && button("pencil", "job.rename", () => rename(job, context, reload)),
    ended && job.canChange && button("trash", "action.delete", () => remove(job, context), "button-danger"),
  ].filter(Boolean);
}

async function change(context, reload, path) {
  try {
    await context.api.post(path, {});
    await reload();
  } catch (error) {
    context.toast(error);
  }
}

async function cancel(job, context, reload) {
  const isSure =
    await confirmDialog({ title: t("job.cancelAsk"), content: t("jobs.cancelText"), action: t("jobs.cancel") });
  if (!isSure) return;
  try {
    await context.api.delete(`/api/jobs/${job.jobID}`);
    await reload();
  } catch (error) {
    context.toast(error);
  }
}

async function remove(job, context) {
  const isSure = await confirmDialog({
    title: t("job.deleteAsk", { name: jobTitle(job) }),
    content: t("jobs.deleteText", { size: format.bytes(job.bytes) }),
    action: t("action.delete")
  });
  if (!isSure) return;
  try {
    await context.api.delete(`/api/jobs/${job.jobID}`);
    context.navigate("/jobs");
  } catch (error) {
    context.toast(error);
  }
}

function rename(job, context, reload) {
  const title = textField({ id: "rename", label: t("newjob.name"), value: job.title ?? "", maxlength: 200 });
  const keep = h("input", { type: "checkbox", checked: Boolean(job.keep) });
  openDialog({
    title: t("job.renameTitle"),
    content: [
      title.element,
      h("label", { class: "check" }, keep,
        h("span", {}, t("job.keep"), h("span", { class: "help quiet small" }, ` ${t("job.keepHelp")}`)))
    ],
    actions: [
      { label: t("action.cancel") }, {
        label: t("action.save"),
        kind: "primary",
        run: () => patch(job, { title: title.input.value.trim() || undefined, keep: keep.checked }, context, reload)
      }
    ],
  });
}

async function patch(job, values, context, reload) {
  try {
    await context.api.patch(`/api/jobs/${job.jobID}`, values);
    await reload();
    return true;
  } catch (error) {
    context.toast(error);
    return false;
  }
}

function share(job, context, reload) {
  const sharing = visibilityField({ me: context.me, visibility: job.visibility, group: job.group });
  const page = `${location.origin}/#/jobs/${job.jobID}`;
  const days = h("select", { id: "link-days" },
    [1, 7, 30, 365].map((count) => h("option", { value: count }, t("share.days", { count }))));
  days.value = "7";
  const made = h("div", { role: "status" });
  const make = async () => {
    try {
      const link = await context.api.post("/api/links", { job: job.jobID, path: null, days: Number(days.value) });
      const address = new URL(link.href, location.origin).href;
      replace(made, copyRow(address, t("share.link"), context),
        h("p", { class: "small quiet" }, t("share.expires", { date: format.time(link.expires) })));
    } catch (error) {
      replace(made, problemBox(error));
    }
  };
  openDialog({
    title: t("share.title"),
    content: [
      sharing.element,
      h("div", { class: "field" }, h("span", { class: "label" }, t("share.page")),
        copyRow(page, t("share.page"), context)),
      h("hr"), h("h3", {}, t("share.download")), h("p", { class: "small quiet" }, t("share.downloadHelp")),
      h("div", { class: "input-row" }, h("label", { class: "visually-hidden", for: "link-days" }, t("share.valid")),
        days, h("button", { class: "button", type: "button", onclick: () => void make() }, icon("link"), t("share.make"))),
      made,
    ],
    actions: [
      { label: t("action.cancel") },
      { label: t("action.save"), kind: "primary", run: () => patch(job, sharing.read(), context, reload) },
    ],
  });
}
