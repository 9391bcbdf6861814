// SPDX-License-Identifier: Apache-2.0
import { h, replace } from "../dom.js";
import { t, tCount } from "../i18n.js";
import { openDialog } from "./dialog.js";
import { icon } from "./icons.js";
import { loadingBox, problemBox } from "./problem.js";
import { tabs } from "./tabs.js";

/**
 * Type of what the page's own things carry while they are dragged: JSON of `{reference, title}`, or a list of them.
 */
export const dragType = "application/x-ogive-things";

/**
 * Lets the user choose inputs: scenes of the basket, packages, results of jobs, files of the shared folders, uploads.
 *
 * @param {Object} context of the screen
 * @param {{role: string}} options role of the path: "input file" or "input folder"
 * @returns {Promise<{reference: string, title: string}[]>} empty when cancelled
 */
export function openPicker(context, { role }) {
  return new Promise((resolve) => {
    const chosen = new Map();
    let answer = [];
    const count = h("span", { class: "quiet", role: "status" });
    const toggle = (thing, isChosen) => {
      if (isChosen)
        chosen.set(thing.reference, thing);
      else
        chosen.delete(thing.reference);
      count.textContent = tCount("picker.chosen", chosen.size);
    };
    const sources = [
      ["basket", basketList], ["packages", packageList], ["jobs", jobList], ["folders", folderList],
      ["drawings", drawingList], ["uploads", uploadList]
    ];
    const choice = tabs({
      label: t("picker.sources"),
      selected: role === "input file" ? "folders" : "basket",
      tabs: sources.map(([id, list]) => ({
        id,
        title: t(`picker.${id}`),
        show: (panel) => { show(panel, () => list({ context, chosen, toggle, panel })); }
      })),
    });
    openDialog({
      title: t("picker.title"),
      wide: true,
      content: [choice.element, count],
      actions: [
        { label: t("action.cancel") },
        { label: t("picker.use"), kind: "primary", run: () => { answer = [...chosen.values()]; } }
      ],
      onClose: () => resolve(answer),
    });
  });
}

async function show(panel, list) {
  replace(panel, loadingBox());
  try {
    replace(panel, await list());
  } catch (error) {
    replace(panel, problemBox(error, () => show(panel, list)));
  }
}

function row({ chosen, toggle }, thing, note, sign) {
  return h("li", {},
    h("label", { class: "check" }, h("input", {
      type: "checkbox",
      checked: chosen.has(thing.reference),
      onchange: (event) => toggle(thing, event.target.checked)
    }),
      icon(sign),
      h("span", { class: "grow break" }, thing.title,
        note && h("span", { class: "cell-note quiet small" }, " ", note))));
}

function listOf(rows, empty) {
  return rows.length > 0 ? h("ul", { class: "pick-list" }, rows) : h("p", { class: "quiet" }, empty);
}

async function basketList(scope) {
  if (!scope.context.me.user) return h("p", { class: "quiet" }, t("picker.noBasket"));
  const { items } = await scope.context.api.get("/api/basket");
  const all = h("button", {
    class: "button",
    type: "button",
    onclick: () => {
      for (const box of rows.querySelectorAll("input"))
        if (!box.checked) box.click();
    }
  },
    icon("check"), t("picker.all"));
  const rows = listOf(items.map((item) => row(scope, { reference: item.reference, title: item.title ?? item.id },
                                  scope.context.format.date(item.datetime), "scan")),
    t("picker.noBasket"));
  return items.length > 1 ? [h("div", {}, all), rows] : rows;
}

async function packageList(scope) {
  const { packages } = await scope.context.api.get("/api/packages");
  return listOf(
    packages.map(
      (one) => row(scope, { reference: one.reference, title: one.title },
        `${t("packages.version", { version: one.version })}, ${tCount("packages.scenes", one.count)}`, "basket")),
    t("picker.noPackages"));
}

async function jobList(scope) {
  const { jobs } = await scope.context.api.get("/api/jobs?state=successful&sort=-created&limit=100");
  const rows =
    jobs.map((job) => h("li", {},
               h("details", {
                 class: "fold",
                 ontoggle: async (event) => {
                   const place = event.target.querySelector(".inside");
                   if (event.target.open && place.childElementCount === 0) show(place, () => fileRows(scope, job));
                 }
               },
                 h("summary", {}, h("span", { class: "grow" }, job.title || job.processID),
                   h("span", { class: "small quiet" }, scope.context.format.date(job.finished ?? job.created))),
                 h("div", { class: "inside" }))));
  return listOf(rows, t("picker.noJobs"));
}

async function fileRows(scope, job) {
  const { files, reference } = await scope.context.api.get(`/api/jobs/${job.jobID}/files`);
  const whole = reference &&
    row(scope, { reference, title: t("picker.wholeRun", { name: job.title || job.processID }) }, "", "folder");
  const products = files.filter((file) => file.role === "product" && file.reference);
  return listOf(
    [
      whole,
      ...products.map((file) => row(scope, { reference: file.reference, title: file.title ?? file.path },
                        `${file.path}, ${scope.context.format.bytes(file.bytes)}`, "file"))
    ].filter(Boolean),
    t("picker.noFiles"));
}

// A path is the server's own affair: the way to a folder is what was opened, not what its path looks like.
async function folderList(scope, trail = []) {
  const { entries } = await scope.context.api.get(`/api/files?path=${encodeURIComponent(trail.at(-1)?.path ?? "")}`);
  const open = (where) => show(scope.panel, () => folderList(scope, where));
  const rows = entries.map((entry) => {
    const note = entry.kind === "file" ? scope.context.format.bytes(entry.bytes) : "";
    const item = row(
      scope, { reference: entry.reference, title: entry.name }, note, entry.kind === "file" ? "file" : "folder");
    if (entry.kind === "folder") {
      item.append(h("button", { class: "button button-quiet", type: "button", onclick: () => open([...trail, entry]) },
        t("picker.open"), h("span", { class: "visually-hidden" }, ` ${entry.name}`), icon("arrow")));
    }
    return item;
  });
  const steps = [[[], t("picker.folders")], ...trail.map((one, index) => [trail.slice(0, index + 1), one.name])];
  const crumbs = h("nav", { class: "crumbs", "aria-label": t("picker.path") }, steps.map(([where, name]) =>
    h("button", { class: "button button-quiet", type: "button", onclick: () => open(where) }, name)));
  return [trail.length > 0 && crumbs, listOf(rows, t("picker.noFiles"))];
}

async function drawingList(scope) {
  const { drawings } = await scope.context.api.get("/api/drawings");
  return listOf(drawings.map((one) => row(scope, { reference: one.reference ?? one.path, title: one.name },
                               scope.context.format.date(one.created), "pencil")),
    t("picker.noDrawings"));
}

async function uploadList(scope) {
  const { context, panel } = scope;
  const status = h("span", { class: "small quiet", role: "status" });
  const input = h("input", {
    type: "file",
    multiple: true,
    class: "visually-hidden",
    tabindex: "-1",
    "aria-hidden": "true",
    onchange: async () => {
      try {
        for (const file of input.files) {
          const made = await context.api.upload(file.name, file, (share) => {
            status.textContent = t("upload.progress", { name: file.name, percent: context.format.percent(share) });
          });
          scope.toggle({ reference: made.reference, title: made.name }, true);
        }
        await show(panel, () => uploadList(scope));
      } catch (error) {
        replace(status, problemBox(error));
      }
    }
  });
  const button = h("button", { class: "button", type: "button", onclick: () => input.click() }, icon("upload"),
    t("upload.choose"));
  const { uploads } = await context.api.get("/api/uploads");
  return [
    h("div", { class: "cluster" }, button, input, status),
    listOf(uploads.map((one) => row(scope, { reference: one.reference, title: one.name },
                         context.format.bytes(one.bytes), "upload")),
      t("picker.noUploads"))
  ];
}
