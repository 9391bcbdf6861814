# SPDX-License-Identifier: Apache-2.0
"""Runs units.js in the page of a server: `python units.py http://127.0.0.1:8080`. Fails when a fact does not hold."""

import pathlib
import sys

from browser import Browser


def main():
    browser = Browser(sys.argv[1])
    try:
        browser.open("/login")
        browser.run((pathlib.Path(__file__).parent / "units.js").read_text())
        failures = browser.driver.execute_async_script(
            "const done = arguments[0]; ogiveUnits().then(done, (error) => done([String(error.stack ?? error)]))")
    finally:
        browser.close()
    for failure in failures:
        print(failure)
    print(f"{len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
