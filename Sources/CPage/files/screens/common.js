// SPDX-License-Identifier: Apache-2.0
import { icon } from "../components/icons.js";
import { progressBar } from "../components/progress.js";
import { h } from "../dom.js";
import * as format from "../format.js";
import { hasWords, t } from "../i18n.js";

const states = {
  accepted: ["clock", "", "state.accepted"],
  running: ["play", "badge-accent", "state.running"],
  paused: ["pause", "badge-warning", "state.paused"],
  successful: ["check", "badge-success", "state.successful"],
  failed: ["alert", "badge-danger", "state.failed"],
  dismissed: ["cancel", "", "state.dismissed"],
};

/** Names of the states of jobs, in the order of a job's life. */
export const stateNames = Object.keys(states);

/** The head of a screen: crumbs, title, a sentence, actions at the right. */
export function pageHead({title, text, crumbs = [], actions = []}) {
  return h("div", { class: "page-head" },
    h("div", { class: "grow" },
      crumbs.length > 0 &&
        h("nav", { class: "crumbs", "aria-label": t("nav.crumbs") }, crumbs.map(([name,
          path]) => [h("a", { href: `#${path}` }, name), h("span", { "aria-hidden": "true" }, "›")])),
      h("h1", {}, title), text && h("p", {}, text)),
    actions.length > 0 && h("div", { class: "toolbar" }, actions));
}

/** The state of a job by sign and word. */
export function stateBadge(job) {
  const [sign, tone, words] = states[job.state ?? job.status] ?? states.accepted;
  const isPartial = job.partial && (job.state ?? job.status) === "successful";
  return h("span", { class: `badge ${isPartial ? "badge-warning" : tone}` }, icon(isPartial ? "alert" : sign),
    isPartial ? t("state.partial") : t(words));
}

/** Who may see a thing. */
export function visibilityBadge(thing) {
  const signs = { private: "lock", group: "group", public: "globe", link: "link" };
  const kind = thing.visibility ?? "private";
  return h("span", { class: "badge" }, icon(signs[kind] ?? "lock"), t(`visibility.${kind}`));
}

/** Whether a job has come to its end. */
export function isEnded(job) { return ["successful", "failed", "dismissed"].includes(job.state ?? job.status); }

/** How far a job is: a bar while it runs, words else. */
export function jobProgress(job) {
  const state = job.state ?? job.status;
  if (state === "accepted" || state === "paused")
    return h("span", { class: "quiet small" }, job.reason ?? t("jobs.waits"));
  if (state !== "running") return h("span", { class: "quiet small" }, endText(job));
  const left = job.secondsLeft === null || job.secondsLeft === undefined
    ? null
    : t("jobs.left", { time: format.duration(job.secondsLeft) });
  const [done, total] = [job.stage?.done, job.stage?.total].map(format.integer);
  const stage = job.stage && `${stageName(job.stage.name)} ${done}/${total}`;
  return progressBar({
    share: (job.progress ?? 0) / 100,
    label: t("jobs.progressOf", { name: jobTitle(job) }),
    left: left ?? stage ?? ""
  });
}

function endText(job) {
  if (job.error) return job.error.message;
  if (job.partial) return partialText(job.partial);
  if (job.cost?.seconds) return t("jobs.took", { time: format.duration(job.cost.seconds) });
  return "";
}

/** How much of a job is missing, where some of it is. */
export function partialText({ missing, total }) {
  if (missing === null || missing === undefined) return t("jobs.partialSome");
  return t("jobs.partial", { missing: format.integer(missing), total: format.integer(total) });
}

/** What a job is called: its title, else its service and day. */
export function jobTitle(job) { return job.title || `${job.processID ?? ""} ${format.date(job.created)}`.trim(); }

/** A choice of who may see a thing: a select, and the groups where that is chosen. `read()` gives what to send. */
export function visibilityField({me, visibility = "private", group = null, allowsLink = true}) {
  const kinds =
    ["private", ...(me.groups.length > 0 ? ["group"] : []), "public", ...(allowsLink ? ["link"] : [])];
  const select = h("select", { id: "visibility", onchange: () => { groups.hidden = select.value !== "group"; } },
    kinds.map((kind) => h("option", { value: kind }, t(`visibility.${kind}Long`))));
  select.value = kinds.includes(visibility) ? visibility : "private";
  const groupSelect =
    h("select", { id: "visibility-group" }, me.groups.map((one) => h("option", { value: one.id }, one.title)));
  if (group) groupSelect.value = group;
  const groups = h("div", { class: "field", hidden: select.value !== "group" }, h("label", { for: "visibility-group"
  }, t("visibility.groupLabel")), groupSelect);
  return {
    element: h("div", { class: "stack" },
      h("div", { class: "field" },
        h("label",
          { for: "visibility"
          },
          t("visibility.label")),
        select),
      groups),
    read: () => ({ visibility: select.value, group: select.value === "group" ? groupSelect.value : null }),
  };
}

/** A stage in the page's language, where it has a word for it. */
export function stageName(name) {
  const key = `stage.name.${name}`;
  return hasWords(key) ? t(key) : name.charAt(0).toUpperCase() + name.slice(1).replaceAll("-", " ");
}

/** What the units of a stage are, in the page's language. */
export function stageUnit(unit) {
  const key = `stage.unit.${unit}`;
  return hasWords(key) ? t(key) : unit ?? "";
}

/** A labelled text field: {element, input}. */
export function textField({id, label, value = "", help, type = "text", isRequired = false, ...attributes}) {
  const input = h(type === "textarea" ? "textarea" : "input", {
    id,
    type: type === "textarea" ? null : type,
    value,
    autocomplete: "off",
    required: isRequired,
    "aria-describedby": help ? `${id}-help` : null,
    ...attributes
  });
  const element = h("div", { class: "field" },
    h("label",
      { for: id
      },
      label, isRequired && h("span", { class: "required" }, ` ${t("form.required")}`)),
    input, help && h("div", { class: "help", id: `${id}-help` }, help));
  return { element, input };
}

/** Terms and values in pairs; pairs without a value are left out. */
export function facts(pairs) {
  return h("dl", { class: "facts" },
    pairs.filter(([, value]) => value !== null && value !== undefined && value !== "").map(([
      term, value, isLarge
    ]) => h("div", {}, h("dt", {}, term), h("dd", { class: isLarge ? "value" : "" }, value))));
}

/** A text with a button that copies it. */
export function copyRow(text, label, context) {
  const input = h("input", {
    type: "text",
    readonly: true,
    value: text,
    "aria-label": label,
    class: "code",
    onfocus: () => input.select()
  });
  return h("div", { class: "input-row" }, input,
    h("button", {
      class: "button",
      type: "button",
      onclick: async () => {
        input.select();
        try {
          await navigator.clipboard.writeText(text);
          context.toast(t("action.copied"), "success");
        } catch {
          // Without a secure connection there is no clipboard: the text is selected, so that Ctrl+C copies it.
          context.toast(t("action.copyByHand"));
        }
      }
    },
      icon("copy"), t("action.copy")));
}
