// SPDX-License-Identifier: Apache-2.0
import { icon } from "./components/icons.js";
import { h, replace } from "./dom.js";
import { currentLanguage, languageNames, t, tCount } from "./i18n.js";

const sections = [
  ["explore", "/explore"], ["basket", "/basket"], ["services", "/services"], ["jobs", "/jobs"],
  ["digitise", "/digitise"]
];

/**
 * The bar at the top: brand, sections, language, account.
 *
 * @param {HTMLElement} header
 * @param {{me: Object, changeLanguage: (name: string) => void, logOut: () => void}} options
 */
export function drawHeader(header, { me, changeLanguage, logOut }) {
  const nav =
    h("nav", { class: "nav", id: "nav", "aria-label": t("nav.main") },
      h("ul", {},
        sections.map(([name, path]) => h("li", {},
                       link(name, path, t(`nav.${name}`),
                         name === "basket" && h("span", { class: "count", id: "basket-count", hidden: true }))))),
      h("ul", { class: "secondary" }, me.user?.isAdmin && h("li", {}, link("admin", "/admin", t("nav.admin"))),
        h("li", {},
          me.user ? link("account", "/account", [icon("person"), me.user.displayName || me.user.name])
                  : link("account", "/login", t("nav.login"))),
        me.user &&
          h("li", {},
            h(
              "a", {
                href: "#/login",
                onclick: (event) => {
                  event.preventDefault();
                  logOut();
                }
              },
              t("nav.logout")))),
      languageSwitch(changeLanguage));
  const menu = h("button", {
    class: "button menu-button",
    type: "button",
    "aria-expanded": "false",
    "aria-controls": "nav",
    onclick: () => setOpen(nav, menu, !nav.classList.contains("open"))
  },
    icon("menu"), t("nav.menu"));
  nav.addEventListener("click", (event) => event.target.closest("a") && setOpen(nav, menu, false));
  nav.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !nav.classList.contains("open")) return;
    setOpen(nav, menu, false);
    menu.focus();
  });
  replace(header, me.server?.demo && h("div", { class: "demo-note" }, t("nav.demo")),
    h("div", { class: "bar" },
      h("a", { class: "brand", href: "#/", dataset: { section: "home" } },
        h("img", { src: "/page/icon.svg", alt: "", width: "28", height: "28" }), "Ogive"),
      menu, nav));
}

/** Marks the section that the page is in. */
export function markCurrent(section) {
  for (const one of document.querySelectorAll("#header [data-section]")) {
    if (one.dataset.section === section)
      one.setAttribute("aria-current", "page");
    else
      one.removeAttribute("aria-current");
  }
}

/** Shows how many scenes the basket holds. */
export function showBasketCount(count) {
  const place = document.getElementById("basket-count");
  if (!place) return;
  place.hidden = count === 0;
  replace(place, h("span", { "aria-hidden": "true" }, count),
    h("span", { class: "visually-hidden" }, tCount("basket.count", count)));
}

function link(name, path, ...content) { return h("a", { href: `#${path}`, dataset: { section: name } }, content); }

function setOpen(nav, menu, isOpen) {
  nav.classList.toggle("open", isOpen);
  menu.setAttribute("aria-expanded", String(isOpen));
}

function languageSwitch(change) {
  return h("div", { class: "languages", role: "group", "aria-label": t("nav.language") },
    Object.entries(languageNames)
      .map(([name, title]) => h("button", {
        type: "button",
        lang: name,
        "aria-pressed": String(name === currentLanguage()),
        "aria-label": title,
        title,
        onclick: () => change(name),
      },
             name.toUpperCase())));
}
