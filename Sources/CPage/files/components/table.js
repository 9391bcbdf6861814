// SPDX-License-Identifier: Apache-2.0
import { h, replace } from "../dom.js";
import { locale, t, tCount } from "../i18n.js";
import { icon } from "./icons.js";
import { announce } from "./toast.js";

/**
 * A table that sorts by its headings and selects rows; on a phone each row becomes a card.
 *
 * @typedef {Object} Column
 * @property {string} id
 * @property {string} title
 * @property {(row: Object) => Node|string|number|null} cell
 * @property {(row: Object) => number|string|null} [sortBy] without it the column does not sort
 * @property {boolean} [isNumber] right-aligned
 * @property {boolean} [isHead] names the row
 * @property {boolean} [isWide] takes the whole card on a phone
 * @property {boolean} [hidesTitle] the heading is for screen readers only
 */
export class Table {
  /**
   * @param {Object} options
   * @param {string} options.caption
   * @param {Column[]} options.columns
   * @param {(row: Object) => string} options.key identity of a row
   * @param {(row: Object) => string} [options.name] what a row is called; makes rows selectable
   * @param {(keys: Set<string>) => void} [options.onSelect]
   * @param {string} [options.sort] id of a column, with "-" before it for descending
   * @param {(sort: string) => void} [options.onSort] sorting is then up to the caller
   * @param {string} [options.empty] sentence of an empty table
   */
  constructor(options) {
    this.options = options;
    this.rows = [];
    this.selected = new Set();
    this.sort = options.sort ?? "";
    this.head = h("tr");
    this.body = h("tbody");
    this.element =
      h("div", { class: "table-frame", tabindex: "0", role: "region", "aria-label": options.caption },
        h("table", { class: "cards" }, h("caption", { class: "visually-hidden" }, options.caption),
          h("thead", {}, this.head), this.body));
    this.#drawHead();
  }

  /** Shows other rows; what was selected and is still there stays so. */
  update(rows) {
    const known = new Map(this.rows.map((row) => [this.options.key(row), row]));
    // A row stays the same object, so that what its buttons were made with is never out of date.
    this.rows = rows.map((row) => {
      const old = known.get(this.options.key(row));
      return old ? Object.assign(old, row) : row;
    });
    const keys = new Set(this.rows.map(this.options.key));
    for (const key of this.selected)
      if (!keys.has(key)) this.selected.delete(key);
    this.#draw();
  }

  /** Shows another order in the headings, without sorting. */
  sortAs(sort) {
    this.sort = sort;
    this.#drawHead();
  }

  clearSelection() {
    this.selected.clear();
    this.#draw();
    this.options.onSelect?.(this.selected);
  }

  get selectedRows() { return this.rows.filter((row) => this.selected.has(this.options.key(row))); }

  #drawHead() {
    const cells = this.options.columns.map((column) => this.#headCell(column));
    if (this.options.name)
      cells.unshift(
        h("th", { class: "select", scope: "col" }, h("label", { class: "check check-only" }, this.#selectAll())));
    replace(this.head, cells);
  }

  #headCell(column) {
    const attributes = { scope: "col", class: column.isNumber ? "number" : "" };
    if (!column.sortBy) {
      return h("th", attributes, h("span", { class: column.hidesTitle ? "visually-hidden" : "" }, column.title));
    }
    const state = this.sort === column.id ? "ascending" : this.sort === `-${column.id}` ? "descending" : "none";
    const sign = { ascending: "sortup", descending: "sortdown", none: "sort" }[state];
    return h("th", {...attributes, "aria-sort": state, dataset: { column: column.id } },
      h("button", { class: "sort", type: "button", onclick: () => this.#sortBy(column, state) }, column.title,
        icon(sign)));
  }

  #sortBy(column, state) {
    this.sort = state === "ascending" ? `-${column.id}` : column.id;
    this.#drawHead();
    this.head.querySelector(`[data-column="${column.id}"] button`)?.focus();
    announce(t(state === "ascending" ? "table.sortedDown" : "table.sortedUp", { column: column.title }));
    if (this.options.onSort)
      this.options.onSort(this.sort);
    else
      this.#draw();
  }

  #selectAll() {
    this.allBox = h("input", {
      type: "checkbox",
      "aria-label": t("table.selectAll"),
      onchange: (event) => {
        this.selected = new Set(event.target.checked ? this.rows.map(this.options.key) : []);
        this.#draw();
        this.options.onSelect?.(this.selected);
      }
    });
    return this.allBox;
  }

  #sorted() {
    const column = this.options.columns.find((one) => one.id === this.sort.replace(/^-/, ""));
    if (this.options.onSort || !column?.sortBy) return this.rows;
    const order = new Intl.Collator(locale(), { numeric: true, sensitivity: "base" });
    const sign = this.sort.startsWith("-") ? -1 : 1;
    return [...this.rows].sort(
      (left, right) => sign * compared(column.sortBy(left), column.sortBy(right), order, sign));
  }

  #draw() {
    const shown = new Map([...this.body.rows].map((element) => [element.dataset.key, element]));
    const rows = this.#sorted().map((row) => this.#renewed(shown.get(this.options.key(row)), this.#row(row)));
    const columns = this.options.columns.length + (this.options.name ? 1 : 0);
    if (rows.length === 0) {
      rows.push(
        h("tr", {}, h("td", { colspan: columns, class: "quiet wide" }, this.options.empty ?? t("table.empty"))));
    }
    const isSameOrder =
      rows.length === this.body.rows.length && rows.every((row, index) => row === this.body.rows[index]);
    if (!isSameOrder) this.#place(rows);
    if (!this.allBox) return;
    this.allBox.checked = this.rows.length > 0 && this.selected.size === this.rows.length;
    this.allBox.indeterminate = this.selected.size > 0 && this.selected.size < this.rows.length;
  }

  // Moving an element takes the focus from it: whoever works in a row must not lose the place.
  #place(rows) {
    const held = this.body.contains(document.activeElement) ? document.activeElement : null;
    replace(this.body, rows);
    if (held?.isConnected) held.focus({ preventScroll: true });
  }

  // News come every second while a job runs. Only cells that look different are exchanged: a click that has begun on
  // the others must end on the same element.
  #renewed(old, fresh) {
    if (!old || old.cells.length !== fresh.cells.length) return fresh;
    old.className = fresh.className;
    for (const [index, cell] of [...fresh.cells].entries()) {
      const shown = old.cells[index];
      if (!shown.isEqualNode(cell)) shown.replaceWith(cell);
    }
    const box = old.querySelector("td.select input");
    if (box) box.checked = this.selected.has(old.dataset.key);
    return old;
  }

  #row(row) {
    const { columns, key, name, onSelect } = this.options;
    const id = key(row);
    const cells = columns.map((column) => {
      const classes = [column.isNumber && "number", column.isWide && "wide"].filter(Boolean).join(" ");
      const dataset = { column: column.id };
      if (column.isHead) return h("th", { scope: "row", class: classes, dataset }, column.cell(row));
      return h(
        "td", { class: classes, dataset, "data-label": column.hidesTitle ? null : column.title }, column.cell(row));
    });
    if (name) {
      cells.unshift(h("td", { class: "select" }, h("label", { class: "check check-only" }, h("input", {
        type: "checkbox",
        checked: this.selected.has(id),
        "aria-label": t("table.select", { name: name(row) }),
        dataset: { control: "select" },
        onchange: (event) => {
          if (event.target.checked)
            this.selected.add(id);
          else
            this.selected.delete(id);
          this.#draw();
          onSelect?.(this.selected);
          announce(tCount("table.selected", this.selected.size));
        },
      }))));
    }
    return h("tr", { class: this.selected.has(id) ? "selected" : "", dataset: { key: id } }, cells);
  }
}

// What is not known stands last, whichever way the table is sorted.
function compared(left, right, order, sign) {
  const isNone = (value) => value === null || value === undefined || Number.isNaN(value);
  if (isNone(left) || isNone(right)) return sign * (Number(isNone(left)) - Number(isNone(right)));
  if (typeof left === "number" && typeof right === "number") return left - right;
  return order.compare(String(left), String(right));
}
