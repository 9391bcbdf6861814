# SPDX-License-Identifier: Apache-2.0
"""Lists English that a French page shows: words without a translation, declared words of services, texts on screens.

    python french.py http://127.0.0.1:8080 --token TOKEN

Fails when the list is not empty. What the server says itself (logs, refusals, notes on the data) stays English, and is
marked so in the page.
"""

import argparse
import json
import re
import sys
import urllib.request

from browser import Browser

PAIRS = [("en.json", "fr.json"), ("map/en.json", "map/fr.json"), ("services.en.json", "services.fr.json")]
SCREENS = ["/", "/services", "/jobs", "/basket", "/account", "/admin?tab=health", "/login", "/explore", "/digitise"]
ENGLISH = re.compile(r"\b(the|of|and|with|from|which|that|are|is|to|by|its|not)\b")

# Everything that a description of a process declares, through the page's own function.
DECLARED = """
const done = arguments[arguments.length - 1];
(async () => {
  const { useLanguage, hasWords } = await import("/page/i18n.js");
  const { declaredText, serviceTitle } = await import("/page/components/words.js");
  await useLanguage("fr");
  const missing = new Set();
  const need = (text) => { if (text && !hasWords(text.replaceAll("`", ""))) missing.add(text); };
  const hidden = ["out", "quiet", "dryRun", "threads"];
  const { processes } = await (await fetch("/api/processes?limit=1000")).json();
  for (const { id } of processes) {
    const process = await (await fetch(`/api/processes/${id}`)).json();
    for (const key of [`service.${id}.title`, `service.${id}.summary`]) if (!hasWords(key)) missing.add(key);
    for (const [name, input] of Object.entries(process.inputs ?? {})) {
      const { schema } = input;
      if (hidden.includes(name) || (schema["x-path"] ?? "").startsWith("output")) continue;
      const words = [input.title, input.description, schema["x-group"], schema["x-absent"],
        ...((schema.items ?? schema)["x-enum-descriptions"] ?? [])];
      for (const text of words) need(text);
      const unit = schema["x-ogc-unit"] ?? "";
      if (/[a-z]{4,}/.test(unit)) need(`unit.${unit}`);
    }
  }
  return [...missing];
})().then((list) => done(list), (error) => done([String(error.stack ?? error)]));
"""

# Texts of a screen, but for those that are marked as English, and names of files, people and services.
TEXTS = """
const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
const texts = [];
while (walk.nextNode()) {
  const at = walk.currentNode.parentElement;
  if (at.closest("[lang]:not(html), code, pre, script, style, textarea, .language, [data-theirs]")) continue;
  texts.push(walk.currentNode.textContent.trim());
}
for (const one of document.querySelectorAll("[aria-label], [title], [placeholder]")) {
  if (one.closest("[lang]:not(html)")) continue;
  for (const name of ["aria-label", "title", "placeholder"]) texts.push(one.getAttribute(name) ?? "");
}
return texts.filter(Boolean);
"""


def get(address, path, token=None):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    with urllib.request.urlopen(urllib.request.Request(address + path, headers=headers)) as answer:
        return json.load(answer)


def words(address):
    """Keys that one language has and the other lacks, and values that are the same English in both."""
    found = []
    for english, french in PAIRS:
        one, other = get(address, f"/page/{english}"), get(address, f"/page/{french}")
        plain = {re.sub(r"\.(one|other|many)$", "", key) for key in other}
        found += [f"{french} lacks {key}" for key in one if re.sub(r"\.(one|other|many)$", "", key) not in plain]
        found += [f"{french}: {key}: {text}" for key, text in other.items()
              if len(ENGLISH.findall(re.sub(r"\{\w+\}", "", text))) > 1]
    return found


def screens(browser, address, token):
    processes = [process["id"] for process in get(address, "/api/processes?limit=1000", token)["processes"]]
    found = []
    for path in SCREENS + [f"/services/{name}" for name in processes]:
        browser.open(path)
        browser.run("for (const one of document.querySelectorAll('details')) one.open = true")
        found += [f"{path}: marked as English: {text}" for text in
                  browser.run("return [...document.querySelectorAll('#main [lang=en]')].map((one) => one.textContent)")]
        found += [f"{path}: {text}" for text in browser.run(TEXTS) if len(set(ENGLISH.findall(text))) > 1]
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address")
    parser.add_argument("--token", required=True)
    options = parser.parse_args()
    browser = Browser(options.address)
    try:
        found = words(browser.address)
        browser.appear(1280, 860)
        browser.log_in(options.token)
        browser.language("fr")
        browser.driver.set_script_timeout(60)
        found += [f"no French for: {text}" for text in browser.driver.execute_async_script(DECLARED)]
        found += screens(browser, browser.address, options.token)
    finally:
        browser.close()
    for line in found:
        print(line)
    print(f"{len(found)} texts are not French")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
