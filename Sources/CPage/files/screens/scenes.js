// SPDX-License-Identifier: Apache-2.0
import { icon } from "../components/icons.js";
import { h } from "../dom.js";
import * as format from "../format.js";
import { t } from "../i18n.js";

/** Columns of a table of scenes in a basket or package. */
export function sceneColumns() {
  return [
    { id: "quicklook", title: t("scene.quicklook"), hidesTitle: true, cell: quicklook },
    {
      id: "title",
      title: t("scene.name"),
      isHead: true,
      sortBy: (item) => item.title ?? item.id,
      cell: (item) => [h("span", { class: "break" }, item.title ?? item.id),
        h("span", { class: "cell-note break" }, item.collection)]
    },
    {
      id: "datetime",
      title: t("scene.date"),
      sortBy: (item) => item.datetime,
      cell: (item) => h("time", { datetime: item.datetime }, format.date(item.datetime))
    },
    {
      id: "platform",
      title: t("scene.platform"),
      sortBy: (item) => item.platform,
      cell: (item) => item.platform ?? "–"
    },
    {
      id: "orbit",
      title: t("scene.orbit"),
      isNumber: true,
      sortBy: (item) => item.orbit,
      cell: (item) => item.orbit ?? "–"
    },
    {
      id: "cloud",
      title: t("scene.cloud"),
      isNumber: true,
      sortBy: (item) => item.cloudOnArea ?? item.cloud,
      cell: cloud
    },
    {
      id: "bytes",
      title: t("jobs.size"),
      isNumber: true,
      sortBy: (item) => item.bytes,
      cell: (item) => format.bytes(item.bytes)
    },
    {
      id: "licence",
      title: t("scene.licence"),
      sortBy: (item) => Number(Boolean(item.restricted)),
      cell: licence
    },
  ];
}

function quicklook(item) {
  if (!item.quicklook) return h("span", { class: "thumbnail" }, icon("scan"));
  return h("img", {
    class: "thumbnail",
    src: item.quicklook,
    alt: t("scene.quicklookOf", { name: item.title ?? item.id }),
    loading: "lazy",
    width: "64",
    height: "48"
  });
}

function cloud(item) {
  const text = (value) => format.percent(value / 100);
  if (item.cloudOnArea !== null && item.cloudOnArea !== undefined) {
    return [text(item.cloudOnArea), h("span", { class: "cell-note" }, t("scene.onArea"))];
  }
  return item.cloud === null || item.cloud === undefined ? "–" : text(item.cloud);
}

function licence(item) {
  if (item.restricted) return h("span", { class: "badge badge-warning" }, icon("lock"), t("scene.restricted"));
  return h("span", { class: "small" }, item.licence ?? "–");
}
