// SPDX-License-Identifier: Apache-2.0
import { serverLanguage } from "../components/words.js";
import { problemBox } from "../components/problem.js";
import { h, replace } from "../dom.js";
import * as format from "../format.js";
import { t } from "../i18n.js";
import { stageName, stageUnit } from "./common.js";

const most = 2000;
const words = {
  "stage-start": (line) =>
    t("log.stageStart",
      { stage: stageName(line.stage), total: format.integer(line.total), unit: stageUnit(line.unit) }),
  "stage-end": (line) =>
    t("log.stageEnd",
      { stage: stageName(line.stage), done: format.integer(line.done), time: format.duration(line.seconds) }),
  attempt: (line) => line.message ?? t("log.attempt"),
};

/** What a job says, as it says it: notes, warnings, stages. Counts of progress are left to the bar. */
export class JobLog {
  #lines = [];
  #next = 0;
  #seen = new Set();
  #panel = null;
  #list = null;
  #loading = null;

  constructor(context, id) {
    this.context = context;
    this.id = id;
  }

  /** Fills the tab. */
  show(panel) {
    this.#panel = panel;
    this.#list =
      h("ol", { class: "log", tabindex: "0", role: "log", "aria-label": t("job.log"), "aria-live": "off" });
    const isFollowing = h("input", { type: "checkbox", checked: true });
    this.following = isFollowing;
    replace(panel,
      h("div", { class: "cluster spread" }, h("label", { class: "check" }, isFollowing, t("log.follow")),
        h("a", { class: "button", href: `/api/jobs/${this.id}/files/log.jsonl?download=1` }, t("log.download"))),
      this.#list);
    this.#draw(this.#lines);
    void this.#load();
    return () => { this.#panel = null; };
  }

  end() { this.#loading?.abort(); }

  /** Takes lines that have arrived, live or asked for; those that are here already are not shown twice. */
  add(lines) {
    for (const line of lines) {
      // The place `n` of a line is that of the piece of the file in which it came: it does not tell lines apart.
      const { n, ...content } = line;
      const key = JSON.stringify(content);
      if (line.event === "progress" || this.#seen.has(key)) continue;
      this.#seen.add(key);
      this.#lines.push(line);
    }
    this.#lines.sort((left, right) => left.time.localeCompare(right.time));
    if (this.#panel) this.#draw(this.#lines);
  }

  async #load() {
    this.#loading?.abort();
    this.#loading = new AbortController();
    try {
      for (let isMore = true; isMore;) {
        const answer = await this.context.api.get(
          `/api/jobs/${this.id}/log?after=${this.#next}&limit=500`, { signal: this.#loading.signal });
        this.add(answer.lines);
        isMore = answer.lines.length > 0 && answer.next > this.#next;
        this.#next = answer.next;
      }
    } catch (error) {
      if (error.name !== "AbortError" && this.#panel) this.#panel.append(problemBox(error, () => void this.#load()));
    }
  }

  #draw(lines) {
    const told = lines.slice(-most);
    replace(this.#list, told.length === 0 ? h("li", { class: "quiet" }, t("log.empty")) : told.map(lineItem));
    if (this.following.checked) this.#list.scrollTop = this.#list.scrollHeight;
  }
}

function lineItem(line) {
  const text = (words[line.event] ?? ((one) => one.message ?? ""))(line);
  const label = line.event === "warning" ? t("log.warning") : line.event === "error" ? t("log.error") : null;
  return h("li", { class: `log-${line.event}` }, h("time", { datetime: line.time }, format.clock(line.time)),
    h("span", { class: "break" }, label && h("strong", {}, `${label} `),
      h("span", { lang: text === line.message ? serverLanguage() : null }, text)));
}
