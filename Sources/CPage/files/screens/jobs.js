// SPDX-License-Identifier: Apache-2.0
import { query as search } from "../api.js";
import { confirmDialog } from "../components/dialog.js";
import { icon } from "../components/icons.js";
import { emptyBox, problemBox } from "../components/problem.js";
import { Table } from "../components/table.js";
import { debounce, h, replace } from "../dom.js";
import * as format from "../format.js";
import { t, tCount } from "../i18n.js";
import { isEnded, jobProgress, jobTitle, pageHead, stateBadge, stateNames, visibilityBadge } from "./common.js";

const pageSize = 50;
// What the server sorts by; on a phone there are no headings to press.
const orders = ["-created", "created", "title", "-title", "state", "-time", "time", "-size", "size"];

/** All jobs that the viewer may see, live; `?owner=&q=&state=&sort=` are kept in the address. */
export async function mount(root, context) {
  const list = new JobList(context);
  root.append(pageHead({
    title: t("jobs.title"),
    actions: [
      h("a", { class: "button button-primary", href: "#/services" }, icon("add"), t("jobs.new")),
    ]
  }),
    list.element);
  await list.load();
  return list.follow();
}

class JobList {
  constructor(context) {
    this.context = context;
    const { query } = context.route;
    this.filter = {
      owner: query.get("owner") ?? (context.me.user ? "me" : "public"),
      q: query.get("q") ?? "",
      state: query.get("state") ?? "",
      sort: orders.includes(query.get("sort")) ? query.get("sort") : "-created"
    };
    this.jobs = [];
    this.next = null;
    this.table = new Table({
      caption: t("jobs.title"),
      columns: columns(),
      key: (job) => job.jobID,
      name: jobTitle,
      sort: this.filter.sort,
      onSort: (sort) => {
        this.order.value = orders.includes(sort) ? sort : "";
        this.change({ sort });
      },
      onSelect: () => this.#drawBulk(),
      empty: t("jobs.noneFound"),
    });
    this.states = h("div", { class: "state-filter cluster", role: "group", "aria-label": t("jobs.byState") });
    this.bulk = h("div", { class: "toolbar", role: "toolbar", "aria-label": t("jobs.bulk"), hidden: true });
    this.more = h("div", { class: "cluster" });
    this.place = h("div", { class: "stack" });
    this.element = h("div", { class: "stack" }, this.#filters(), this.states, this.bulk, this.place);
  }

  change(values) {
    Object.assign(this.filter, values);
    this.context.replaceQuery(this.filter);
    void this.load();
  }

  async load() {
    try {
      const answer = await this.context.api.get(`/api/jobs${search({...this.filter, limit: pageSize })}`);
      this.jobs = answer.jobs;
      this.next = answer.next;
      this.counts = answer.counts ?? {};
      this.matched = answer.numberMatched ?? this.jobs.length;
      this.#draw();
    } catch (error) {
      replace(this.place, problemBox(error, () => void this.load()));
    }
  }

  /** Follows the news of the server; gives back a function that ends it. */
  follow() {
    if (!this.context.me.user) return undefined;
    const events = new EventSource("/api/jobs/events");
    const reload = debounce(() => void this.load(), 800);
    events.addEventListener("status", (event) => {
      const news = JSON.parse(event.data);
      const place = this.jobs.findIndex((job) => job.jobID === news.jobID);
      if (place < 0) return reload();
      const isNewState = this.jobs[place].state !== news.state;
      this.jobs[place] = {...this.jobs[place], ...news };
      this.#draw();
      if (isNewState) reload();
    });
    return () => {
      reload.cancel();
      events.close();
    };
  }

  #filters() {
    const { me } = this.context;
    const owners = [...(me.user ? ["me"] : []), ...(me.groups.length > 0 ? ["groups"] : []), "public", "all"];
    const owner = h("select", { id: "job-owner", onchange: () => this.change({ owner: owner.value }) },
      owners.map((name) => h("option", { value: name }, t(`jobs.owner.${name}`))));
    owner.value = owners.includes(this.filter.owner) ? this.filter.owner : "all";
    const find = debounce(() => this.change({ q: words.value.trim() }), 300);
    const words = h("input", {
      id: "job-search",
      type: "search",
      value: this.filter.q,
      placeholder: t("jobs.search"),
      "aria-label": t("jobs.search"),
      oninput: find
    });
    this.order = h("select", { id: "job-order", onchange: () => {
      this.table.sortAs(this.order.value);
      this.change({ sort: this.order.value });
    } }, orders.map((name) => h("option", { value: name }, t(`jobs.sort.${name}`))));
    this.order.value = this.filter.sort;
    return h("div", { class: "cluster" }, h("div", { class: "search" }, icon("search"), words),
      h("label", { class: "visually-hidden", for: "job-owner" }, t("jobs.whose")), h("div", {}, owner),
      h("label", { class: "visually-hidden", for: "job-order" }, t("jobs.sort")), h("div", {}, this.order));
  }

  #draw() {
      this.#drawStates();
      if (this.jobs.length === 0 && !this.filter.q && !this.filter.state) {
        replace(this.place,
          emptyBox("settings", t("jobs.none"), t("jobs.noneText"),
            h("a", { class: "button button-primary", href: "#/services" }, t("jobs.new"))));
        return;
      }
      this.table.update(this.jobs);
      replace(this.more,
        h("span", { class: "quiet small", role: "status" },
          tCount("jobs.shown", this.jobs.length, { all: format.integer(this.matched) })),
        this.next &&
          h("button", { class: "button", type: "button", onclick: () => void this.#loadMore() },
            t("action.more")));
      if (!this.table.element.isConnected) replace(this.place, this.table.element, this.more);
      this.#drawBulk();
  }

  async #loadMore() {
      try {
        const answer =
          await this.context.api.get(`/api/jobs${search({...this.filter, limit: pageSize, token: this.next })}`);
        this.jobs.push(...answer.jobs);
        this.next = answer.next;
        this.#draw();
      } catch (error) {
        this.context.toast(error);
      }
  }

  #drawStates() {
      const held = document.activeElement?.dataset?.state;
      const chosen = this.filter.state ? this.filter.state.split(",") : [];
      const toggle = (name) => this.change(
        { state: (chosen.includes(name) ? chosen.filter((one) => one !== name) : [...chosen, name]).join(",") });
      replace(this.states,
        stateNames.map(
          (name) => h("button", {
            class: "chip",
            type: "button",
            "aria-pressed": String(chosen.includes(name)),
            dataset: { state: name },
            onclick: () => toggle(name)
          },
            t(`state.${name}`), " ", h("span", { class: "quiet" }, format.integer(this.counts[name] ?? 0)))));
      if (held) this.states.querySelector(`[data-state="${held}"]`)?.focus();
  }

  #drawBulk() {
      const rows = this.table.selectedRows;
      this.bulk.hidden = rows.length === 0;
      if (rows.length === 0) return;
      const mine = rows.filter((job) => job.canChange !== false);
      const running = mine.filter((job) => !isEnded(job));
      const failed = mine.filter((job) => ["failed", "dismissed"].includes(job.state));
      const ended = mine.filter(isEnded);
      const button = (sign, words, jobs, run, kind = "") => jobs.length > 0 &&
        h("button", { class: `button ${kind}`, type: "button", onclick: () => void run(jobs) }, icon(sign),
          t(words, { count: jobs.length }));
      replace(this.bulk, h("strong", { class: "small" }, tCount("table.selected", rows.length)),
        button("cancel", "jobs.cancelSome", running, (jobs) => this.#cancel(jobs)),
        button("restart", "jobs.retrySome", failed,
          (jobs) =>
            this.#each(jobs, (job) => this.context.api.post(`/api/jobs/${job.jobID}/retry`, {}), "jobs.retried")),
        button("trash", "jobs.deleteSome", ended, (jobs) => this.#remove(jobs), "button-danger"),
        rows.length === 2 &&
          h("a", { class: "button", href: `#/jobs/${rows[0].jobID}/comparison?with=${rows[1].jobID}` },
            icon("compare"), t("jobs.compare")),
        h("button", { class: "button button-quiet", type: "button", onclick: () => this.table.clearSelection() },
          t("table.clear")));
  }

  async #cancel(jobs) {
      const isSure = await confirmDialog(
        { title: tCount("jobs.cancelAsk", jobs.length), content: t("jobs.cancelText"), action: t("jobs.cancel") });
      if (isSure)
        await this.#each(jobs, (job) => this.context.api.delete(`/api/jobs/${job.jobID}`), "jobs.cancelled");
  }

  async #remove(jobs) {
      const bytes = jobs.reduce((sum, job) => sum + (job.bytes ?? 0), 0);
      const isSure = await confirmDialog({
        title: tCount("jobs.deleteAsk", jobs.length),
        content: t("jobs.deleteText", { size: format.bytes(bytes) }),
        action: t("action.delete")
      });
      if (isSure) await this.#each(jobs, (job) => this.context.api.delete(`/api/jobs/${job.jobID}`), "jobs.deleted");
  }

  // One refusal must not keep the others from being done.
  async #each(jobs, run, words) {
      const outcomes = await Promise.allSettled(jobs.map(run));
      const failed = outcomes.filter((outcome) => outcome.status === "rejected");
      if (failed.length < jobs.length) this.context.toast(tCount(words, jobs.length - failed.length), "success");
      if (failed.length > 0) this.context.toast(failed[0].reason);
      this.table.clearSelection();
      await this.load();
  }
  }

  function progressCell(job) {
    const content = jobProgress(job);
    return content.textContent ? h("div", { class: "job-progress" }, content) : null;
  }

  function columns() {
    return [
      {
        id: "title",
        title: t("jobs.name"),
        isHead: true,
        sortBy: jobTitle,
        cell: (job) => [h("a", { href: `#/jobs/${job.jobID}`, dataset: { control: "open" } }, jobTitle(job)),
          h("span", { class: "cell-note" }, h("code", {}, job.processID),
            job.mine === false && job.owner ? ` · ${job.owner}` : "")]
      },
      { id: "state", title: t("jobs.state"), sortBy: (job) => job.state, cell: (job) => stateBadge(job) },
      { id: "time", title: t("jobs.progress"), isWide: true, sortBy: (job) => job.cost?.seconds, cell: progressCell },
      {
        id: "created",
        title: t("jobs.created"),
        sortBy: (job) => job.created,
        cell: (job) =>
          h("time", { datetime: job.created, title: format.time(job.created) }, format.relative(job.created))
      },
      {
        id: "size",
        title: t("jobs.size"),
        isNumber: true,
        sortBy: (job) => job.bytes,
        cell: (job) => format.bytes(job.bytes)
      },
      { id: "visibility", title: t("jobs.visibility"), cell: (job) => visibilityBadge(job) },
    ];
  }
