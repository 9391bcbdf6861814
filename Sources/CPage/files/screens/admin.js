// SPDX-License-Identifier: Apache-2.0
import { tabs } from "../components/tabs.js";
import { h, replace } from "../dom.js";
import { t } from "../i18n.js";
import { emptyBox, loadingBox, problemBox } from "../components/problem.js";
import { pageHead } from "./common.js";
import { showAudit } from "./adminaudit.js";
import { showHealth } from "./adminhealth.js";
import { showGroups, showUsers } from "./adminpeople.js";

/** What the one who runs the server looks after: health, users, groups, audit log. */
export async function mount(root, context) {
  context.setTitle(t("admin.title"));
  if (!context.me.user?.isAdmin) {
    root.append(h("h1", {}, t("admin.title")), emptyBox("lock", t("admin.refused"), t("admin.refusedText")));
    return undefined;
  }
  const part = (id, show) =>
    ({ id, title: t(`admin.${id}`), show: (panel) => fill(panel, (place) => show(place, context)) });
  const choice = tabs({
    label: t("admin.title"),
    selected: context.route.query.get("tab") ?? "health",
    onSelect: (tab) => context.replaceQuery({ tab }),
    tabs :
      [part("health", showHealth), part("users", showUsers), part("groups", showGroups), part("audit", showAudit)],
  });
  root.append(pageHead({ title: t("admin.title") }), choice.element);
  return choice.end;
}

// Parts load by themselves; one that repeats itself gives back how to end it.
function fill(panel, show) {
  let end;
  let isOver = false;
  const place = h("div", { class: "stack" }, loadingBox());
  replace(panel, place);
  const run = async () => {
    try {
      end = await show(place);
      if (isOver) end?.();
    } catch (error) {
      replace(place, problemBox(error, () => void run()));
    }
  };
  void run();
  return () => {
    isOver = true;
    end?.();
  };
}
