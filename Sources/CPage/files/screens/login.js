// SPDX-License-Identifier: Apache-2.0
import { icon } from "../components/icons.js";
import { problemBox } from "../components/problem.js";
import { h } from "../dom.js";
import { t } from "../i18n.js";

/** Logging in by token or, where the server has one, by an identity provider. `?return=` is where to go then. */
export async function mount(root, context) {
  const { api, me, navigate, route, sessionChanged, setTitle } = context;
  setTitle(t("login.title"));
  const target = safeTarget(route.query.get("return"));
  const problem = h("div", { "aria-live": "assertive" });
  const token = h("input", { id: "token", type: "password", autocomplete: "current-password", required: true, spellcheck: "false",
    "aria-describedby": "token-help" });
  const button = h("button", { class: "button button-primary button-large", type: "submit" }, icon("key"), t("login.button"));
  const submit = async (event) => {
    event.preventDefault();
    if (!token.value.trim()) return token.focus();
    button.disabled = true;
    try {
      await api.post("/login", { token: token.value.trim() });
      await sessionChanged();
      navigate(target);
    } catch (error) {
      problem.replaceChildren(problemBox(error));
      token.select();
    } finally {
      button.disabled = false;
    }
  };
  const shows = h("label", { class: "check" }, h("input", { type: "checkbox", onchange: (event) => {
    token.type = event.target.checked ? "text" : "password";
  } }), t("login.show"));
  const methods = me.server?.login ?? ["token"];
  root.append(h("div", { class: "login stack" }, h("h1", {}, t("login.title")), h("p", { class: "quiet" }, t("login.text")),
    methods.includes("oidc") && h("a", { class: "button button-large", href: `/login/oidc?return=${encodeURIComponent(`/#${target}`)}` },
      icon("person"), t("login.oidc", { name: me.server.oidcTitle ?? "OpenID Connect" })),
    methods.includes("token") && h("form", { class: "panel stack", onsubmit: submit },
      h("div", { class: "field" }, h("label", { for: "token" }, t("login.token")), token, h("div", { class: "help", id: "token-help" }, t("login.help"))),
      shows, problem, button)));
}

// Only a path of this page: another site must not be able to send people on from here.
function safeTarget(path) {
  return path && /^\/(?![/\\])/.test(path) && !path.startsWith("/login") ? path : "/";
}
