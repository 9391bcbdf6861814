// SPDX-License-Identifier: Apache-2.0
import { h } from "../dom.js";
import { t } from "../i18n.js";
import { icon } from "./icons.js";

const icons = {
  success: "check",
  danger: "alert",
  warning: "alert",
  note: "info"
};

/** Tells screen readers something that others see happen. */
export function announce(text) {
  const place = document.getElementById("announcer");
  place.textContent = "";
  // An equal text would not be read again without a change in between.
  requestAnimationFrame(() => { place.textContent = text; });
}

/**
 * Shows a message in the corner: for 8 s, longer while it is pointed at or focused; errors stay until closed.
 *
 * @param {string|Error} message a sentence, or an error of the interface with title, detail and cure
 * @param {"note"|"success"|"warning"|"danger"} [kind]
 */
export function toast(message, kind) {
  if (message?.name === "AbortError") return;
  const isError = message instanceof Error;
  const tone = kind ?? (isError ? "danger" : "note");
  const close = () => box.remove();
  const title = isError ? message.title || t("error.title") : null;
  const detail = isError ? message.detail || (message.title ? "" : message.message) : message;
  const box =
    h("div", { class: `toast toast-${tone}`, role: tone === "danger" ? "alert" : "status" }, icon(icons[tone]),
      h("div", { class: "grow break" }, title && h("strong", {}, title), detail && h("div", {}, detail),
        isError && message.cure && h("div", { class: "quiet" }, message.cure)),
      h("button", {
        class: "button button-quiet button-icon",
        type: "button",
        "aria-label": t("action.close"),
        onclick: close
      },
        icon("cancel")));
  document.getElementById("toasts").append(box);
  if (tone !== "danger") closeLater(box, close);
}

function closeLater(box, close) {
  let timer = setTimeout(close, 8000);
  const hold = () => clearTimeout(timer);
  const resume = () => { timer = setTimeout(close, 4000); };
  for (const name of ["pointerenter", "focusin"]) box.addEventListener(name, hold);
  for (const name of ["pointerleave", "focusout"]) box.addEventListener(name, resume);
}
