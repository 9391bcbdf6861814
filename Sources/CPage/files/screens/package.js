// SPDX-License-Identifier: Apache-2.0
import { confirmDialog, openDialog } from "../components/dialog.js";
import { icon } from "../components/icons.js";
import { Table } from "../components/table.js";
import { h } from "../dom.js";
import * as format from "../format.js";
import { t, tCount } from "../i18n.js";
import { useInService } from "./basket.js";
import { facts, pageHead, textField, visibilityBadge, visibilityField } from "./common.js";
import { sceneColumns } from "./scenes.js";

/** One data package: its scenes, its versions, who may see it. `?version=` shows an older one. */
export async function mount(root, context) {
  const { api, route, setTitle } = context;
  const id = encodeURIComponent(route.parameters.id);
  const asked = route.query.get("version");
  const one = await api.get(`/api/packages/${id}${asked ? `?version=${encodeURIComponent(asked)}` : ""}`);
  setTitle(one.title);
  const table = new Table({
    caption: one.title,
    columns: sceneColumns(),
    key: (item) => `${item.collection}/${item.id}`,
    sort: "datetime"
  });
  table.update(one.items);
  root.append(pageHead({
    title: one.title,
    text: one.description,
    crumbs: [[t("basket.title"), "/basket"]],
    actions: actions(one, context)
  }),
    h("div", { class: "stack" },
      h("section", { class: "panel stack", "aria-label": t("job.overview") },
        h("div", { class: "cluster" }, visibilityBadge(one),
          one.restricted && h("span", { class: "badge badge-warning" }, icon("lock"), t("scene.restricted"))),
        facts([
          [t("packages.owner"), one.owner], [t("packages.scenesHead"), format.integer(one.items.length)],
          [t("packages.versionHead"), asked ?? one.version], [t("packages.updated"), format.date(one.updated)],
          [t("jobs.size"), one.bytes ? format.bytes(one.bytes) : null]
        ])),
      h("h2", {}, t("packages.scenesHead")), table.element, versions(one, id)));
}

function actions(one, context) {
  const go = () => context.navigate(`/packages/${encodeURIComponent(one.id)}`);
  const button = (sign, words, run, kind = "") =>
    h("button", { class: `button ${kind}`, type: "button", onclick: () => void run() }, icon(sign), t(words));
  return [
    button("play", "packages.use", () => useInService(one.items, context), "button-primary"),
    button("basket", "packages.load", () => load(one, context)),
    one.canChange && button("save", "packages.newVersion", () => newVersion(one, context, go)),
    one.canChange && button("share", "job.share", () => share(one, context, go)),
    one.canChange && button("trash", "action.delete", () => remove(one, context), "button-danger"),
  ].filter(Boolean);
}

async function load(one, context) {
  try {
    await context.api.post("/api/basket", { add: one.items.map(({ collection, id }) => ({ collection, id })) });
    await context.basketChanged();
    context.toast(tCount("packages.loaded", one.items.length), "success");
  } catch (error) {
    context.toast(error);
  }
}

function newVersion(one, context, go) {
  const note = textField({ id: "version-note", label: t("packages.note"), help: t("packages.noteHelp") });
  openDialog({
    title: t("packages.newVersionTitle", { version: one.version + 1 }),
    content: [h("p", {}, t("packages.newVersionText")), note.element],
    actions: [
      { label: t("action.cancel") }, {
        label: t("action.save"),
        kind: "primary",
        run: () => attempt(context,
          async () => {
            const { items } = await context.api.get("/api/basket");
            await context.api.post(`/api/packages/${one.id}/versions`,
              { items: items.map(({ collection, id }) => ({ collection, id })), note: note.input.value.trim() });
            go();
          })
      }
    ],
  });
}

function share(one, context, go) {
  const title = textField({ id: "package-title", label: t("packages.name"), value: one.title });
  const description = textField({
    id: "package-description",
    label: t("packages.description"),
    value: one.description ?? "",
    type: "textarea"
  });
  const sharing = visibilityField({ me: context.me, visibility: one.visibility, group: one.group });
  openDialog({
    title: t("share.title"),
    content: [
      title.element, description.element,
      one.restricted ? h("p", { class: "notice notice-warning" }, t("packages.restrictedHelp")) : sharing.element
    ],
    actions: [
      { label: t("action.cancel") }, {
        label: t("action.save"),
        kind: "primary",
        run: () => attempt(context,
          async () => {
            await context.api.patch(`/api/packages/${one.id}`, {
              title: title.input.value.trim(),
              description: description.input.value.trim(),
              ...(one.restricted ? {} : sharing.read())
            });
            go();
          })
      }
    ],
  });
}

async function remove(one, context) {
  const isSure = await confirmDialog({
    title: t("packages.deleteAsk", { name: one.title }),
    content: t("packages.deleteText"),
    action: t("action.delete")
  });
  if (!isSure) return;
  await attempt(context, async () => {
    await context.api.delete(`/api/packages/${one.id}`);
    context.navigate("/basket");
  });
}

async function attempt(context, body) {
  try {
    await body();
    return true;
  } catch (error) {
    context.toast(error);
    return false;
  }
}

function versions(one, id) {
  const all = one.versions ?? [];
  if (all.length < 2) return null;
  return h("section", { class: "panel stack" }, h("h2", {}, t("packages.versions")),
    h("ol", { class: "plain-list", reversed: true },
      [...all]
        .sort((left, right) => right.version - left.version)
        .map((version) => h("li", { class: "cluster" },
               h("a", { href: `#/packages/${id}?version=${version.version}` },
                 t("packages.version", { version: version.version })),
               h("span", { class: "small quiet" },
                 `${format.time(version.created)}, ${tCount("packages.scenes", version.count)}`),
               version.note && h("span", {}, version.note)))));
}
