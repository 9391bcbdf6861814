// SPDX-License-Identifier: Apache-2.0
import { confirmDialog, openDialog } from "../components/dialog.js";
import { icon } from "../components/icons.js";
import { problemBox } from "../components/problem.js";
import { progressBar } from "../components/progress.js";
import { Table } from "../components/table.js";
import { h, replace } from "../dom.js";
import * as format from "../format.js";
import { t, tCount } from "../i18n.js";
import { copyRow, facts, jobTitle, pageHead, textField } from "./common.js";

/** The user's own tokens, sessions and storage. */
export async function mount(root, context) {
  const { me, setTitle } = context;
  setTitle(t("account.title"));
  const places = {
    storage: panel("storage"),
    tokens: panel("tokens"),
    sessions: panel("sessions"),
    uploads: panel("uploads")
  };
  root.append(
    pageHead(
      { title: t("account.title"), text: t("account.text", { name: me.user.displayName || me.user.name }) }),
    h("div", { class: "stack sections" }, userPanel(me), Object.values(places)));
  await Promise.all([
    showStorage(places.storage, context), showTokens(places.tokens, context), showSessions(places.sessions, context),
    showUploads(places.uploads, context)
  ]);
}

function panel(name) { return h("section", { class: "panel stack", "aria-labelledby": `${name}-title` }); }

function heading(name, ...beside) {
  return h("div", { class: "panel-head" }, h("h2", { id: `${name}-title` }, t(`account.${name}`)), beside);
}

// A part that fails must not take the others with it.
async function section(place, name, draw) {
  try {
    await draw();
  } catch (error) {
    replace(place, heading(name), problemBox(error, () => void section(place, name, draw)));
  }
}

function userPanel(me) {
  return h("section", { class: "panel", "aria-label": t("account.person") }, facts([
    [t("account.name"), me.user.name],
    [t("account.role"), t(me.user.isAdmin ? "account.admin" : "account.member")],
    [t("account.scopes"), format.list(me.scopes.map((scope) => t(`scope.${scope}`)))],
    [
      t("account.groups"),
      me.groups.length > 0 ? format.list(me.groups.map((group) => group.title)) : t("account.noGroups")
    ]
  ]));
}

function showStorage(place, { api, me }) {
  return section(place, "storage", async () => {
    const { jobs } = await api.get("/api/jobs?owner=me&sort=-size&limit=10");
    const usage = me.usage ?? {};
    const table = new Table({
      caption: t("account.storageByJob"),
      key: (job) => job.jobID,
      empty: t("home.noJobs"),
      columns: [
        {
          id: "title",
          title: t("jobs.name"),
          isHead: true,
          cell: (job) => h("a", { href: `#/jobs/${job.jobID}` }, jobTitle(job))
        },
        { id: "created", title: t("jobs.created"), cell: (job) => format.date(job.created) },
        { id: "bytes", title: t("jobs.size"), isNumber: true, cell: (job) => format.bytes(job.bytes) }
      ]
    });
    table.update(jobs.filter((job) => job.bytes > 0));
    replace(place, heading("storage"),
      usage.quotaBytes ? progressBar({
        share: usage.bytes / usage.quotaBytes,
        label: t("account.storage"),
        left: t("account.used", { used: format.bytes(usage.bytes), quota: format.bytes(usage.quotaBytes) })
      })
                       : h("p", {}, t("account.usedNoQuota", { used: format.bytes(usage.bytes) })),
      facts([
        [t("account.running"), limited(usage.running, usage.runningLimit)],
        [t("account.queued"), limited(usage.queued, usage.queuedLimit)]
      ]),
      table.element);
  });
}

function limited(count, limit) {
  if (count === undefined || count === null) return null;
  return limit ? t("account.of", { count: format.integer(count), limit: format.integer(limit) })
               : format.integer(count);
}

function showTokens(place, context) {
  return section(place, "tokens", async () => {
    const { tokens } = await context.api.get("/api/tokens");
    const reload = () => showTokens(place, context);
    const table = new Table({
      caption: t("account.tokens"),
      key: (token) => token.id,
      empty: t("account.noTokens"),
      sort: "-created",
      columns: [
        {
          id: "name",
          title: t("account.tokenName"),
          isHead: true,
          sortBy: (token) => token.name,
          cell: (token) => [token.name, token.hint && h("span", { class: "cell-note" }, h("code", {}, token.hint))]
        },
        {
          id: "scopes",
          title: t("account.scopes"),
          cell: (token) => format.list(token.scopes.map((scope) => t(`scope.${scope}`)))
        },
        {
          id: "created",
          title: t("jobs.created"),
          sortBy: (token) => token.created,
          cell: (token) => format.date(token.created)
        },
        {
          id: "expires",
          title: t("account.expires"),
          sortBy: (token) => token.expires,
          cell: (token) => (token.expires ? format.date(token.expires) : t("account.never"))
        },
        {
          id: "used",
          title: t("account.lastUsed"),
          sortBy: (token) => token.lastUsed,
          cell: (token) => (token.lastUsed ? format.relative(token.lastUsed) : t("account.never"))
        },
        {
          id: "revoke",
          title: t("account.revoke"),
          hidesTitle: true,
          cell: (token) => h("button",
            { class: "button button-danger", type: "button", onclick: () => void revoke(token, context, reload) },
            t("account.revoke"), h("span", { class: "visually-hidden" }, ` ${token.name}`))
        }
      ]
    });
    table.update(tokens);
    replace(place,
      heading("tokens",
        h("button", { class: "button", type: "button", onclick: () => createToken(context, reload) }, icon("add"),
          t("account.newToken"))),
      h("p", { class: "quiet" }, t("account.tokensText")), table.element);
  });
}

async function revoke(token, context, reload) {
  const isSure = await confirmDialog({
    title: t("account.revokeAsk", { name: token.name }),
    content: t("account.revokeText"),
    action: t("account.revoke")
  });
  if (!isSure) return;
  try {
    await context.api.delete(`/api/tokens/${encodeURIComponent(token.id)}`);
    await reload();
  } catch (error) {
    context.toast(error);
  }
}

function createToken(context, reload) {
  const name = textField({
    id: "token-name",
    label: t("account.tokenName"),
    isRequired: true,
    help: t("account.tokenNameHelp"),
    maxlength: 100
  });
  const scopes =
    ["read", "submit", "admin"]
      .filter((scope) => context.me.scopes.includes(scope))
      .map(
        (scope) => h("label", { class: "check" },
          h("input", { type: "checkbox", value: scope, checked: scope !== "admin" }),
          h("span", {}, t(`scope.${scope}`), h("span", { class: "small quiet" }, `: ${t(`scope.${scope}Help`)}`))));
  const days = h("select", { id: "token-days" }, [
    ["30", t("share.days", { count: 30 })], ["90", t("share.days", { count: 90 })],
    ["365", t("share.days", { count: 365 })], ["", t("account.never")]
  ].map(([value, text]) => h("option", { value }, text)));
  days.value = "90";
  openDialog({
    title: t("account.newToken"),
    content: [
      name.element, h("fieldset", { class: "field" }, h("legend", {}, t("account.scopes")), scopes),
      h("div", { class: "field" },
        h("label",
          { for: "token-days"
          },
          t("account.valid")),
        days)
    ],
    actions: [
      { label: t("action.cancel") }, {
        label: t("account.create"),
        kind: "primary",
        run: async () => {
          if (!name.input.value.trim()) {
            name.input.focus();
            return false;
          }
          const chosen = scopes.map((label) => label.querySelector("input"))
                           .filter((input) => input.checked)
                           .map((input) => input.value);
          try {
            const made = await context.api.post("/api/tokens",
              { name: name.input.value.trim(), scopes: chosen, days: days.value ? Number(days.value) : null });
            showSecret(made.token, t("account.tokenMade"), context);
            await reload();
            return true;
          } catch (error) {
            context.toast(error);
            return false;
          }
        }
      }
    ],
  });
}

/** Shows a secret that can't be shown again. */
export function showSecret(secret, title, context) {
  openDialog({
    title,
    content: [
      h("p", { class: "notice notice-warning" }, t("account.shownOnce")), copyRow(secret, t("login.token"), context)
    ],
    actions: [{ label: t("action.done"), kind: "primary" }]
  });
}

function showSessions(place, context) {
  return section(place, "sessions", async () => {
    const { sessions } = await context.api.get("/api/sessions");
    const end = async (session) => {
      try {
        await context.api.delete(`/api/sessions/${encodeURIComponent(session.id)}`);
        await showSessions(place, context);
      } catch (error) {
        context.toast(error);
      }
    };
    const table = new Table({
      caption: t("account.sessions"),
      key: (session) => session.id,
      sort: "-seen",
      columns: [
        {
          id: "agent",
          title: t("account.agent"),
          isHead: true,
          cell: (session) => [h("span", { class: "break", title: session.agent }, agentName(session.agent)), " ",
            session.current && h("span", { class: "badge badge-accent" }, t("account.current"))]
        },
        {
          id: "peer",
          title: t("account.peer"),
          sortBy: (session) => session.peer,
          cell: (session) => h("code", {}, session.peer)
        },
        {
          id: "created",
          title: t("account.since"),
          sortBy: (session) => session.created,
          cell: (session) => format.time(session.created)
        },
        {
          id: "seen",
          title: t("account.lastSeen"),
          sortBy: (session) => session.lastSeen,
          cell: (session) => format.relative(session.lastSeen)
        },
        {
          id: "end",
          title: t("account.end"),
          hidesTitle: true,
          cell: (session) => !session.current &&
            h("button", { class: "button", type: "button", onclick: () => void end(session) }, t("account.end"),
              h("span", { class: "visually-hidden" }, ` ${session.agent} ${session.peer}`))
        }
      ]
    });
    table.update(sessions);
    replace(place, heading("sessions"), table.element);
  });
}

/** "Firefox on Linux" from what a browser says of itself; programs keep their first word. */
export function agentName(text) {
  if (!text) return t("value.unknown");
  const browser =
    [
      ["Edg/", "Edge"], ["OPR/", "Opera"], ["Firefox/", "Firefox"], ["Chrome/", "Chrome"],
      ["Safari/", "Safari"]
    ].find(([sign]) => text.includes(sign))
      ?.[1];
  const system =
    [
      ["Android", "Android"], ["iPhone", "iOS"], ["iPad", "iOS"], ["Windows", "Windows"],
      ["Mac OS", "macOS"], ["Linux", "Linux"]
    ].find(([sign]) => text.includes(sign))
      ?.[1];
  if (!browser) return text.split(" ")[0];
  return system ? t("account.agentOn", { browser, system }) : browser;
}

function showUploads(place, context) {
  return section(place, "uploads", async () => {
    const { uploads } = await context.api.get("/api/uploads");
    const remove = async (upload) => {
      try {
        await context.api.delete(`/api/uploads/${encodeURIComponent(upload.name)}`);
        await showUploads(place, context);
      } catch (error) {
        context.toast(error);
      }
    };
    const table = new Table({
      caption: t("account.uploads"),
      key: (upload) => upload.name,
      empty: t("picker.noUploads"),
      sort: "-created",
      columns: [
        {
          id: "name",
          title: t("files.name"),
          isHead: true,
          sortBy: (upload) => upload.name,
          cell: (upload) => h("span", { class: "break" }, upload.name)
        },
        {
          id: "created",
          title: t("jobs.created"),
          sortBy: (upload) => upload.created,
          cell: (upload) => format.time(upload.created)
        },
        {
          id: "bytes",
          title: t("jobs.size"),
          isNumber: true,
          sortBy: (upload) => upload.bytes,
          cell: (upload) => format.bytes(upload.bytes)
        },
        {
          id: "remove",
          title: t("action.delete"),
          hidesTitle: true,
          cell: (upload) =>
            h("button", { class: "button button-danger", type: "button", onclick: () => void remove(upload) },
              t("action.delete"), h("span", { class: "visually-hidden" }, ` ${upload.name}`))
        }
      ]
    });
    table.update(uploads);
    replace(place, heading("uploads", h("span", { class: "quiet small" }, tCount("files.count", uploads.length))),
      table.element);
  });
}
