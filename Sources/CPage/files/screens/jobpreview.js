// SPDX-License-Identifier: Apache-2.0
import { icon } from "../components/icons.js";
import { PairNetwork } from "../components/network.js";
import { problemBox } from "../components/problem.js";
import { serverLanguage } from "../components/words.js";
import { h, replace } from "../dom.js";
import * as format from "../format.js";
import { t, tCount } from "../i18n.js";
import { baselineHelper } from "./baseline.js";
import { inputTray } from "./tray.js";

/** What a job would do, asked anew after each change: problems, time and space, its pairs, the baseline helper. */
export class JobPreview {
  #asked = null;
  #form = null;
  #lacks = new Set();

  constructor(process, context) {
    Object.assign(this, { process, context });
    this.estimate =
      h("div", { "aria-live": "polite" }, h("p", { class: "quiet small" }, t("estimate.needsInputs")));
    this.pairs = new PairNetwork((taken) => this.#form?.take(
      { leaveOutPairs: taken.pairs, leaveOutScenes: taken.scenes }));
    this.notes = h("div", {});
    this.network = h("section", { class: "panel stack-small", "aria-labelledby": "network-title", hidden: true },
      h("h2", { id: "network-title" }, t("network.title")), this.pairs.element, this.notes);
    this.isStack = "leaveOutPairs" in (process.inputs ?? {});
    this.baseline = baselineHelper("pairingMode" in (process.inputs ?? {}) && ((low, high) => this.#form?.take(
      { pairingMode: "days", minimumRange: low, maximumRange: high })));
    const takesPaths = Object.values(process.inputs ?? {})
                         .some((input) => (input.schema?.items ?? input.schema)?.["x-path"]?.startsWith("input"));
    this.element = h("div", { class: "stack" }, takesPaths && inputTray(context),
      h("section", { class: "panel", "aria-labelledby": "estimate-title" },
        h("h2", { id: "estimate-title" }, t("estimate.title")), this.estimate),
      this.network, this.isStack && this.baseline.element);
  }

  end() { this.#asked?.abort(); }

  /** Asks the server what the form would do, and shows it. A later call ends an earlier one. */
  async check(form) {
    this.#form = form;
    if (!this.context.me.user) return;
    this.#asked?.abort();
    this.#asked = new AbortController();
    const { signal } = this.#asked;
    try {
      const answer = await this.#post("validation", form, signal);
      if (answer.inputs) form.showDefaults(answer.inputs);
      const missing = form.missing();
      // A form that has just been opened is not yet wrong: what is only missing is said when the job is started.
      form.showProblems(answer.problems.filter((problem) => !missing.some((one) => one.input === problem.input)));
      if (!answer.valid || missing.length > 0) return this.#showIncomplete(answer.problems, missing);
      await Promise.all([this.#showEstimate(form, signal), this.#showNetwork(form, signal)]);
    } catch (error) {
      if (error.name !== "AbortError") this.#showProblem(error, form);
    }
  }

  // Names that were taken out may be gone with the scenes that had them, or nothing may be left: one press cures both.
  #showProblem(error, form) {
    const taken = this.#taken(form);
    const canPutBack = taken.pairs.length + taken.scenes.length > 0;
    replace(this.estimate, problemBox(error, () => void this.check(form)), canPutBack && h("button", {
      class: "button", type: "button", onclick: () => form.take({ leaveOutPairs: [], leaveOutScenes: [] }) },
      icon("restart"), tCount("network.putBack", taken.pairs.length + taken.scenes.length)));
  }

  #taken(form) {
    const list = (name) => [form.inputs[name] ?? []].flat();
    return { pairs: list("leaveOutPairs"), scenes: list("leaveOutScenes") };
  }

  /** Problems that the server finds. */
  async problems(form) { return (await this.#post("validation", form)).problems; }

  #post(what, form, signal) {
    return this.context.api.post(
      `/api/processes/${encodeURIComponent(this.process.id)}/${what}`, { inputs: form.inputs }, { signal });
  }

  #showIncomplete(problems, missing) {
    this.network.hidden = true;
    const others = problems.filter((problem) => !missing.some((one) => one.input === problem.input));
    replace(this.estimate,
      others.length > 0
        ? h("ul", { class: "small", lang: serverLanguage() }, others.map((problem) => h("li", {}, problem.message)))
                        : h("p", { class: "quiet small" }, t("estimate.needsInputs")));
  }

  async #showEstimate(form, signal) {
    const answer = await this.#optional("estimate", form, signal);
    if (!answer) return replace(this.estimate, h("p", { class: "quiet small" }, t("estimate.none")));
    replace(this.estimate, estimateBox(answer));
  }

  async #showNetwork(form, signal) {
    const answer = this.isStack ? await this.#optional("network", form, signal) : null;
    this.network.hidden = !answer;
    if (!answer) return;
    this.pairs.update(answer, this.#taken(form));
    this.baseline.know({ pixel: answer.pixelSize, speed: form.inputs.slowestSpeed ?? form.inputs.fastestSpeed });
    const lang = serverLanguage();
    replace(this.notes, (answer.notes ?? []).map((note) => h("p", { class: "small quiet", lang }, note)));
  }

  // 501: the process has none, so that asking again is in vain. Any other refusal is an answer to show.
  async #optional(what, form, signal) {
    if (this.#lacks.has(what)) return null;
    try {
      return await this.#post(what, form, signal);
    } catch (error) {
      if (![404, 501].includes(error.status)) throw error;
      this.#lacks.add(what);
      return null;
    }
  }
}

/** An estimate of time and space. */
export function estimateBox(estimate) {
  const { low, likely, high } = estimate.seconds;
  const range = low === undefined || high === undefined
    ? null
    : t("estimate.range", { low: format.duration(low), high: format.duration(high) });
  return h("div", { class: "stack-small" },
    h("dl", { class: "facts" },
      h("div", {}, h("dt", {}, t("estimate.time")), h("dd", { class: "value" }, format.duration(likely)),
        range && h("dd", { class: "small quiet" }, range)),
      h("div", {}, h("dt", {}, t("estimate.memory")),
        h("dd", { class: "value" }, format.bytes(estimate.memoryBytes))),
      h("div", {}, h("dt", {}, t("estimate.disk")), h("dd", { class: "value" }, format.bytes(estimate.diskBytes)))),
    h("p", { class: "small quiet cluster" }, icon("info"),
      estimate.pastJobs > 0 ? tCount("estimate.fromJobs", estimate.pastJobs)
                            : t(`estimate.${estimate.basis === "host" ? "fromHost" : "fromDeclared"}`)),
    estimate.notes?.length > 0
      && h("ul", { class: "small quiet", lang: serverLanguage() }, estimate.notes.map((note) => h("li", {}, note))));
}
