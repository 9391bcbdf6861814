# SPDX-License-Identifier: Apache-2.0
"""Opens every screen of the page wide and narrow, light and dark, in English and French, and checks each.

    python screens.py http://127.0.0.1:8080 --token TOKEN [--pictures FOLDER] [--path PATH ...]

Fails when a check of checks.js finds something, when the browser logs an error, or when a screen does not come.
"""

import argparse
import json
import sys
import urllib.request

from browser import Browser

LOOKS = [(1280, "light", "en"), (360, "light", "fr"), (1280, "dark", "fr"), (360, "dark", "en")]
PATHS = ["/", "/services", "/jobs", "/basket", "/account", "/admin?tab=health", "/admin?tab=users",
         "/admin?tab=groups", "/admin?tab=audit", "/login", "/no-such-screen"]
WITH_MAP = ["/explore", "/digitise"]


def get(address, path, token):
    request = urllib.request.Request(address + path, headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def own_paths(address, token):
    """Screens of the processes and jobs that this server has."""
    processes = get(address, "/api/processes?limit=1000", token)["processes"]
    paths = [f"/services/{process['id']}" for process in processes]
    jobs = get(address, "/api/jobs?owner=all&limit=100", token)["jobs"]
    by_state = {job.get("state", job["status"]): job["jobID"] for job in reversed(jobs)}
    for job in by_state.values():
        paths += [f"/jobs/{job}?tab={tab}" for tab in ("log", "parameters", "files", "cite")]
    if "successful" in by_state:
        paths.append(f"/jobs/{by_state['successful']}/publish")
        paths.append(f"/jobs/{by_state['successful']}/map")
    return paths


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address")
    parser.add_argument("--token", required=True)
    parser.add_argument("--pictures")
    parser.add_argument("--path", action="append")
    parser.add_argument("--no-maps", action="store_true")
    options = parser.parse_args()
    paths = options.path or PATHS + ([] if options.no_maps else WITH_MAP) + own_paths(options.address, options.token)
    browser = Browser(options.address, options.pictures)
    problems = 0
    try:
        browser.appear()
        browser.log_in(options.token)
        for width, scheme, language in LOOKS:
            browser.appear(width, 800, scheme)
            browser.language(language)
            for path in paths:
                problems += visit(browser, path, f"{width}-{scheme}-{language}")
    finally:
        browser.close()
    print(f"{len(paths)} screens in {len(LOOKS)} looks, {problems} problems")
    return 1 if problems else 0


def visit(browser, path, look):
    browser.console()
    try:
        browser.open(path)
    except TimeoutError as error:
        print(f"{look} {path}: {error}")
        return 1
    name = "".join(letter if letter.isalnum() else "-" for letter in path).strip("-") or "home"
    findings = browser.findings()
    browser.picture(f"{name}-{look}")
    for finding in findings:
        print(f"{look} {path}: {finding['rule']}: {finding['message']}: {finding['where']}")
    errors = [error for error in browser.console() if "favicon" not in error and "status of 501" not in error]
    for error in errors:
        print(f"{look} {path}: console: {error}")
    return len(findings) + len(errors)


if __name__ == "__main__":
    sys.exit(main())
