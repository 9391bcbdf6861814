// SPDX-License-Identifier: Apache-2.0
import { h, uniqueID } from "../dom.js";
import { t } from "../i18n.js";
import { icon } from "./icons.js";

/**
 * Opens a modal dialog; focus stays in it and goes back to where it was.
 *
 * @param {Object} options
 * @param {string} options.title
 * @param {Node|Node[]} options.content
 * @param {Array<{label: string, kind?: "primary"|"danger", run?: () => any}>} [options.actions] buttons at the foot.
 *   Where `run` gives false, or a promise of it, the dialog stays. Without `run` the button closes.
 * @param {boolean} [options.wide]
 * @param {() => void} [options.onClose]
 * @returns {{close: () => void, element: HTMLDialogElement}}
 */
export function openDialog({title, content, actions = [], wide = false, onClose}) {
  const heading = uniqueID("dialog");
  const close = () => element.close();
  const buttons = actions.map((action) => actionButton(action, close));
  const body = h("form", { method: "dialog", class: "dialog-body", novalidate: true },
    h("div", { class: "dialog-head" }, h("h2", { id: heading }, title),
      h("button", {
        class: "button button-quiet button-icon",
        type: "button",
        "aria-label": t("action.close"),
        onclick: close
      },
        icon("cancel"))),
    h("div", { class: "dialog-content" }, content),
    buttons.length > 0 && h("div", { class: "dialog-actions" }, buttons));
  // Enter in a field means the main action, as people expect of a form.
  body.addEventListener("submit", (event) => {
    event.preventDefault();
    buttons.find((button) => button.dataset.main)?.click();
  });
  const element = h("dialog", { class: wide ? "wide" : "", "aria-labelledby": heading }, body);
  element.addEventListener("close", () => {
    element.remove();
    onClose?.();
  });
  document.getElementById("dialogs").append(element);
  element.showModal();
  const first = element.querySelector(".dialog-content :is(input, select, textarea, [tabindex='0'])");
  (first ?? buttons[0] ?? element.querySelector("button")).focus();
  return { close, element };
}

/**
 * Asks before something that can't be undone.
 *
 * @returns {Promise<boolean>}
 */
export function confirmDialog({title, content, action, kind = "danger"}) {
  return new Promise((resolve) => {
    let answer = false;
    openDialog({
      title,
      content: typeof content === "string" ? h("p", {}, content) : content,
      actions: [{ label: t("action.cancel") }, { label: action, kind, run: () => { answer = true; } }],
      onClose: () => resolve(answer),
    });
  });
}

function actionButton({ label, kind, run }, close) {
  const button = h("button", {
    class: `button ${kind ? `button-${kind}` : ""}`,
    type: "button",
    dataset: kind ? { main: "1" } : {},
    onclick: async () => {
      if (!run) return close();
      button.disabled = true;
      try {
        if ((await run()) !== false) close();
      } finally {
        button.disabled = false;
      }
    },
  },
    label);
  return button;
}
