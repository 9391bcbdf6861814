// SPDX-License-Identifier: Apache-2.0
import { confirmDialog } from "../components/dialog.js";
import { icon } from "../components/icons.js";
import { h } from "../dom.js";
import * as format from "../format.js";
import { t } from "../i18n.js";
import { isEnded, stageName, stageUnit } from "./common.js";

const signs = {
  done: "check",
  running: "play",
  waiting: "clock",
  failed: "alert"
};

/** The stages of a job in a row, each with its units, and when each ran; an ended job can be restarted from one. */
export function stageBar(job, context, reload) {
  return h("div", { class: "stack-small" }, h("ol", { class: "stages", "aria-label": t("stage.title") },
    job.stages.map((stage) => stageItem(stage, job, context, reload))), timeline(job.stages));
}

/** When each stage ran, as bars over the time of the whole; nothing where the log does not tell. */
function timeline(stages) {
  const ran = stages.filter((stage) => stage.started).map((stage) => {
    const start = new Date(stage.started).getTime();
    return { ...stage, start, end: start + 1000 * (stage.seconds ?? 0) };
  });
  const low = Math.min(...ran.map((stage) => stage.start)), high = Math.max(...ran.map((stage) => stage.end));
  if (ran.length < 2 || high <= low) return null;
  const percent = (time) => `${(((time - low) / (high - low)) * 100).toFixed(2)}%`;
  const row = (stage) => h("li", {}, h("span", {}, stageName(stage.name)),
    h("span", { class: "time-track", "aria-hidden": "true" }, h("span", { class: `time-bar stage-${stage.state}`,
      style: { left: percent(stage.start), width: percent(low + stage.end - stage.start) } })),
    h("span", { class: "quiet time-words" }, h("time", { datetime: stage.started }, format.clock(stage.started)),
      stage.seconds ? `, ${format.duration(stage.seconds)}` : ""));
  return h("details", { class: "fold" }, h("summary", { class: "small" },
    t("stage.timeline", { time: format.duration((high - low) / 1000) })),
  h("ol", { class: "inside timeline small" }, ran.map(row)));
}

function stageItem(stage, job, context, reload) {
  // A stage that has ended well left out what was there already: nothing of it is missing.
  const done = stage.state === "done" ? stage.total : stage.done;
  const share = stage.total > 0 ? Math.min(1, done / stage.total) : stage.state === "done" ? 1 : 0;
  const name = stageName(stage.name);
  const units = stage.total > 0 ? `${format.integer(done)} / ${format.integer(stage.total)} ${stageUnit(stage.unit)}`
                                : t(`stage.${stage.state}`);
  const canRestart = isEnded(job) && job.canChange && stage.state !== "waiting";
  return h("li", { class: `stage stage-${stage.state}`, "aria-current": stage.state === "running" ? "step" : null },
    h("span", { class: "stage-head" }, icon(signs[stage.state] ?? "clock"), h("strong", {}, name),
      h("span", { class: "visually-hidden" }, `: ${t(`stage.${stage.state}`)}`)),
    h("span", { class: "track", "aria-hidden": "true" },
      h("span", { class: "bar-fill", style: { width: `${Math.round(share * 100)}%` } })),
    h("span", { class: "small quiet stage-foot" }, units,
      stage.seconds ? ` · ${format.duration(stage.seconds)}` : "",
      canRestart &&
        h("button", {
          class: "button button-quiet button-small",
          type: "button",
          onclick: () => void restart(stage, job, context, reload)
        },
          icon("restart"), t("stage.restart"), h("span", { class: "visually-hidden" }, ` ${name}`))));
}

async function restart(stage, job, context, reload) {
  const isSure = await confirmDialog({
    title: t("stage.restartAsk", { stage: stageName(stage.name) }),
    content: t("stage.restartText"),
    action: t("stage.restartDo"),
    kind: "primary"
  });
  if (!isSure) return;
  try {
    await context.api.post(`/api/jobs/${job.jobID}/restart`, { stage: stage.name });
    await reload();
  } catch (error) {
    context.toast(error);
  }
}
