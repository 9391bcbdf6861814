// SPDX-License-Identifier: Apache-2.0
import { confirmDialog, openDialog } from "../components/dialog.js";
import { icon } from "../components/icons.js";
import { Table } from "../components/table.js";
import { h, replace } from "../dom.js";
import * as format from "../format.js";
import { t } from "../i18n.js";
import { showSecret } from "./account.js";
import { textField } from "./common.js";

const gigabyte = 1e9;

/** Users: who they are, what they use, what they may. */
export async function showUsers(place, context) {
  const { users } = await context.api.get("/api/users");
  const reload = () => showUsers(place, context);
  const table = new Table({
    caption: t("admin.users"),
    key: (user) => user.id,
    sort: "name",
    columns: [
      {
        id: "name",
        title: t("account.name"),
        isHead: true,
        sortBy: (user) => user.name,
        cell: (user) => [user.name, user.email && h("span", { class: "cell-note break" }, user.email)]
      },
      {
        id: "role",
        title: t("account.role"),
        sortBy: (user) => Number(user.isAdmin),
        cell: (user) => h("span", { class: "cluster" }, t(user.isAdmin ? "account.admin" : "account.member"),
          user.disabled && h("span", { class: "badge badge-danger" }, icon("lock"), t("admin.disabled")))
      },
      {
        id: "jobs",
        title: t("nav.jobs"),
        isNumber: true,
        sortBy: (user) => user.jobs,
        cell: (user) => format.integer(user.jobs)
      },
      {
        id: "bytes",
        title: t("account.storage"),
        isNumber: true,
        sortBy: (user) => user.bytes,
        cell: (user) => (user.quotaBytes ? `${format.bytes(user.bytes)} / ${format.bytes(user.quotaBytes)}`
                                          : format.bytes(user.bytes))
      },
      {
        id: "seen",
        title: t("account.lastSeen"),
        sortBy: (user) => user.lastSeen,
        cell: (user) => (user.lastSeen ? format.relative(user.lastSeen) : t("account.never"))
      },
      {
        id: "edit",
        title: t("action.edit"),
        hidesTitle: true,
        cell: (user) => h("button", {
          class: "button",
          type: "button",
          dataset: { control: "edit" },
          onclick: () => editUser(user, context, reload)
        },
          icon("pencil"), t("action.edit"), h("span", { class: "visually-hidden" }, ` ${user.name}`))
      }
    ]
  });
  table.update(users);
  replace(place,
    h("div", { class: "toolbar" },
      h("button", { class: "button", type: "button", onclick: () => createUser(context, reload) }, icon("add"),
        t("admin.newUser"))),
    table.element);
}

function createUser(context, reload) {
  const name = textField({ id: "user-name", label: t("account.name"), isRequired: true });
  const email = textField({ id: "user-email", label: t("admin.email"), type: "email" });
  const password = textField({
    id: "user-password",
    label: t("login.password"),
    type: "password",
    help: t("admin.passwordHelp"),
    autocomplete: "new-password"
  });
  const isAdmin = h("input", { type: "checkbox" });
  openDialog({
    title: t("admin.newUser"),
    content :
      [name.element, email.element, password.element, h("label", { class: "check" }, isAdmin, t("admin.isAdmin"))],
    actions: [
      { label: t("action.cancel") }, {
        label: t("account.create"),
        kind: "primary",
        run: () => attempt(context,
          async () => {
            if (!name.input.value.trim()) {
              name.input.focus();
              return false;
            }
            const user = await context.api.post("/api/users", {
              name: name.input.value.trim(),
              email: email.input.value.trim() || null,
              password: password.input.value || undefined,
              isAdmin: isAdmin.checked
            });
            if (user.token) showSecret(user.token, t("admin.userMade", { name: user.name }), context);
            await reload();
            return true;
          })
      }
    ],
  });
}

function editUser(user, context, reload) {
  const isAdmin = h("input", { type: "checkbox", checked: user.isAdmin });
  const isDisabled = h("input", { type: "checkbox", checked: user.disabled });
  const quota = textField({
    id: "user-quota",
    label: t("admin.quota"),
    help: t("admin.emptyIsNone"),
    inputmode: "decimal",
    value: user.quotaBytes ? String(user.quotaBytes / gigabyte) : ""
  });
  const running = textField({
    id: "user-running",
    label: t("admin.runningLimit"),
    help: t("admin.emptyIsNone"),
    inputmode: "numeric",
    value: user.runningLimit ? String(user.runningLimit) : ""
  });
  openDialog({
    title: user.name,
    content: [
      h("div", {}, h("label", { class: "check" }, isAdmin, t("admin.isAdmin")),
        h("label", { class: "check" }, isDisabled, t("admin.isDisabled"))),
      quota.element, running.element
    ],
    actions: [
      { label: t("action.cancel") }, {
        label: t("action.save"),
        kind: "primary",
        run: () => attempt(context,
          async () => {
            const gigabytes = numberOrNone(quota.input);
            const limit = numberOrNone(running.input);
            if (Number.isNaN(gigabytes) || Number.isNaN(limit)) return false;
            await context.api.patch(`/api/users/${encodeURIComponent(user.id)}`, {
              isAdmin: isAdmin.checked,
              disabled: isDisabled.checked,
              quotaBytes: gigabytes === null ? null : Math.round(gigabytes * gigabyte),
              runningLimit: limit === null ? null : Math.round(limit)
            });
            await reload();
            return true;
          })
      }
    ],
  });
}

function numberOrNone(input) {
  const text = input.value.trim().replace(",", ".");
  if (text === "") return null;
  const value = Number(text);
  const isWrong = !Number.isFinite(value) || value < 0;
  input.setAttribute("aria-invalid", String(isWrong));
  if (isWrong) input.focus();
  return isWrong ? NaN : value;
}

/** Groups and their members. */
export async function showGroups(place, context) {
  const [{ groups }, { users }] =
    await Promise.all([context.api.get("/api/groups"), context.api.get("/api/users")]);
  const reload = () => showGroups(place, context);
  replace(place,
    h("div", { class: "toolbar" },
      h("button", { class: "button", type: "button", onclick: () => createGroup(context, reload) }, icon("add"),
        t("admin.newGroup"))),
    groups.length === 0
      ? h("p", { class: "quiet" }, t("admin.noGroups"))
      : h("div", { class: "columns" }, groups.map((group) => groupPanel(group, users, context, reload))));
}

function groupPanel(group, users, context, reload) {
  const path = (name) => `/api/groups/${encodeURIComponent(group.id)}/members/${encodeURIComponent(name)}`;
  const act = (body) => attempt(context, async () => {
    await body();
    await reload();
    return true;
  });
  const others = users.filter((user) => !group.members.some((member) => member.name === user.name));
  const select = h("select", { "aria-label": t("admin.addMemberTo", { group: group.title }) },
    h("option", { value: "" }, t("admin.addMember")), others.map((user) => h("option", {}, user.name)));
  return h("section", { class: "panel stack", "aria-label": group.title },
    h("div", { class: "panel-head" }, h("h2", {}, group.title),
      h("button", {
        class: "button button-quiet button-icon",
        type: "button",
        "aria-label": `${t("action.delete")} ${group.title}`,
        onclick: () => void removeGroup(group, context, reload)
      },
        icon("trash"))),
    h("ul", { class: "plain-list" },
      group.members.map(
        (member) => h("li", { class: "cluster spread" },
          h("span", {}, member.name, " ", h("span", { class: "small quiet" }, t(`admin.role.${member.role}`))),
          h("button", {
            class: "button button-quiet button-icon",
            type: "button",
            "aria-label": t("admin.removeMember", { name: member.name, group: group.title }),
            onclick: () => void act(() => context.api.delete(path(member.name)))
          },
            icon("cancel"))))),
    h("div", { class: "input-row" }, select,
      h(
        "button", {
          class: "button",
          type: "button",
          onclick: () => select.value && void act(() => context.api.put(path(select.value), { role: "member" }))
        },
        t("action.add"), h("span", { class: "visually-hidden" }, ` ${group.title}`))));
}

async function removeGroup(group, context, reload) {
  const isSure = await confirmDialog({
    title: t("admin.deleteGroupAsk", { name: group.title }),
    content: t("admin.deleteGroupText"),
    action: t("action.delete")
  });
  if (isSure)
    await attempt(context, async () => {
      await context.api.delete(`/api/groups/${encodeURIComponent(group.id)}`);
      await reload();
    });
}

function createGroup(context, reload) {
  const title = textField({ id: "group-title", label: t("admin.groupTitle"), isRequired: true });
  openDialog({
    title: t("admin.newGroup"),
    content: [title.element],
    actions: [
      { label: t("action.cancel") }, {
        label: t("account.create"),
        kind: "primary",
        run: () => attempt(context,
          async () => {
            if (!title.input.value.trim()) {
              title.input.focus();
              return false;
            }
            await context.api.post("/api/groups", { title: title.input.value.trim() });
            await reload();
            return true;
          })
      }
    ],
  });
}

async function attempt(context, body) {
  try {
    return await body();
  } catch (error) {
    context.toast(error);
    return false;
  }
}
