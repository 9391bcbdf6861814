// SPDX-License-Identifier: Apache-2.0
import { h, replace, uniqueID } from "../dom.js";

/**
 * Tabs by the usual pattern: one tab stop, arrows choose, the panel follows.
 *
 * @param {Object} options
 * @param {string} options.label name of the list for screen readers
 * @param {Array<{id: string, title: string, show: (panel: HTMLElement) => void|(() => void)}>} options.tabs `show`
 *   fills the panel and may give back a function that ends what it started
 * @param {string} [options.selected] id of the first tab shown
 * @param {(id: string) => void} [options.onSelect]
 * @returns {{element: HTMLElement, select: (id: string) => void, end: () => void}}
 */
export function tabs({ label, tabs: entries, selected, onSelect }) {
  const panel = h("div", { role: "tabpanel", id: uniqueID("panel"), tabindex: "0" });
  let finish;
  const buttons = entries.map((entry) => h("button", {
    role: "tab",
    type: "button",
    id: uniqueID("tab"),
    "aria-controls": panel.id,
    onclick: () => select(entry.id),
  },
                                entry.title));
  const select = (id) => {
    const place = Math.max(0, entries.findIndex((entry) => entry.id === id));
    for (const [other, button] of buttons.entries()) {
      button.setAttribute("aria-selected", String(other === place));
      button.tabIndex = other === place ? 0 : -1;
    }
    panel.setAttribute("aria-labelledby", buttons[place].id);
    finish?.();
    replace(panel);
    finish = entries[place].show(panel);
    onSelect?.(entries[place].id);
  };
  const list = h("div", {
    class: "tabs",
    role: "tablist",
    "aria-label": label,
    onkeydown: (event) => {
      const place = buttons.indexOf(document.activeElement);
      const next = { ArrowRight: place + 1, ArrowLeft: place - 1, Home: 0, End: buttons.length - 1 }[event.key];
      if (next === undefined || place < 0) return;
      event.preventDefault();
      const target = (next + buttons.length) % buttons.length;
      buttons[target].focus();
      select(entries[target].id);
    }
  },
    buttons);
  select(selected ?? entries[0].id);
  return { element: h("div", {}, list, panel), select, end: () => finish?.() };
}
