// SPDX-License-Identifier: Apache-2.0

const svgNamespace = "http://www.w3.org/2000/svg";

/**
 * Makes an HTML element.
 *
 * Attributes whose value is null, undefined or false are left out; true gives an empty attribute; a function under a
 * name such as `onclick` becomes a listener; `dataset` and `style` take objects; `value`, `checked` and the like are
 * set as properties. Text goes in as text: nothing is ever parsed as HTML.
 *
 * @param {string} tag
 * @param {Object} [attributes]
 * @param {...(Node|string|number|null|undefined|false|Array)} children
 * @returns {HTMLElement}
 */
export function h(tag, attributes, ...children) { return fill(document.createElement(tag), attributes, children); }

/** As `h`, for the elements of a drawing. */
export function svg(tag, attributes, ...children) {
  return fill(document.createElementNS(svgNamespace, tag), attributes, children);
}

/** Replaces everything in an element. */
export function replace(element, ...children) {
  element.replaceChildren();
  append(element, children);
  return element;
}

const drawn = new WeakMap();

/**
 * Draws the parts of an element that have changed and leaves the others alone, with the focus and the open folds in
 * them.
 *
 * @param {HTMLElement} place
 * @param {Array<[value: any, make: (value: any) => Node|null|false|undefined]>} parts always the same number of them;
 *   a part is made anew when its value differs from that of the last call, compared as JSON
 */
export function drawChanged(place, parts) {
  const old = drawn.get(place) ?? [];
  const now = parts.map(([value, make], index) => {
    const key = JSON.stringify(value) ?? "";
    return old[index]?.key === key ? old[index] : { key, element: make(value) || null };
  });
  drawn.set(place, now);
  let before = null;
  for (const [index, part] of now.entries()) {
    if (part === old[index]) {
      before = part.element ?? before;
      continue;
    }
    old[index]?.element?.remove();
    if (!part.element) continue;
    if (before)
      before.after(part.element);
    else
      place.prepend(part.element);
    before = part.element;
  }
}

/** Runs `body` at most once in `milliseconds`, after the last call. The result has `cancel()`. */
export function debounce(body, milliseconds) {
  let timer = 0;
  const later = (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => body(...values), milliseconds);
  };
  later.cancel = () => clearTimeout(timer);
  return later;
}

let count = 0;

/** An id that no other element of the page has. */
export function uniqueID(prefix = "id") {
  count += 1;
  return `${prefix}-${count}`;
}

/** Hands text or bytes to the user as a file. */
export function saveFile(name, content, mediaType) {
  const address = URL.createObjectURL(new Blob([content], { type: mediaType }));
  const link = h("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

const properties = new Set(["value", "checked", "selected", "indeterminate", "disabled", "hidden", "open"]);

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) setAttribute(element, name, value);
  append(element, children);
  return element;
}

function setAttribute(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name.startsWith("on") && typeof value === "function")
    element.addEventListener(name.slice(2), value);
  else if (name === "dataset")
    Object.assign(element.dataset, value);
  else if (name === "style" && typeof value === "object") {
    for (const [key, entry] of Object.entries(value)) element.style.setProperty(key, entry);
  } else if (properties.has(name) && name in element)
    element[name] = value;
  else
    element.setAttribute(name, value === true ? "" : value);
}

function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false || child === "") continue;
    element.append(child instanceof Node ? child : String(child));
  }
}
