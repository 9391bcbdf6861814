// SPDX-License-Identifier: Apache-2.0
import { bringFiles } from "../components/bringfiles.js";
import { openDialog } from "../components/dialog.js";
import { icon } from "../components/icons.js";
import { emptyBox, problemBox } from "../components/problem.js";
import { Table } from "../components/table.js";
import { serviceTitle } from "../components/words.js";
import { h, replace } from "../dom.js";
import { t, tCount } from "../i18n.js";
import { pageHead, textField, visibilityField } from "./common.js";
import { packageTable } from "./packages.js";
import { sceneColumns } from "./scenes.js";
import { mainServices } from "./services.js";

/** The basket of scenes, and the packages that were made of baskets. */
export async function mount(root, context) {
  const basketPlace = h("section", { class: "stack", "aria-labelledby": "basket-title" });
  const packagePlace = h("section", { class: "stack", "aria-labelledby": "packages-title" });
  root.append(pageHead({
    title: t("basket.title"),
    text: t("basket.text"),
    actions: [h("a", { class: "button", href: "#/explore" }, icon("search"), t("home.find"))]
  }),
    h("div", { class: "stack sections" }, basketPlace, packagePlace));
  await Promise.all([showBasket(basketPlace, packagePlace, context), showPackages(packagePlace, context)]);
}

async function showBasket(place, packagePlace, context) {
  const heading = h("h2", { id: "basket-title" }, t("nav.basket"));
  if (!context.me.user) {
    const way = h("a", { class: "button", href: "#/login?return=/basket" }, t("nav.login"));
    return replace(place, heading, emptyBox("basket", t("basket.needsLogin"), t("login.text"), way));
  }
  try {
    const { items } = await context.api.get("/api/basket");
    void context.basketChanged();
    if (items.length === 0) {
      replace(place, heading,
        emptyBox("basket", t("basket.empty"), t("basket.emptyText"),
          h("a", { class: "button button-primary", href: "#/explore" }, t("home.find"))));
      return;
    }
    drawBasket(place, packagePlace, heading, items, context);
  } catch (error) {
    replace(place, heading, problemBox(error, () => void showBasket(place, packagePlace, context)));
  }
}

function drawBasket(place, packagePlace, heading, items, context) {
  const tools = h("div", { class: "toolbar" });
  const table = new Table({
    caption: t("nav.basket"),
    columns: sceneColumns(),
    key: (item) => `${item.collection}/${item.id}`,
    name: (item) => item.title ?? item.id,
    sort: "datetime",
    onSelect: () => drawTools(),
  });
  table.update(items);
  const reload = () => showBasket(place, packagePlace, context);
  const drawTools = () => {
    const chosen = table.selectedRows;
    const scope = chosen.length > 0 ? chosen : items;
    replace(tools,
      h("button",
        { class: "button button-primary", type: "button", onclick: () => void useInService(scope, context) },
        icon("play"), t(chosen.length > 0 ? "basket.useSome" : "basket.useAll", { count: scope.length })),
      h("button", { class: "button", type: "button", onclick: () => saveAsPackage(scope, packagePlace, context) },
        icon("save"), t("basket.save")),
      scope.some((item) => item.isElsewhere) && h("button",
        { class: "button", type: "button", title: t("bring.help"), onclick: () => void bring(scope) },
        icon("download"), t("bring.some")),
      h("button",
        { class: "button button-danger", type: "button", onclick: () => void removeItems(scope, context, reload) },
        icon("trash"), t(chosen.length > 0 ? "basket.removeSome" : "basket.removeAll", { count: scope.length })));
  };
  const status = h("p", { role: "status", class: "small" });
  const bring = async (scope) => {
    const say = (words) => { status.textContent = words; };
    try {
      await bringFiles(context, scope.filter((item) => item.isElsewhere), say);
      context.toast(status.textContent, "success");
      await reload();
    } catch (error) {
      say("");
      context.toast(error);
    }
  };
  drawTools();
  const restricted = items.filter((item) => item.restricted).length;
  replace(place,
    h("div", { class: "cluster spread" },
      h("div", { class: "cluster" }, heading,
        h("span", { class: "quiet small" }, tCount("basket.count", items.length))),
      tools),
    restricted > 0 && h("p", { class: "notice notice-warning" }, tCount("basket.restricted", restricted)),
    status, table.element);
}

async function removeItems(items, context, reload) {
  try {
    await context.api.post("/api/basket", { remove: items.map(({ collection, id }) => ({ collection, id })) });
    context.toast(tCount("basket.removed", items.length), "success");
    await reload();
  } catch (error) {
    context.toast(error);
  }
}

/** Asks for a service that takes scenes and opens its form with these. */
export async function useInService(items, context) {
  try {
    const { processes } = await context.api.get("/api/processes?limit=1000");
    const takers =
      mainServices.filter((id) => id !== "match").map((id) => processes.find((one) => one.id === id)).filter(Boolean);
    const dialog =
      openDialog(
        {
          title: tCount("basket.useTitle", items.length),
          content :
            h("ul", { class: "plain-list" },
              takers.map((process) =>
                           h("li", {},
                             h(
                               "button", {
                                 class: "row-link",
                                 type: "button",
                                 onclick: () => {
                                   dialog.close();
                                   context.navigate(
                                     `/services/${process.id}`, { scenes: items.map((item) => item.reference) });
                                 }
                               },
                               icon("arrow"), h("span", { class: "grow" }, serviceTitle(process)))))),
          actions: [{ label: t("action.cancel") }],
        });
  } catch (error) {
    context.toast(error);
  }
}

function saveAsPackage(items, packagePlace, context) {
  const title = textField({ id: "package-title", label: t("packages.name"), isRequired: true, maxlength: 200 });
  const description = textField({ id: "package-description", label: t("packages.description"), type: "textarea" });
  const hasRestricted = items.some((item) => item.restricted);
  const sharing = visibilityField({ me: context.me });
  openDialog({
    title: tCount("packages.saveTitle", items.length),
    content: [
      title.element, description.element,
      hasRestricted ? h("p", { class: "notice notice-warning" }, t("packages.restrictedHelp")) : sharing.element
    ],
    actions: [
      { label: t("action.cancel") }, {
        label: t("action.save"),
        kind: "primary",
        run: async () => {
          if (!title.input.value.trim()) {
            title.input.focus();
            return false;
          }
          try {
            await context.api.post("/api/packages", {
              title: title.input.value.trim(),
              description: description.input.value.trim(),
              ...(hasRestricted ? { visibility: "private", group: null } : sharing.read()),
              items: items.map(({ collection, id }) => ({ collection, id }))
            });
            context.toast(t("packages.saved"), "success");
            await showPackages(packagePlace, context);
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

async function showPackages(place, context) {
  const heading = h("h2", { id: "packages-title" }, t("packages.title"));
  try {
    const { packages } = await context.api.get("/api/packages");
    replace(place, heading,
      packages.length === 0 ? h("p", { class: "quiet" }, t("packages.none")) : packageTable(packages));
  } catch (error) {
    replace(place, heading, problemBox(error, () => void showPackages(place, context)));
  }
}
