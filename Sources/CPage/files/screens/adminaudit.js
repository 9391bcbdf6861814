// SPDX-License-Identifier: Apache-2.0
import { query as search } from "../api.js";
import { icon } from "../components/icons.js";
import { Table } from "../components/table.js";
import { debounce, h, replace } from "../dom.js";
import * as format from "../format.js";
import { t } from "../i18n.js";

const signs = {
  ok: ["check", "badge-success"],
  refused: ["lock", "badge-warning"],
  failed: ["alert", "badge-danger"]
};

/** Who did what, newest first. */
export async function showAudit(place, context) {
  let entries = [];
  let next = null;
  const words = h("input", {
    type: "search",
    id: "audit-search",
    "aria-label": t("admin.auditSearch"),
    placeholder: t("admin.auditSearch"),
    oninput: debounce(() => void load(), 300)
  });
  const table = new Table({
    caption: t("admin.audit"),
    key: (entry) => String(entry.n),
    empty: t("admin.noAudit"),
    columns: [
      {
        id: "time",
        title: t("admin.time"),
        cell: (entry) => h("time", { class: "nowrap", datetime: entry.time }, format.time(entry.time))
      },
      { id: "action", title: t("admin.action"), isHead: true, cell: (entry) => h("code", {}, entry.action) },
      { id: "user", title: t("admin.user"), cell: (entry) => entry.user ?? t("admin.anonymous") }, {
        id: "object",
        title: t("admin.object"),
        isWide: true,
        cell: (entry) => [h("span", { class: "break" }, entry.object ?? "–"),
          entry.detail && h("span", { class: "cell-note break" }, entry.detail)]
      },
      {
        id: "outcome",
        title: t("admin.outcome"),
        cell: (entry) => h("span", { class: `badge ${signs[entry.outcome]?.[1] ?? ""}` },
          icon(signs[entry.outcome]?.[0] ?? "info"), t(`admin.outcome.${entry.outcome}`))
      },
      { id: "peer", title: t("account.peer"), cell: (entry) => h("code", {}, entry.peer) }
    ]
  });
  const more = h("div");
  const draw = () => {
    table.update(entries);
    replace(more,
      next !== null &&
        h("button", { class: "button", type: "button", onclick: () => void load(true) }, t("action.more")));
  };
  const load = async (isMore = false) => {
    try {
      const answer = await context.api.get(
        `/api/audit${search({ q: words.value.trim(), limit: 100, before: isMore ? next : null })}`);
      entries = isMore ? [...entries, ...answer.entries] : answer.entries;
      next = answer.next ?? null;
      draw();
    } catch (error) {
      context.toast(error);
    }
  };
  await load();
  replace(place, h("div", { class: "search" }, icon("search"), words), table.element, more);
}
