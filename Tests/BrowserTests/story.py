# SPDX-License-Identifier: Apache-2.0
"""The main story as a user goes through it: find scenes, basket, new job, watch, results, a series, digitise, export.

    python story.py http://127.0.0.1:8080 --token TOKEN --scenes FOLDER --tool ogive [--pictures FOLDER]

FOLDER is one that the server offers (`ogive serve --share FOLDER`); the scenes are written into it: a texture that
moves 182.6 m/yr to the east. Each screen is checked by checks.js. Last, the exported job is run offline by the tool,
and its rasters are compared with those of the server, byte by byte. Exit code 0 when all held.
"""

import argparse
import filecmp
import json
import pathlib
import subprocess
import sys
import tempfile
import time
import urllib.request

from selenium.webdriver import ActionChains

import details
from browser import Browser
from scenes import make_scenes

SPEED = 0.05 * 10 * 365.25
"""Metres a year that the ground of the scenes moves."""


class Story:
    def __init__(self, options):
        self.options = options
        self.browser = Browser(options.address, options.pictures)
        self.driver = self.browser.driver
        self.number = 0
        self.problems = []

    def run(self, script, *values):
        return self.browser.run(script, *values)

    def api(self, path):
        request = urllib.request.Request(
            self.browser.address + path, headers={"Authorization": f"Bearer {self.options.token}"})
        with urllib.request.urlopen(request) as answer:
            return answer.read()

    def wait(self, script, what, seconds=30):
        self.browser.wait(lambda: self.run(f"return Boolean({script})"), what, seconds)

    def press(self, words, within="#main, dialog[open]"):
        """Presses the last button or link with these words, or that begins with them."""
        found = """[...document.querySelectorAll(arguments[1])].flatMap((place) =>
          [...place.querySelectorAll("button, a.button, .row-link")]).filter((one) => !one.disabled
          && one.offsetParent !== null && one.textContent.trim().startsWith(arguments[0])).at(-1)"""
        self.browser.wait(lambda: self.run(f"return Boolean({found})", words, within), f"a button '{words}'")
        self.run(f"{found}.click()", words, within)

    def screen(self, name):
        """Looks at what is shown as a reader of screens would, and keeps a picture."""
        self.number += 1
        for finding in self.browser.findings():
            self.problems.append(f"{name}: {finding['rule']}: {finding['message']}: {finding['where']}")
        self.problems += [f"{name}: console: {error}" for error in self.browser.console() if "favicon" not in error]
        self.browser.picture(f"{self.number:02}-{name}", whole=False)
        print(f"{self.number:2} {name}", flush=True)

    def expect(self, holds, text):
        if not holds:
            self.problems.append(text)

    def click_map(self, x, y, twice=False):
        """Clicks the map so many pixels from its middle."""
        canvas = self.driver.find_element("css selector", ".map-canvas")
        actions = ActionChains(self.driver, duration=50).move_to_element_with_offset(canvas, x, y)
        (actions.double_click() if twice else actions.click()).perform()

    # The chapters

    def tell(self):
        make_scenes(self.options.scenes)
        self.browser.appear(1280, 860)
        self.browser.log_in(self.options.token)
        self.browser.language("en")
        self.find_scenes()
        self.fill_basket()
        job = self.start_job()
        self.watch(job)
        self.look_at_results(job)
        details.drop_a_result(self)
        details.order_jobs(self)
        self.digitise(job)
        self.on_a_phone(job)
        self.run_offline(job)

    def find_scenes(self):
        self.browser.open("/explore")
        self.press("Import scenes")
        folder = pathlib.Path(self.options.scenes).name
        found = "[...document.querySelectorAll('.path-list button')].find((one) => one.textContent.endsWith(arguments[0]))"
        self.browser.wait(lambda: self.run(f"return Boolean({found})", folder), "the shared folder")
        self.run(f"{found}.click()", folder)
        self.wait("document.querySelector('dialog .field [role=status]').textContent.length > 1", "the open folder")
        self.run("document.querySelector('dialog input[type=text]').value = 'story'")
        self.press("Import", "dialog[open]")
        self.wait("/Added: 4/.test(document.querySelector('dialog').textContent)", "four scenes to come in")
        self.screen("import")
        self.press("Close", "dialog[open]")
        self.wait("document.querySelectorAll('.scene-list li').length >= 4", "the scenes in the list")
        # The map goes to the first scenes that come; what is in view is then their surroundings.
        self.wait("!document.querySelector('.scene-list[aria-busy]')", "the search")
        self.press("What is in view")
        self.wait("location.hash.includes('area=')", "the area in the address")
        self.wait("document.querySelectorAll('.scene-list li').length >= 4", "the scenes of the area")
        self.screen("explore")
        details.upload_area(self)

    def fill_basket(self):
        self.run("document.querySelector('.scene-head input').click()")
        self.press("To the basket")
        self.wait("/4/.test(document.querySelector('.nav .count')?.textContent ?? '')", "four scenes in the basket")
        self.browser.open("/basket")
        self.wait("document.querySelectorAll('tbody tr').length >= 4", "the table of the basket")
        self.screen("basket")
        self.press("Use ")
        self.wait("document.querySelector('dialog[open] .row-link')", "the services that take scenes")
        self.screen("use-in-service")

    def start_job(self):
        services = "[...document.querySelectorAll('dialog[open] .row-link')]"
        self.run(f"({services}.find((one) => /glacier|ice/i.test(one.textContent)) ?? {services}[0]).click()")
        self.wait("location.hash.includes('/services/')", "the form")
        self.wait("document.querySelector('.run-box button[type=submit]')", "the button that starts the job")
        self.run("""for (const one of document.querySelectorAll('details')) one.open = true;
          const box = document.querySelector('[data-input="invert"]');
          const input = box?.matches('input') ? box : box?.querySelector('input');
          if (input && !input.checked) input.click();
          const title = document.querySelector('#job-title') ?? document.querySelector('[id*=job-title]');
          title.value = 'Story of a user'; title.dispatchEvent(new Event('input', { bubbles: true }));""")
        self.screen("new-job")
        self.pair = details.take_out_pairs(self)
        self.press("Start", ".run-box") if self.has("Start", ".run-box") else self.run(
            "document.querySelector('.run-box button[type=submit]').click()")
        self.wait("/#\\/jobs\\/[^/?]+/.test(location.hash)", "the screen of the job", 60)
        return self.run("return /#\\/jobs\\/([^/?]+)/.exec(location.hash)[1]")

    def has(self, words, within):
        return self.run("""return [...document.querySelectorAll(arguments[1] + ' button')]
          .some((one) => one.textContent.trim().startsWith(arguments[0]))""", words, within)

    def watch(self, job):
        self.wait("document.querySelector('#main h1')", "the job")
        self.screen("job-running")
        end = time.monotonic() + 600
        while time.monotonic() < end:
            status = json.loads(self.api(f"/api/jobs/{job}"))
            if status["status"] not in ("accepted", "running"):
                break
            time.sleep(1)
        if status["status"] != "successful":
            raise RuntimeError(f"the job ended as {status['status']}: {status.get('message')} {status.get('error')}")
        self.browser.open(f"/jobs/{job}")
        self.screen("job-done")
        details.pairs_of(self, job, self.pair)
        details.files_as_zip(self, job)
        details.stages_of(self)

    def look_at_results(self, job):
        self.browser.open(f"/jobs/{job}/map")
        self.wait("document.querySelector('[data-control=layer]')", "the layers")
        self.run("""const box = document.querySelector('[data-control=arrows]');
          if (box.type === 'checkbox') { if (!box.checked) box.click(); }
          else { box.selectedIndex = 1; box.dispatchEvent(new Event('change')); }""")
        self.wait("location.hash.includes('arrows=')", "the arrows")
        self.click_map(0, 0)
        self.wait("document.querySelectorAll('.point-table tbody tr').length === 1", "the value at the point", 60)
        cell = self.run("return document.querySelector('.point-table tbody tr td:nth-of-type(2)').textContent")
        speed = float("".join(sign for sign in cell.split()[0] if sign in "0123456789."))
        self.expect(abs(speed - SPEED) < 5, f"the speed at the point is {cell}, not {SPEED:.1f} m/yr within 5")
        self.screen("results")
        if self.run("return document.querySelector('.map-drawer .chart') !== null"):
            points = self.run("return document.querySelectorAll('.drawer-chart g.mark').length")
            self.expect(points >= 4, f"the series has {points} dates, not 4")
        else:
            self.problems.append("a click gives no series")
        details.uncertainty_of_speed(self)
        details.flow(self)
        details.read_against_ground(self, job)
        self.run("[...document.querySelectorAll('.map-tool')][1].click()")
        self.click_map(-100, -40)
        self.click_map(100, 40, twice=True)
        self.wait("document.querySelector('.map-drawer .chart')", "the profile")
        self.screen("profile")

    def digitise(self, job):
        self.browser.open(f"/digitise?job={job}")
        self.wait("document.querySelectorAll('.map-tool').length > 3", "the tools")
        self.run("document.querySelector('[data-control=class-stable-ground]').click()")
        for place, (x, y) in enumerate([(-120, -60), (40, -80), (60, 60)]):
            self.click_map(x, y, twice=place == 2)
        self.wait("document.querySelectorAll('.shape-list li').length === 1", "the shape in the list")
        self.run("document.querySelector('[data-control=save]').click()")
        self.wait("location.hash.includes('drawing=')", "the drawing to be kept")
        drawings = json.loads(self.api("/api/drawings"))["drawings"]
        self.expect(len(drawings) == 1 and drawings[0]["path"].endswith(".gpkg"), f"drawings: {drawings}")
        self.screen("digitise")

    def on_a_phone(self, job):
        self.browser.appear(360, 760, "dark")
        self.browser.language("fr")
        details.speak_french(self, job)
        for name, path in [("explore", "/explore"), ("results", f"/jobs/{job}/map"), ("digitise", f"/digitise?job={job}")]:
            self.browser.open(path)
            wide = self.run("return document.documentElement.scrollWidth - innerWidth")
            self.expect(wide <= 0, f"{name} is {wide} px too wide for a phone")
            self.screen(f"phone-{name}")

    def run_offline(self, job):
        with tempfile.TemporaryDirectory() as folder:
            place = pathlib.Path(folder)
            (place / "job.json").write_bytes(self.api(f"/api/jobs/{job}/job.json"))
            done = subprocess.run(
                [self.options.tool, "run", str(place / "job.json"), "--out", str(place / "offline")],
                capture_output=True, text=True, cwd=folder)
            self.expect(done.returncode == 0, f"ogive run ended with {done.returncode}: {done.stdout}{done.stderr}")
            files = json.loads(self.api(f"/api/jobs/{job}/files"))["files"]
            rasters = [file["path"] for file in files if file["path"].endswith(".tif") and "products" in file["path"]]
            self.expect(len(rasters) > 5, f"only {len(rasters)} rasters")
            for raster in rasters:
                served = place / "served.tif"
                served.write_bytes(self.api(f"/api/jobs/{job}/files/{raster}"))
                own = place / "offline" / raster
                same = own.is_file() and filecmp.cmp(served, own, shallow=False)
                self.expect(same, f"{raster} is not the same offline")
            print(f"{len(rasters)} rasters compared with those of an offline run")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("address")
    parser.add_argument("--token", required=True)
    parser.add_argument("--scenes", required=True)
    parser.add_argument("--tool", default="ogive")
    parser.add_argument("--pictures")
    story = Story(parser.parse_args())
    try:
        story.tell()
    except Exception as error:
        story.browser.picture("00-where-it-ended", whole=False)
        story.problems.append(f"{type(error).__name__}: {error}")
    finally:
        story.browser.close()
    for problem in story.problems:
        print(problem)
    print(f"{len(story.problems)} problems")
    return 1 if story.problems else 0


if __name__ == "__main__":
    sys.exit(main())
