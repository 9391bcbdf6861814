// SPDX-License-Identifier: Apache-2.0
// Accessibility checks of the screen that a browser shows, after the success criteria of WCAG 2.2 (A and AA) that a
// program can decide. Loaded into the page by the browser tests; `ogiveChecks()` gives a list of findings.

/* exported ogiveChecks */
globalThis.ogiveChecks = () => {
  const findings = [];
  const report = (rule, element, message) => findings.push({ rule, where: pathOf(element), message });
  const all = [...document.querySelectorAll("body *")].filter(isShown);
  const controls = all.filter(isControl);
  checkDocument(report);
  checkIDs(report);
  checkHeadings(all, report);
  checkNames(controls, all, report);
  checkRoles(all, report);
  checkContrast(all, report);
  checkTargets(controls, report);
  checkFocus(all, report);
  checkOverflow(report);
  return findings;
};

const interactive =
  "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex], [role=button], [role=tab]," +
  " [role=checkbox], [role=slider], [role=menuitem], [contenteditable=true]";

function isShown(element) {
  if (!element.checkVisibility({ visibilityProperty: true })) return false;
  return !element.closest("[inert], [aria-hidden=true]");
}

function isControl(element) {
  return element.matches(interactive) && element.getAttribute("tabindex") !== "-1" && !element.disabled;
}

function pathOf(element) {
  const parts = [];
  for (let one = element; one && one !== document.body && parts.length < 4; one = one.parentElement) {
    const classes =
      typeof one.className === "string" && one.className ? `.${one.className.trim().split(/\s+/)[0]}` : "";
    parts.unshift(`${one.localName}${one.id ? `#${one.id}` : classes}`);
  }
  const text = (element.textContent ?? "").trim().slice(0, 40);
  return parts.join(" > ") + (text ? ` “${text}”` : "");
}

// 2.4.2, 3.1.1, 1.3.1: title, language, landmarks
function checkDocument(report) {
  const root = document.documentElement;
  if (!document.title.trim()) report("title", root, "the document has no title");
  if (!/^[a-z]{2}/.test(root.lang)) report("language", root, "the document has no language");
  for (const landmark of ["main", "header", "nav"]) {
    if (!document.querySelector(landmark)) report("landmark", root, `there is no <${landmark}>`);
  }
  if (document.querySelectorAll("main").length > 1) report("landmark", root, "there are two <main>");
  const viewport = document.querySelector("meta[name=viewport]")?.content ?? "";
  if (/user-scalable\s*=\s*no|maximum-scale\s*=\s*1(\D|$)/.test(viewport))
    report("zoom", root, "the page can't be zoomed");
}

// 4.1.2, 1.3.1: what `for` and aria-* point to exists, once
function checkIDs(report) {
  const seen = new Set();
  for (const element of document.querySelectorAll("[id]")) {
    if (seen.has(element.id)) report("duplicate-id", element, `the id ${element.id} stands twice`);
    seen.add(element.id);
  }
  const attributes = ["for", "aria-labelledby", "aria-describedby", "aria-controls"];
  for (const name of attributes) {
    for (const element of document.querySelectorAll(`[${name}]`)) {
      for (const id of element.getAttribute(name).split(/\s+/)) {
        if (!document.getElementById(id)) report("reference", element, `${name} points to ${id}, which is not there`);
      }
    }
  }
}

// 1.3.1, 2.4.6: one h1, no level left out
function checkHeadings(all, report) {
  const open = [...document.querySelectorAll("dialog[open]")].pop();
  const headings =
    all.filter((element) => /^h[1-6]$/.test(element.localName) && (open ? open.contains(element) : true));
  if (!open && headings.filter((heading) => heading.localName === "h1").length !== 1)
    report("headings", document.body, "there is not exactly one h1");
  let level = open ? 1 : 0;
  for (const heading of headings) {
    const own = Number(heading.localName[1]);
    if (own > level + 1) report("headings", heading, `h${own} follows h${level}`);
    if (!heading.textContent.trim()) report("headings", heading, "the heading is empty");
    level = own;
  }
}

// 1.1.1, 2.4.4, 4.1.2: names of controls and images
function checkNames(controls, all, report) {
  for (const control of controls) {
    if (control.matches("[role=tabpanel], [role=region], [role=log]") ||
      control.matches("summary, a, button, input, select, textarea, [role]")) {
      if (!nameOf(control)) report("name", control, "the control has no name");
    }
    const visible = control.matches("a, button") ? visibleText(control) : "";
    const label = control.getAttribute("aria-label");
    if (label && visible && !label.toLowerCase().includes(visible.toLowerCase()) && visible.length > 2) {
      report("label-in-name", control, `the name “${label}” lacks what is seen: “${visible}”`);
    }
  }
  for (const image of all.filter((element) => element.localName === "img")) {
    if (!image.hasAttribute("alt")) report("alt", image, "the image has no alt");
  }
  for (const drawing of all.filter(
         (element) => element.localName === "svg" && !element.parentElement.closest("svg"))) {
    const isNamed =
      drawing.getAttribute("aria-label") || drawing.getAttribute("aria-labelledby") || drawing.querySelector("title");
    if (!isNamed && drawing.getAttribute("aria-hidden") !== "true")
      report("alt", drawing, "the drawing has neither name nor aria-hidden");
  }
  for (const canvas of all.filter((element) => element.localName === "canvas")) {
    if (!canvas.closest("[aria-label], [aria-labelledby], [role=img]"))
      report("alt", canvas, "the canvas stands in nothing that has a name");
  }
}

function visibleText(element) {
  const copy = element.cloneNode(true);
  for (const hidden of copy.querySelectorAll(".visually-hidden, svg, [aria-hidden=true]")) hidden.remove();
  return copy.textContent.trim().replace(/\s+/g, " ");
}

function nameOf(element) {
  const labelled = element.getAttribute("aria-labelledby");
  if (labelled)
    return labelled.split(/\s+/).map((id) => document.getElementById(id)?.textContent ?? "").join(" ").trim();
  const own = element.getAttribute("aria-label")?.trim();
  if (own) return own;
  if (element.labels?.length > 0) return [...element.labels].map((label) => label.textContent).join(" ").trim();
  const alt = [...element.querySelectorAll("img[alt]")].map((image) => image.alt).join(" ");
  return (element.textContent + alt).trim() || element.getAttribute("title") ||
    (element.type === "submit" ? element.value : "");
}

// 1.3.1, 4.1.2: tables, lists, tabs, groups
function checkRoles(all, report) {
  for (const element of all) {
    if (element.localName === "table" && !element.closest("[role=presentation]")) {
      if (!element.querySelector("th")) report("table", element, "the table has no headings");
    }
    if (/^(ul|ol)$/.test(element.localName)) {
      const stray =
        [...element.children].find((child) => child.localName !== "li" && child.localName !== "template");
      if (stray) report("list", stray, "a list holds something other than li");
    }
    if (element.matches("th") && !element.textContent.trim() && !element.querySelector("input"))
      report("table", element, "an empty heading");
    if (element.matches("[role=tab]") && !element.closest("[role=tablist]"))
      report("tabs", element, "a tab outside a list of tabs");
    if (element.matches("nav, [role=region], [role=group], [role=toolbar], dialog, aside") && !nameIfAny(element) &&
      repeats(element)) {
      report("landmark", element, "one of several has no name");
    }
    if (element.matches("[role=progressbar]") && !nameIfAny(element)) report("name", element, "the bar has no name");
    if (element.localName === "fieldset" && !element.querySelector("legend"))
      report("group", element, "the fieldset has no legend");
  }
}

function nameIfAny(element) { return element.getAttribute("aria-label") || element.getAttribute("aria-labelledby"); }

function repeats(element) {
  const role = element.getAttribute("role");
  return document.querySelectorAll(role ? `[role=${role}]` : element.localName).length > 1;
}

// 1.4.3, 1.4.11: contrast as it is computed, where the ground is a plain colour
function checkContrast(all, report) {
  for (const element of all) {
    const hasText =
      [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
    if (!hasText || element.closest("svg, canvas, option, .visually-hidden") || isClipped(element)) continue;
    if (element.closest(":disabled, [aria-disabled=true]")) continue;
    const style = getComputedStyle(element);
    const ground = groundOf(element);
    if (!ground) continue;
    const ratio = contrast(over(colourOf(style.color), ground), ground);
    const size = parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const least = isLarge ? 3 : 4.5;
    if (ratio < least - 0.005)
      report("contrast", element, `${ratio.toFixed(2)} : 1, at least ${least} : 1 is needed`);
  }
  for (const field of all.filter(
         (element) => element.matches(
           "input:not([type=checkbox], [type=radio], [type=range], [type=file]), select, textarea"))) {
    const ground = groundOf(field.parentElement);
    const style = getComputedStyle(field);
    if (!ground || parseFloat(style.borderTopWidth) === 0) continue;
    const ratio = contrast(over(colourOf(style.borderTopColor), ground), ground);
    if (ratio < 2.995) report("contrast", field, `the border has ${ratio.toFixed(2)} : 1, at least 3 : 1 is needed`);
  }
}

function isClipped(element) {
  const box = element.getBoundingClientRect();
  return box.width <= 1 || box.height <= 1;
}

let probe = null;

// Any CSS colour, also color-mix, as red, green, blue (0…255) and opacity: painted once and read back.
function colourOf(text) {
  probe ??= Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", {
    willReadFrequently: true
  });
  probe.clearRect(0, 0, 1, 1);
  probe.fillStyle = text;
  probe.fillRect(0, 0, 1, 1);
  const [red, green, blue, alpha] = probe.getImageData(0, 0, 1, 1).data;
  return { red, green, blue, alpha: alpha / 255 };
}

function over(front, back) {
  const mix = (name) => front[name] * front.alpha + back[name] * (1 - front.alpha);
  return { red: mix("red"), green: mix("green"), blue: mix("blue"), alpha: 1 };
}

// The colour behind an element: its own and its ancestors' grounds on each other; null where a picture is among them.
function groundOf(element) {
  const layers = [];
  for (let one = element; one; one = one.parentElement) {
    const style = getComputedStyle(one);
    if (style.backgroundImage !== "none") return null;
    const colour = colourOf(style.backgroundColor);
    if (colour.alpha > 0) layers.push(colour);
    if (colour.alpha >= 1) break;
    if (style.position === "fixed" || one.localName === "dialog") break;
  }
  const paper = colourOf(getComputedStyle(document.body).backgroundColor);
  return layers.reverse().reduce(
    (back, front) => over(front, back), over(paper, { red: 255, green: 255, blue: 255, alpha: 1 }));
}

function contrast(first, second) {
  const [high, low] = [luminance(first), luminance(second)].sort((left, right) => right - left);
  return (high + 0.05) / (low + 0.05);
}

function luminance({ red, green, blue }) {
  const [r, g, b] = [red, green, blue].map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

// 2.5.8: 24 px, links in sentences excepted; 44 px is our own bar for phones
function checkTargets(controls, report) {
  const isPhone = window.innerWidth < 600;
  for (const control of controls) {
    if (control.matches("[role=tabpanel], [role=region], [role=log], [tabindex='0']:not([role])") ||
      isInSentence(control))
      continue;
    const box = (control.closest("label") ?? control).getBoundingClientRect();
    const label = control.labels?.[0]?.getBoundingClientRect();
    const width = Math.max(box.width, label?.width ?? 0);
    const height = Math.max(box.height, label && isInline(control, label) ? label.height : 0);
    if (width <= 1 || height <= 1) continue;
    if (width < 23.5 || height < 23.5)
      report("target-size", control, `${Math.round(width)} × ${Math.round(height)} px, at least 24 × 24 is needed`);
    else if (isPhone && control.matches("button, .button, select, [role=tab]") && height < 43.5) {
      report("target-phone", control,
        `${Math.round(width)} × ${Math.round(height)} px on a phone, at least 44 is our bar`);
    }
  }
}

function isInline(control, label) { return control.matches("[type=checkbox], [type=radio]") && label.width > 0; }

function isInSentence(control) { return control.localName === "a" && getComputedStyle(control).display === "inline"; }

// 2.1.1, 2.4.3, 2.4.11: focus by order of the document, on things that are there
function checkFocus(all, report) {
  for (const element of all) {
    const index = element.getAttribute("tabindex");
    if (index !== null && Number(index) > 0) report("tabindex", element, "a tabindex above 0 breaks the order");
    if (element.matches("[onclick]:not(a, button, input, summary, label)"))
      report("keyboard", element, "a click without a key");
    const scrolls =
      element.scrollWidth > element.clientWidth + 2 && /auto|scroll/.test(getComputedStyle(element).overflowX);
    if (scrolls && element.clientWidth > 0 && element.tabIndex < 0 && !element.querySelector(interactive)) {
      report("keyboard", element, "this scrolls, but no key reaches it");
    }
  }
  for (const hidden of document.querySelectorAll("[aria-hidden=true]")) {
    const inside = [hidden, ...hidden.querySelectorAll(interactive)].find(
      (one) => one.matches(interactive) && one.tabIndex >= 0 && one.checkVisibility());
    if (inside) report("hidden-focus", inside, "hidden from screen readers, but in the tab order");
  }
}

// 1.4.10: no scrolling in two directions
function checkOverflow(report) {
  const root = document.documentElement;
  if (root.scrollWidth > window.innerWidth + 1) {
    const widest =
      [...document.querySelectorAll("body *")]
        .filter((one) => one.checkVisibility() && one.getBoundingClientRect().right > window.innerWidth + 1 &&
            !one.parentElement.closest(".table-frame, .scroll-x, .tabs"))
        .pop();
    report(
      "reflow", widest ?? root, `the page is ${root.scrollWidth} px wide in a window of ${window.innerWidth} px`);
  }
}
