// SPDX-License-Identifier: Apache-2.0
import { icon } from "../components/icons.js";
import { problemBox } from "../components/problem.js";
import { h } from "../dom.js";
import { t } from "../i18n.js";

/**
 * Logging in by token, by name and password, or by an identity provider, as the server offers. `?return=` is where to
 * go then. The link that the server prints on its first start, `/login#token=…`, logs in at once.
 */
export async function mount(root, context) {
  const { me, route, setTitle } = context;
  setTitle(t("login.title"));
  const target = safeTarget(route.query.get("return"));
  const methods = me.server?.login ?? ["token"];
  const problem = h("div", { class: "stack", "aria-live": "assertive" });
  root.append(h("div", { class: "login stack" }, h("h1", {}, t("login.title")),
    h("p", { class: "quiet" }, t("login.text")), problem,
    methods.includes("oidc") &&
      h("a", { class: "button button-large", href: `/login/oidc?return=${encodeURIComponent(`/#${target}`)}` },
        icon("person"), t("login.oidc", { name: me.server.oidcTitle ?? "OpenID Connect" })),
    methods.includes("token") && tokenForm(methods, target, problem, context),
    methods.includes("password") && passwordForm(target, problem, context)));
  const given = route.query.get("token");
  if (!given) return;
  context.replaceQuery({});
  await logIn({ token: given }, target, problem, context);
}

function tokenForm(methods, target, problem, context) {
  const token = h("input", {
    id: "token",
    type: "password",
    autocomplete: "off",
    spellcheck: "false",
    "aria-describedby": "token-help"
  });
  const shows = h("label", { class: "check" },
    h("input",
      { type: "checkbox", onchange: (event) => { token.type = event.target.checked ? "text" : "password"; } }),
    t("login.show"));
  return form(methods.includes("password") ? t("login.byToken") : null,
    [
      h("div", { class: "field" },
        h("label",
          { for: "token"
          },
          t("login.token")),
        token, h("div", { class: "help", id: "token-help" }, t("login.help"))),
      shows,
    ],
    () => (token.value.trim() ? logIn({ token: token.value.trim() }, target, problem, context) : token.focus()));
}

function passwordForm(target, problem, context) {
  const name = h("input", { id: "login-name", type: "text", autocomplete: "username", spellcheck: "false" });
  const password = h("input", { id: "login-password", type: "password", autocomplete: "current-password" });
  return form(t("login.byPassword"),
    [
      h("div", { class: "field" },
        h("label",
          { for: "login-name"
          },
          t("login.name")),
        name),
      h("div", { class: "field" },
        h("label",
          { for: "login-password"
          },
          t("login.password")),
        password),
    ],
    () => {
      const empty = [name, password].find((input) => !input.value);
      return empty ? empty.focus()
                   : logIn({ name: name.value.trim(), password: password.value }, target, problem, context);
    });
}

function form(title, content, run) {
  const button =
    h("button", { class: "button button-primary button-large", type: "submit" }, icon("key"), t("login.button"));
  return h("form", {
    class: "panel stack",
    novalidate: true,
    "aria-label": title ?? t("login.title"),
    onsubmit: async (event) => {
      event.preventDefault();
      button.disabled = true;
      try {
        await run();
      } finally {
        button.disabled = false;
      }
    }
  },
    title && h("h2", {}, title), content, button);
}

async function logIn(proof, target, problem, { api, navigate, sessionChanged }) {
  try {
    await api.post("/login", proof);
    await sessionChanged();
    navigate(target);
  } catch (error) {
    problem.replaceChildren(problemBox(error));
  }
}

// Only a path of this page: another site must not be able to send people on from here.
function safeTarget(path) { return path && /^\/(?![/\\])/.test(path) && !path.startsWith("/login") ? path : "/"; }
