// SPDX-License-Identifier: Apache-2.0
import { t, tCount } from "../i18n.js";

const pause = 1200;

/** Whether some files of an item lie on another server. */
export function isElsewhere(item) {
  return Object.values(item.assets ?? {}).some(({ href = "" }) => /^https?:/.test(href)
    && new URL(href).origin !== location.origin);
}

/**
 * Waits for the end of an import or a download.
 *
 * @param {API} api
 * @param {Object} state what the server said when it began
 * @param {(state: Object) => void} say told of each look at it
 * @throws {Error} with the reason where it failed
 */
export async function followImport(api, state, say) {
  for (;;) {
    say(state);
    if (state.state !== "running" && state.state !== "accepted") break;
    await new Promise((resolve) => { setTimeout(resolve, pause); });
    state = await api.get(`/api/imports/${encodeURIComponent(state.id)}`);
  }
  if (state.state === "failed") throw Object.assign(new Error(state.message), { title: t("explore.import.failed") });
}

/**
 * Brings the files of scenes from other servers to this one, scene by scene.
 *
 * @param {Object} context of the shell
 * @param {Array<{collection: string, id: string}>} items
 * @param {(words: string) => void} say told how far it is
 */
export async function bringFiles(context, items, say) {
  let files = 0;
  for (const [index, { collection, id }] of items.entries()) {
    const address = `/api/collections/${encodeURIComponent(collection)}/items/${encodeURIComponent(id)}/download`;
    const begun = await context.api.post(address, {});
    let read = 0;
    await followImport(context.api, begun, (state) => {
      read = state.read ?? 0;
      say(t("bring.state", { name: id, number: index + 1, total: items.length }));
    });
    files += read;
  }
  say(tCount("bring.done", files));
}
