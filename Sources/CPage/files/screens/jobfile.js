// SPDX-License-Identifier: Apache-2.0
import { openDialog } from "../components/dialog.js";
import { h, replace } from "../dom.js";
import { t } from "../i18n.js";

/**
 * Shows the job as a file and takes one: pasted, or read from disk. The same text runs offline with `ogive run`.
 *
 * @param {{context: Object, process: Object, form: Object, load: (inputs: Object) => void}} options
 */
export function askForJobFile({ process, form, load }) {
  const text = JSON.stringify({ process: process.id, inputs: form.inputs }, null, 2);
  const area = h("textarea", {
    id: "job-json",
    class: "code",
    rows: "16",
    spellcheck: "false",
    value: text,
    "aria-describedby": "job-json-help"
  });
  const problem = h("div", { class: "error", role: "alert" });
  const file = h("input", {
    id: "job-file",
    type: "file",
    accept: ".json,application/json",
    onchange: async () => {
      if (file.files[0]) area.value = await file.files[0].text();
    }
  });
  openDialog({
    title: t("newjob.jsonTitle"),
    wide: true,
    content: [
      h("p", { class: "quiet", id: "job-json-help" }, t("newjob.jsonHelp")),
      h("div", { class: "field" },
        h("label",
          { for: "job-json"
          },
          t("newjob.jsonLabel")),
        area, problem),
      h("div", { class: "field" },
        h("label",
          { for: "job-file"
          },
          t("newjob.jsonFile")),
        file),
    ],
    actions: [
      { label: t("action.cancel") }, {
        label: t("newjob.jsonUse"),
        kind: "primary",
        run: () => {
          const read = readJobFile(area.value, process);
          if (read.problem) {
            replace(problem, read.problem);
            area.focus();
            return false;
          }
          load(read.inputs);
          return true;
        }
      }
    ],
  });
}

/**
 * The inputs of a job file in its long form (`{process, inputs}`) or short form (`{process, name: value, …}`).
 *
 * @param {string} text
 * @param {Object} process description of the process that the form is for
 * @returns {{inputs: Object}|{problem: string}}
 */
export function readJobFile(text, process) {
  let job;
  try {
    job = JSON.parse(text);
  } catch (error) {
    return { problem: t("newjob.notJSON", { message: error.message }) };
  }
  if (job === null || typeof job !== "object" || Array.isArray(job)) return { problem: t("newjob.notObject") };
  if (job.process && job.process !== process.id)
    return { problem: t("newjob.otherProcess", { other: job.process, this: process.id }) };
  const { process: _, $schema: __, provenance: ___, outputs: ____, response: _____, ...short } = job;
  const inputs = job.inputs ?? short;
  const unknown = Object.keys(inputs).filter((name) => !(name in process.inputs) && name !== "out");
  if (unknown.length > 0) return { problem: t("newjob.unknownInputs", { names: unknown.join(", ") }) };
  return { inputs };
}
