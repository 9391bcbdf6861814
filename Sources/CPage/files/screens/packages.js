// SPDX-License-Identifier: Apache-2.0
import { icon } from "../components/icons.js";
import { Table } from "../components/table.js";
import { h } from "../dom.js";
import * as format from "../format.js";
import { t } from "../i18n.js";
import { visibilityBadge } from "./common.js";

/** A table of data packages. */
export function packageTable(packages) {
  const table = new Table({
    caption: t("packages.title"),
    key: (one) => one.id,
    sort: "-updated",
    columns: [
      {
        id: "title",
        title: t("packages.name"),
        isHead: true,
        sortBy: (one) => one.title,
        cell: (one) => [h("a", { href: `#/packages/${encodeURIComponent(one.id)}` }, one.title),
          one.description && h("span", { class: "cell-note" }, one.description)]
      },
      {
        id: "count",
        title: t("packages.scenesHead"),
        isNumber: true,
        sortBy: (one) => one.count,
        cell: (one) => format.integer(one.count)
      },
      {
        id: "version",
        title: t("packages.versionHead"),
        isNumber: true,
        sortBy: (one) => one.version,
        cell: (one) => one.version
      },
      { id: "owner", title: t("packages.owner"), sortBy: (one) => one.owner, cell: (one) => one.owner },
      {
        id: "updated",
        title: t("packages.updated"),
        sortBy: (one) => one.updated,
        cell: (one) => format.date(one.updated)
      },
      {
        id: "visibility",
        title: t("jobs.visibility"),
        cell: (one) => h("span", { class: "cluster" }, visibilityBadge(one),
          one.restricted && h("span", { class: "badge badge-warning" }, icon("lock"), t("scene.restricted")))
      },
    ],
  });
  table.update(packages);
  return table.element;
}
