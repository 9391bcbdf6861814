// SPDX-License-Identifier: Apache-2.0
import { icon } from "../components/icons.js";
import { dragType } from "../components/picker.js";
import { h, replace } from "../dom.js";
import { t, tCount } from "../i18n.js";

/**
 * Things at hand that can be dragged into an input: the basket as a whole, its scenes, the last results. Whoever does
 * not drag finds the same behind "Choose…" of each input.
 */
export function inputTray(context) {
  const list = h("ul", { class: "tray", tabindex: "0", "aria-label": t("tray.title") });
  const tray =
    h("details", { class: "fold tray-fold", open: window.matchMedia("(min-width: 1100px)").matches, hidden: true },
      h("summary", {}, t("tray.title")),
      h("div", { class: "inside" }, h("p", { class: "small quiet" }, t("tray.help")), list));
  if (context.me.user) void fill(tray, list, context);
  return tray;
}

async function fill(tray, list, { api, format }) {
  try {
    const [basket, jobs] = await Promise.all(
      [api.get("/api/basket"), api.get("/api/jobs?owner=me&state=successful&sort=-created&limit=4")]);
    const scenes = basket.items.map((item) => ({ reference: item.reference, title: item.title ?? item.id }));
    const items = [];
    if (scenes.length > 1) items.push(chip(scenes, tCount("tray.basket", scenes.length), "basket"));
    items.push(...basket.items.slice(0, 6).map(
      (item, index) => chip([scenes[index]], format.date(item.datetime), "scan", item.title ?? item.id)));
    const files =
      await Promise.all(jobs.jobs.map((job) => api.get(`/api/jobs/${job.jobID}/files`).catch(() => null)));
    for (const [index, answer] of files.entries()) {
      const job = jobs.jobs[index];
      const title = job.title || job.processID;
      if (answer?.reference)
        items.push(chip([{ reference: answer.reference, title }], title, "folder", t("tray.result")));
    }
    replace(list, items);
    tray.hidden = items.length === 0;
  } catch {
    // Without a session there is nothing at hand; the form works without the tray.
    tray.hidden = true;
  }
}

function chip(things, text, sign, note) {
  return h("li", {
    draggable: "true",
    title: note ?? text,
    ondragstart: (event) => {
      event.dataTransfer.setData(dragType, JSON.stringify(things));
      event.dataTransfer.setData("text/plain", things.map((thing) => thing.reference).join("\n"));
      event.dataTransfer.effectAllowed = "copy";
    }
  },
    icon(sign),
    h("span", { class: "grow break" }, text, note && h("span", { class: "cell-note small quiet" }, note)));
}
