// SPDX-License-Identifier: Apache-2.0
import { API } from "./api.js";
import { problemBox, emptyBox, loadingBox } from "./components/problem.js";
import { announce, toast } from "./components/toast.js";
import { h, replace } from "./dom.js";
import * as format from "./format.js";
import { drawHeader, markCurrent, showBasketCount } from "./header.js";
import { currentLanguage, t, useLanguage } from "./i18n.js";
import { address, Router } from "./router.js";

const router =
  new Router()
    .add("/", { load: () => import("./screens/home.js"), section: "home" })
    .add("/explore", { load: () => import("./map/explore.js"), section: "explore", isWide: true })
    .add("/digitise", { load: () => import("./map/digitise.js"), section: "digitise", isWide: true })
    .add("/basket", { load: () => import("./screens/basket.js"), section: "basket" })
    .add("/packages/{id}", { load: () => import("./screens/package.js"), section: "basket" })
    .add("/services", { load: () => import("./screens/services.js"), section: "services" })
    .add("/services/{id}", { load: () => import("./screens/newjob.js"), section: "services" })
    .add("/jobs", { load: () => import("./screens/jobs.js"), section: "jobs" })
    .add("/jobs/{id}", { load: () => import("./screens/job.js"), section: "jobs" })
    .add("/jobs/{id}/map", { load: () => import("./map/results.js"), section: "jobs", isWide: true })
    .add("/jobs/{id}/comparison", { load: () => import("./screens/comparison.js"), section: "jobs" })
    .add("/jobs/{id}/publish", { load: () => import("./screens/publish.js"), section: "jobs" })
    .add("/account", { load: () => import("./screens/account.js"), section: "account", needsUser: true })
    .add("/admin", { load: () => import("./screens/admin.js"), section: "admin", needsUser: true })
    .add("/login", { load: () => import("./screens/login.js"), section: "account" });

const api = new API({
  words: () => ({ offline: t("error.offline"), offlineCure: t("error.offlineCure"), failed: t("error.failed") }),
  onSessionLost: (path) => {
    if (!me?.user || path === "/login") return;
    me.user = null;
    toast(t("login.lost"), "warning");
    navigate("/login", { return: location.hash.slice(1) });
  },
});

let me = null;
let finish;
let visit = 0;

function navigate(path, query) {
  const target = address(path, query);
  if (location.hash === target)
    void showScreen();
  else
    location.hash = target;
}

/** Changes what stands behind `?` without a new screen: filters and tabs that a link should keep. */
function replaceQuery(query) {
  const path = location.hash.slice(1).split("?")[0] || "/";
  history.replaceState(null, "", address(path, query));
}

async function refreshSession() {
  me = await api.get("/api/me");
  api.useToken(me.csrf);
  return me;
}

function contextOf(match) {
  return {
    api,
    t,
    format,
    toast,
    announce,
    navigate,
    replaceQuery,
    me,
    settings: { basemap: me.server?.basemap ?? null },
    language: currentLanguage(),
    route: { path: match.path, parameters: match.parameters, query: match.query },
    basketChanged: refreshBasket,
    /** Names the document and, for screen readers, the screen that has come. */
    setTitle: (title) => { document.title = `${title} · Ogive`; },
    /** Reads the session again, as after logging in. */
    sessionChanged: async () => {
      await refreshSession();
      drawFrame();
    },
  };
}

async function showScreen() {
  visit += 1;
  const mine = visit;
  const match = router.match(location.hash || "#/");
  const screen = match.screen?.needsUser && !me.user ? null : match.screen;
  if (!screen && match.screen) return navigate("/login", { return: match.path });
  finish?.();
  finish = undefined;
  document.body.classList.toggle("wide", Boolean(screen?.isWide));
  markCurrent(screen?.section);
  const root = h("div", { class: "screen" }, loadingBox());
  replace(document.getElementById("main"), root);
  document.title = "Ogive";
  if (!screen) return notFound(root, match.path);
  try {
    const module = await screen.load();
    if (mine !== visit) return;
    replace(root);
    const end = await module.mount(root, contextOf(match));
    if (mine === visit)
      finish = end;
    else
      end?.();
  } catch (error) {
    if (mine !== visit) return;
    replace(
      root, h("h1", { class: "visually-hidden" }, t("error.title")), problemBox(error, () => void showScreen()));
  }
  if (mine === visit) arrive(root);
}

// A new screen is a new page for those who don't see it: its heading gets the focus, as a link to a page would do.
function arrive(root) {
  const heading = root.querySelector("h1");
  if (heading && document.title === "Ogive") document.title = `${heading.textContent} · Ogive`;
  if (isFirst) {
    isFirst = false;
    return;
  }
  window.scrollTo(0, 0);
  if (heading && !root.contains(document.activeElement)) {
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  }
}

let isFirst = true;

function notFound(root, path) {
  replace(root, h("h1", { class: "visually-hidden" }, t("error.noScreen")),
    emptyBox("search", t("error.noScreen"), t("error.noScreenText", { path }),
      h("a", { class: "button", href: "#/" }, t("nav.home"))));
}

async function refreshBasket() {
  if (!me.user) return showBasketCount(0);
  try {
    const { items } = await api.get("/api/basket");
    showBasketCount(items.length);
  } catch {
    showBasketCount(0);
  }
}

function drawFrame() {
  document.getElementById("skip").textContent = t("nav.skip");
  document.getElementById("toasts").setAttribute("aria-label", t("nav.messages"));
  drawHeader(document.getElementById("header"), {
    me,
    changeLanguage: async (name) => {
      await useLanguage(name);
      drawFrame();
      await showScreen();
    },
    logOut: async () => {
      await api.post("/logout", {});
      await refreshSession();
      drawFrame();
      navigate("/login");
    },
  });
  markCurrent(router.match(location.hash || "#/").screen?.section);
  void refreshBasket();
}

async function start() {
  await useLanguage();
  document.getElementById("skip").addEventListener("click", (event) => {
    event.preventDefault();
    document.getElementById("main").focus();
  });
  try {
    await refreshSession();
  } catch (error) {
    replace(document.getElementById("main"), h("h1", {}, "Ogive"), problemBox(error, () => location.reload()));
    return;
  }
  // The server sends /login here too; its first start prints /login#token=…, which must not stay in the history.
  const token = /^#token=([^&]+)/.exec(location.hash)?.[1];
  if (location.pathname === "/login") {
    const query = token ? { token: decodeURIComponent(token) } : new URLSearchParams(location.search);
    history.replaceState(null, "", `/${address("/login", query)}`);
  }
  drawFrame();
  window.addEventListener("hashchange", () => void showScreen());
  await showScreen();
  document.documentElement.dataset.ready = "true";
}

void start();
