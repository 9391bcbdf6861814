// SPDX-License-Identifier: Apache-2.0
import { bringFiles, isElsewhere } from "../components/bringfiles.js";
import { openDialog } from "../components/dialog.js";
import { icon } from "../components/icons.js";
import { h, replace } from "../dom.js";
import { date, number, parameterValue, time } from "../format.js";
import { t, tCount } from "../i18n.js";
import { platformName } from "./explore-filters.js";

/** The colours of footprints by cloud: upper end in percent, then the colour, dark for clear skies. */
export const cloudClasses = [[5, "#08519c"], [20, "#2b7bba"], [40, "#6aa6cf"], [70, "#9a9a9a"], [100, "#6f6f6f"]];

/** The cloud that counts: on the area where it was measured, else of the whole scene. */
export function cloudOf(item, onArea) {
  const measured = onArea.get(keyOf(item));
  return measured ?? item.properties["eo:cloud_cover"] ?? null;
}

/** What names a scene among all collections. */
export function keyOf(item) {
  return `${item.collection}/${item.id}`;
}

/** The address of a scene's quicklook, if it has one. */
export function quicklookOf(item) {
  const assets = Object.values(item.assets ?? {});
  const withRole = (role) => assets.find((asset) => asset.roles?.includes(role));
  const found = withRole("thumbnail") ?? withRole("overview") ?? item.assets?.thumbnail;
  return found && !/\.(tif|tiff|jp2)$/i.test(found.href) ? found.href : null;
}

/** The scenes that were found, in step with the map. */
export class SceneList {
  #screen;

  /** @param {ExploreScreen} screen */
  constructor(screen) {
    this.#screen = screen;
    this.element = h("section", { class: "scene-list", "aria-label": t("explore.results") });
  }

  draw() {
    const { items, total, next, selected, onArea } = this.#screen;
    const chosen = items.filter((item) => selected.has(keyOf(item)));
    const count = total === null ? tCount("explore.scenes", items.length) : tCount("explore.scenes", total);
    const all = h("label", { class: "check" },
      h("input", { type: "checkbox", checked: items.length > 0 && chosen.length === items.length,
      indeterminate: chosen.length > 0 && chosen.length < items.length,
        onchange: (event) => this.#screen.select(event.target.checked ? items : []) }),
      t("explore.selectAll"));
    const add = h("button", { class: "button button-primary map-small", type: "button", disabled: chosen.length === 0,
      onclick: () => void this.#screen.addToBasket(chosen) }, icon("basket"),
        t("explore.toBasket", { count: chosen.length }));
    const more = next && h("li", { class: "scene-more" },
      h("button", { class: "button", type: "button", onclick: () => void this.#screen.more() },
      t("explore.more", { shown: items.length, total: total ?? "…" })));
    const scroll = this.element.querySelector("ul")?.scrollTop ?? 0;
    replace(this.element, h("div", { class: "scene-head" }, h("h2", { role: "status" }, count),
      items.length > 0 && [all, add]),
      items.length === 0 ? h("p", { class: "quiet" }, t("explore.nothing"))
        : h("ul", {}, items.map((item) => this.#row(item, onArea)), more));
    const list = this.element.querySelector("ul");
    if (list) list.scrollTop = scroll;
  }

  /** Marks the scene under the pointer. */
  mark(key) {
    for (const row of this.element.querySelectorAll("li")) row.classList.toggle("marked", row.dataset.key === key);
  }

  /** Brings a scene into view that was clicked on the map. */
  reveal(key) {
    this.element.querySelector(`li[data-key="${CSS.escape(key)}"]`)?.scrollIntoView({ block: "nearest" });
  }

  #row(item, onArea) {
    const key = keyOf(item);
    const { platform } = item.properties;
    const cloud = cloudOf(item, onArea);
    const words = [platform && platformName(platform),
      item.properties["sat:relative_orbit"] && t("explore.orbitShort",
      { orbit: item.properties["sat:relative_orbit"] })];
    const box = h("label", { class: "check" }, h("input", { type: "checkbox", checked: this.#screen.selected.has(key),
      onchange: (event) => this.#screen.toggle(item, event.target.checked) }),
    h("span", { class: "visually-hidden" }, t("explore.selectScene", { name: item.id })));
    const open = h("button", { class: "scene-open", type: "button", onclick: () => this.#details(item) },
      h("strong", {}, date(item.properties.datetime ?? item.properties.start_datetime)),
        h("span", { class: "small quiet" }, words.filter(Boolean).join(" · ")),
      h("span", { class: "visually-hidden" }, t("explore.details")));
    const cloudText = cloud === null ? "" : t(onArea.has(key) ? "explore.cloudOnArea" : "explore.cloudValue",
      { percent: number(cloud, 2) });
    return h("li", { dataset: { key }, onpointerenter: () => this.#screen.mark(key),
      onpointerleave: () => this.#screen.mark(null),
      onfocusin: () => this.#screen.mark(key) }, box, this.#picture(item), open,
    h("span", { class: "scene-cloud small" },
      h("span", { class: "swatch", style: { background: cloudColour(cloud) } }), cloudText));
  }

  #picture(item) {
    const address = quicklookOf(item);
    if (!address) return h("span", { class: "scene-picture" });
    const picture = h("img", { class: "scene-picture", src: address, alt: "", loading: "lazy" });
    picture.addEventListener("error", () => picture.replaceWith(h("span", { class: "scene-picture" })));
    return picture;
  }

  #details(item) {
    const address = quicklookOf(item);
    const rows = Object.entries(item.properties).filter(([, value]) => value !== null)
      .map(([name, value]) => h("tr", {}, h("th", { scope: "row" }, h("code", {}, name)),
        h("td", { class: "break" }, name === "datetime" ? time(value) : parameterValue(value))));
    const assets = Object.entries(item.assets ?? {}).map(([name, asset]) => h("tr", {}, h("th", { scope: "row" },
      h("code", {}, name)),
      h("td", { class: "break" }, asset.title ?? asset.type ?? "", " ",
        h("a", { href: asset.href, rel: "noopener" }, t("explore.asset")))));
    const status = h("p", { role: "status" });
    const bring = { label: t("bring.one"), run: async () => {
      const say = (words) => { status.textContent = words; };
      try {
        await bringFiles(this.#screen.context, [item], say);
      } catch (error) {
        say([error.title, error.message].filter(Boolean).join(" "));
      }
      return false;
    } };
    const mayBring = this.#screen.context.me?.user && isElsewhere(item);
    openDialog({ title: item.id, wide: true, content: h("div", { class: "stack" },
      address && h("img", { class: "scene-large", src: address, alt: t("explore.quicklookOf", { name: item.id }) }),
      h("div", { class: "scroll-x" }, h("table", {}, h("caption", {}, t("explore.properties")), h("tbody", {}, rows))),
      assets.length > 0 && h("div", { class: "scroll-x" },
        h("table", {}, h("caption", {}, t("explore.assets")), h("tbody", {}, assets))), status),
    actions: [{ label: t("action.close") }, mayBring && bring, { label: t("explore.zoomTo"), run: () => this.#screen.zoomTo(item) },
      { label: t("explore.addOne"), kind: "primary", run: () => this.#screen.addToBasket([item]) }].filter(Boolean) });
  }
}

/** The colour of a cloud cover; grey-green where it is not known. */
export function cloudColour(percent) {
  if (percent === null) return "#5b7f6a";
  return (cloudClasses.find(([end]) => percent <= end) ?? cloudClasses.at(-1))[1];
}
