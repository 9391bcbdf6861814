# SPDX-License-Identifier: Apache-2.0
"""A headless Chromium for the tests of the page: opens screens, waits for them, checks them, keeps pictures."""

import pathlib
import time

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

CHECKS = (pathlib.Path(__file__).parent / "checks.js").read_text()

# WebGL without a graphics card, for the maps.
ARGUMENTS = [
    "--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars",
    "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--window-size=1280,900",
]

# A screen is there once the shell has started and nothing says "Loading…" any more.
IS_READY = """
return document.documentElement.dataset.ready === "true" && document.querySelector("#main h1") !== null
  && !document.querySelector("#main .busy")
"""


class Browser:
    def __init__(self, address, pictures=None, chromium="/usr/bin/chromium", driver="/usr/bin/chromedriver"):
        options = Options()
        options.binary_location = chromium
        for argument in ARGUMENTS:
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.address = address.rstrip("/")
        self.pictures = pathlib.Path(pictures) if pictures else None
        if self.pictures:
            self.pictures.mkdir(parents=True, exist_ok=True)
        self.driver = webdriver.Chrome(options=options, service=Service(driver))

    def close(self):
        self.driver.quit()

    def appear(self, width=1280, height=900, scheme="light"):
        """Sets the window's size and the colour scheme."""
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 700})
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [
            {"name": "prefers-color-scheme", "value": scheme}, {"name": "prefers-reduced-motion", "value": "reduce"}]})

    def log_in(self, token):
        self.driver.get(f"{self.address}/login#token={token}")
        self.wait(lambda: self.run("return location.hash") == "#/", "the page after logging in")

    def language(self, name):
        self.run("localStorage.setItem('ogive.language', arguments[0])", name)

    def open(self, path):
        """Opens a screen by its path behind `#`, as a fresh page."""
        self.driver.get("about:blank")
        self.driver.get(f"{self.address}/#{path}")
        self.wait(lambda: self.run(IS_READY), f"the screen {path}")

    def run(self, script, *values):
        return self.driver.execute_script(script, *values)

    def wait(self, condition, what, seconds=20):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                if condition():
                    return
            except Exception:  # the document may be changing under our hands
                pass
            time.sleep(0.05)
        raise TimeoutError(f"waited {seconds} s in vain for {what}; console: {self.console()}")

    def findings(self):
        """What the accessibility checks find on the screen that is shown."""
        self.run(CHECKS)
        return self.run("return ogiveChecks()")

    def console(self):
        """Errors that the browser has logged since the last call."""
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] == "SEVERE"]

    def picture(self, name, whole=True):
        """Keeps a picture of the screen, the whole length of it."""
        if not self.pictures:
            return
        width, height, length = self.run(
            "return [innerWidth, innerHeight, document.documentElement.scrollHeight]")
        if whole and length > height:
            self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
                "width": width, "height": min(length, 3200), "deviceScaleFactor": 1, "mobile": width < 700})
        self.driver.save_screenshot(str(self.pictures / f"{name}.png"))
        if whole and length > height:
            self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
                "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 700})
