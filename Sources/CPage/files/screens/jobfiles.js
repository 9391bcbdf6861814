// SPDX-License-Identifier: Apache-2.0
import { icon } from "../components/icons.js";
import { problemBox } from "../components/problem.js";
import { Table } from "../components/table.js";
import { h, replace } from "../dom.js";
import * as format from "../format.js";
import { t, tCount } from "../i18n.js";
import { copyRow, isEnded, jobTitle } from "./common.js";

const order = ["product", "report", "quicklook", "metadata", "log", "other"];

/** What a job has made, also what a failed one has made so far. */
export async function showFiles(panel, job, context) {
  try {
    const answer = await context.api.get(`/api/jobs/${encodeURIComponent(job.jobID)}/files`);
    replace(panel, content(answer, job));
  } catch (error) {
    replace(panel, problemBox(error, () => void showFiles(panel, job, context)));
  }
}

function content({ files, bytes, archive }, job) {
  if (files.length === 0) return h("p", { class: "quiet" }, t(isEnded(job) ? "files.none" : "files.notYet"));
  const table = new Table({
    caption: t("job.files"),
    key: (file) => file.path,
    empty: t("files.none"),
    columns: [
      {
        id: "path",
        title: t("files.name"),
        isHead: true,
        sortBy: (file) => file.path,
        cell: (file) => [h("a", { href: file.href, target: "_blank", rel: "noopener", class: "break" },
                            file.title ?? file.path, h("span", { class: "visually-hidden" }, t("nav.newWindow"))),
          file.title && h("span", { class: "cell-note break" }, h("code", {}, file.path))]
      },
      {
        id: "role",
        title: t("files.role"),
        sortBy: (file) => order.indexOf(file.role),
        cell: (file) => t(`files.${file.role ?? "other"}`)
      },
      {
        id: "bytes",
        title: t("jobs.size"),
        isNumber: true,
        sortBy: (file) => file.bytes,
        cell: (file) => format.bytes(file.bytes)
      },
      {
        id: "download",
        title: t("action.download"),
        hidesTitle: true,
        cell: (file) => h("a", { class: "button button-quiet", href: downloadAddress(file.href), download: "" },
          icon("download"), t("action.download"), h("span", { class: "visually-hidden" }, ` ${file.path}`))
      },
    ],
  });
  table.update([...files].sort((left, right) => order.indexOf(left.role) - order.indexOf(right.role)));
  const quicklooks = files.filter((file) => file.role === "quicklook" && /\.(png|svg|jpe?g)$/.test(file.path));
  return h("div", { class: "stack" }, !isEnded(job) && h("p", { class: "notice notice-note" }, t("files.partial")),
    job.state === "failed" && h("p", { class: "notice notice-warning" }, t("files.ofFailed")),
    quicklooks.length > 0 &&
      h("div", { class: "quicklooks" },
        quicklooks.slice(0, 8).map(
          (file) => h("figure", {},
            h("a", { href: file.href, target: "_blank", rel: "noopener" },
              h("img", { src: file.href, alt: file.title ?? file.path, loading: "lazy" })),
            h("figcaption", { class: "small quiet" }, file.title ?? file.path.split("/").pop())))),
    h("div", { class: "cluster spread" },
      h("span", { class: "quiet small" }, tCount("files.count", files.length), ", ", format.bytes(bytes)),
      archiveLinks(archive ?? job.archive, files)),
    table.element);
}

/** Everything as one file, and the products alone, which are most of what people keep. */
function archiveLinks(archive, files) {
  if (!archive) return null;
  const link = (address, words) => h("a", { class: "button", href: address, download: "" }, icon("download"), words);
  const products = files.filter((file) => file.path.startsWith("products/"));
  const size = products.reduce((sum, file) => sum + file.bytes, 0);
  return h("div", { class: "cluster" },
    products.length > 0 && products.length < files.length
      && link(`${archive}?path=products`, t("files.products", { size: format.bytes(size) })),
    link(archive, t("files.archive")));
}

function downloadAddress(href) { return `${href}${href.includes("?") ? "&" : "?"}download=1`; }

/** How to cite a job, and how to do it again. */
export function showCitation(panel, job, context) {
  const address = `${location.origin}/#/jobs/${job.jobID}`;
  const text = job.citation ?? t("cite.text", {
    owner: job.owner ?? "",
    year: new Date(job.finished ?? job.created).getUTCFullYear(),
    title: jobTitle(job),
    process: job.processID,
    version: context.me.server?.version ?? "",
    address
  });
  const area = h("textarea", { id: "citation", readonly: true, rows: "3", value: text });
  replace(panel,
    h("div", { class: "stack" },
      h("div", { class: "field" },
        h("label",
          { for: "citation"
          },
          t("cite.label")),
        area),
      h("div", { class: "field" }, h("span", { class: "label" }, t("cite.again")),
        h("p", { class: "help" }, t("cite.againHelp")),
        copyRow(`ogive run ${job.processID}-job.json`, t("cite.again"), context)),
      job.state === "successful" &&
        h("p", {}, h("a", { href: `#/jobs/${encodeURIComponent(job.jobID)}/publish` }, t("cite.publish")))));
}
