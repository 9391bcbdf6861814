// SPDX-License-Identifier: Apache-2.0
import { icon } from "../components/icons.js";
import { problemBox } from "../components/problem.js";
import { serviceSummary, serviceTitle } from "../components/words.js";
import { debounce, h, saveFile } from "../dom.js";
import { t, tCount } from "../i18n.js";
import { jobTitle, pageHead, textField, visibilityField } from "./common.js";
import { JobForm } from "./jobform.js";
import { askForJobFile } from "./jobfile.js";
import { JobPreview } from "./jobpreview.js";

/**
 * A new job of one process: its form, what it would do, and the button that starts it.
 *
 * `?from=JOB` fills the form from an earlier job; `?NAME=REFERENCE` fills an input, several times for several.
 */
export async function mount(root, context) {
  const { api, route, setTitle } = context;
  const process = await api.get(`/api/processes/${encodeURIComponent(route.parameters.id)}`);
  setTitle(t("newjob.title", { service: serviceTitle(process) }));
  const check = debounce(() => void preview.check(form), 350);
  const form = new JobForm(process, context, () => {
    summary.remove();
    check();
  });
  const preview = new JobPreview(process, context);
  const title =
    textField({ id: "job-title", label: t("newjob.name"), help: t("newjob.nameHelp"), maxlength: 200 });
  const sharing = visibilityField({ me: context.me });
  const summary = h("div", { class: "notice notice-danger stack-small", role: "alert", tabindex: "-1" });
  const start =
    h("button", { class: "button button-primary button-large", type: "submit" }, icon("play"), t("newjob.run"));
  const submit = async (event) => {
    event.preventDefault();
    await run({ form, preview, title: title.input, sharing, summary, start, process, context });
  };
  const page = h("form", { class: "job-layout", novalidate: true, onsubmit: submit },
    h("div", { class: "stack" }, form.element,
      h("section", { class: "panel stack", "aria-labelledby": "about-job" },
        h("h2", { id: "about-job" }, t("newjob.about")),
        h("div", { class: "fields" }, title.element, sharing.element))),
    h("aside", { class: "stack side", "aria-label": t("newjob.preview") }, preview.element,
      h("div", { class: "panel stack run-box" }, summaryPlace(context), start)));
  page.querySelector(".run-box").prepend(summary);
  summary.remove();
  root.append(head(process, form, context, check), page);
  await fill(form, process, context);
  await preview.check(form);
  return () => {
    check.cancel();
    preview.end();
  };
}

function summaryPlace(context) {
  if (context.me.user) return null;
  return h("p", { class: "small" }, t("newjob.needsLogin"), " ",
    h("a", { href: `#/login?return=${encodeURIComponent(location.hash.slice(1))}` }, t("nav.login")));
}

function head(process, form, context, check) {
  const load = (inputs) => {
    form.fill(inputs);
    check();
    context.toast(tCount("newjob.loaded", Object.keys(inputs).length), "success");
  };
  return h("div", {}, pageHead({
    title: serviceTitle(process),
    crumbs: [[t("nav.services"), "/services"]],
    actions: [
      h("button",
        { class: "button", type: "button", onclick: () => askForJobFile({ context, process, form, load }) },
        icon("code"), t("newjob.json")),
      h("button", { class: "button", type: "button", onclick: () => exportJob(process, form) }, icon("download"),
        t("newjob.export")),
      h("button", { class: "button button-quiet", type: "button", onclick: () => load({}) }, icon("restart"),
        t("newjob.clear")),
    ],
  }),
    h("details", { class: "about" }, h("summary", {}, t("newjob.what")), h("p", {}, serviceSummary(process))));
}

function exportJob(process, form) {
  const job = { process: process.id, inputs: form.inputs };
  saveFile(`${process.id}-job.json`, `${JSON.stringify(job, null, 2)}\n`, "application/json");
}

async function fill(form, process, context) {
  const { query } = context.route;
  const source = query.get("from");
  const inputs = {};
  if (source) {
    try {
      const job = await context.api.get(`/api/jobs/${encodeURIComponent(source)}`);
      Object.assign(inputs, job.inputs);
      context.toast(t("newjob.filledFrom", { name: jobTitle(job) }));
    } catch (error) {
      context.toast(error);
    }
  }
  for (const name of new Set(query.keys())) {
    if (!(name in process.inputs)) continue;
    const values = query.getAll(name);
    inputs[name] = process.inputs[name].schema.type === "array" ? values : values[0];
  }
  if (Object.keys(inputs).length > 0) form.fill(inputs);
}

async function run({ form, preview, title, sharing, summary, start, process, context }) {
  const problems = form.missing();
  start.disabled = true;
  try {
    if (problems.length === 0) problems.push(...await preview.problems(form));
    if (problems.length > 0) return showProblems(summary, start, problems, form);
    const job = await context.api.post(`/api/processes/${encodeURIComponent(process.id)}/execution`,
      { inputs: form.inputs, title: title.value.trim() || undefined, ...sharing.read() },
      { headers: { Prefer: "respond-async" } });
    context.toast(t("newjob.started"), "success");
    context.navigate(`/jobs/${job.jobID}`);
  } catch (error) {
    if (error.problems?.length > 0) return showProblems(summary, start, error.problems, form);
    summary.replaceChildren(problemBox(error));
    start.before(summary);
    summary.focus();
  } finally {
    start.disabled = false;
  }
}

// The list of what is wrong, each line a way to its field.
function showProblems(summary, start, problems, form) {
  form.showProblems(problems);
  summary.replaceChildren(
    h("h3", {}, tCount("newjob.problems", problems.length)), h("ul", {}, problems.map((problem) => {
      const field = form.field(problem.input);
      return h("li", {},
        field ? h("a", {
          href: `#${field.id}`,
          onclick: (event) => {
            event.preventDefault();
            field.focus();
          }
        },
                  `${field.title}: ${problem.message}`)
              : problem.message);
    })));
  start.before(summary);
  summary.focus();
}
