# SPDX-License-Identifier: Apache-2.0
"""Chapters of the story of a user that look at single things: pairs taken out, ground that stands still, order, areas.

Each takes the `Story` of story.py.
"""

import csv
import io
import json
import pathlib
import struct
import tempfile
import urllib.request
import zipfile

from french import ENGLISH, TEXTS


def take_out_pairs(story):
    """On the form: a click takes a pair out, keys take an image out and put it back; the job file says so."""
    story.wait("document.querySelectorAll('.network-drawing [data-pair]').length > 0", "the network", 60)
    count = "document.querySelectorAll('.network-drawing [data-pair]').length"
    before = story.run(f"return {count}")
    story.expect(before == 6, f"four images within five acquisitions have 6 pairs, not {before}")
    names = story.run("return [...document.querySelectorAll('[data-scene]')].map((one) => one.dataset.scene)")
    pair = f"{names[0]}:{names[3]}"
    story.run("""document.querySelector(`[data-pair="${arguments[0]}"] .hit`)
      .dispatchEvent(new MouseEvent('click', { bubbles: true }))""", pair)
    story.wait("/1 pair taken out/.test(document.querySelector('.network .legend').textContent)", "the pair to go")
    # By keys: up from the pair to its first image, on to the second, out and in again.
    press = """document.querySelector('.network-drawing').focus();
      for (const key of arguments[0]) document.activeElement.dispatchEvent(
        new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));"""
    story.run(press, ["ArrowUp", "ArrowRight", "Enter"])
    story.wait("document.querySelectorAll('.network-drawing [data-pair]').length < 5", "the image's pairs to go")
    story.screen("network")
    story.run(press, ["Enter"])
    story.wait(f"{count} === 6", "the image to come back")
    box = "[...document.querySelectorAll('input[data-row]')].find((one) => one.dataset.row === arguments[0])"
    story.expect(story.run(f"return {box}.checked", pair) is False, "the table still has the pair")
    given = story.run("return document.querySelector('[data-input=leaveOutPairs] input').value")
    story.expect(given == pair, f"the form leaves out '{given}', not '{pair}'")
    return pair


def pairs_of(story, job, pair):
    """The job has measured the pairs that were kept, and no other."""
    folders = {file["path"].split("/")[1] for file in json.loads(story.api(f"/api/jobs/{job}/files"))["files"]
               if file["path"].startswith("pairs/") and file["path"].endswith("/dx.tif")}
    story.expect(len(folders) == 5, f"5 pairs were kept, and the job has {sorted(folders)}")
    inputs = json.loads(story.api(f"/api/jobs/{job}/job.json"))["inputs"]
    story.expect(inputs["leaveOutPairs"] == [pair], f"the job file leaves out {inputs.get('leaveOutPairs')}")


def files_as_zip(story, job):
    """The products alone, and everything, come as zip files with the names of the list."""
    listed = {file["path"] for file in json.loads(story.api(f"/api/jobs/{job}/files"))["files"]}
    links = story.run("""return [...document.querySelectorAll('a[href*="files.zip"]')]
      .map((one) => one.getAttribute('href'))""")
    story.expect(len(links) == 2, f"two archives are offered, not {links}")
    for link in links:
        with zipfile.ZipFile(io.BytesIO(story.api(link))) as archive:
            names = {name.split("/", 1)[1] for name in archive.namelist()}
        wanted = {path for path in listed if "path=" not in link or path.startswith("products/")}
        story.expect(wanted and names == wanted, f"{link} differs from the list by {sorted(names ^ wanted)[:5]}")


def stages_of(story):
    """The stages say when they ran, on a time line."""
    story.run("document.querySelector('.timeline').closest('details').open = true")
    rows = story.run("return document.querySelectorAll('.timeline li').length")
    story.expect(rows > 3, f"the time line has {rows} stages")
    story.screen("timeline")


def read_against_ground(story, job):
    """Series and tables relative to an area: ground that moves alike stands still against it."""
    corners = story.run("""const view = document.querySelector('.map-canvas').getBoundingClientRect();
      return [view.width, view.height]""")
    story.run("[...document.querySelectorAll('.map-tool')].at(-1).click()")
    story.run("document.querySelector('[data-control=reference-Polygon]').click()")
    for place, (x, y) in enumerate([(-90, -60), (60, -70), (50, 60)]):
        story.click_map(x, y, twice=place == 2)
    story.wait("location.hash.includes('reference=')", f"the reference in the address (map of {corners})")
    story.wait("/median of \\d+ pixels/.test(document.querySelector('.map-drawer').textContent)", "words on it")
    story.wait("/relative/.test(document.querySelector('.drawer-chart')?.textContent ?? '')", "the relative series")
    story.screen("reference")
    address = story.run("return document.querySelector('.map-drawer a[href*=\"series.csv\"]').getAttribute('href')")
    rows = list(csv.DictReader(io.StringIO(story.api(address).decode())))
    name = next((one for one in rows[0] if one.startswith("east_displacement_relative")), None)
    story.expect(name is not None, f"the table has no relative column: {list(rows[0])}")
    last = rows[-1]
    story.expect(abs(float(last[name])) < 2, f"ground that moves alike moves by {last[name]} m against itself")
    story.expect(last["relative_to"].startswith("the median of "), f"the table does not say against what: {last}")
    plain = list(csv.DictReader(io.StringIO(story.api(address.split("&reference")[0]).decode())))
    own = float(plain[-1]["east_displacement_m"])
    story.expect(own > 15, f"the ground itself moves by {own} m, not by 24")
    story.run("document.querySelector('[data-control=no-reference]').click()")
    story.wait("!location.hash.includes('reference=')", "the reference to go")


def flow(story):
    """Particles drift; for those who asked for less motion their trails stand still."""
    inked = """const canvas = document.querySelector('.map-flow');
      if (canvas.width === 0) return 0;
      return canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data
        .filter((value, index) => index % 4 === 3 && value > 60).length"""
    story.expect(story.run(inked) == 0, "the flow is shown before anyone asked for it")
    story.run("document.querySelector('[data-control=flow]').click()")
    story.browser.wait(lambda: story.run(inked) > 300, "the trails")
    story.screen("flow")
    # They are drawn anew while tiles come in; then they keep still for a second, which trails that drift never do.
    still = """const done = arguments[arguments.length - 1];
      const canvas = document.querySelector('.map-flow'), first = canvas.toDataURL();
      setTimeout(() => done(first === canvas.toDataURL()), 1000);"""
    story.browser.wait(lambda: story.browser.driver.execute_async_script(still), "the trails to keep still")
    story.run("document.querySelector('[data-control=flow]').click()")
    story.browser.wait(lambda: story.run(inked) == 0, "the trails to go")


def uncertainty_of_speed(story):
    """The speed has a standard deviation of its own, which can be shown instead of it."""
    story.run("""const select = document.querySelector('[data-control=layer]');
      select.value = 'speed'; select.dispatchEvent(new Event('change'))""")
    story.wait("document.querySelector('[data-control=uncertainty-sigma]')", "the uncertainty of the speed")


def speak_french(story, job):
    """The screens of a job, its layers among them, say nothing in English but what the server itself says."""
    for path in [f"/jobs/{job}?tab=files", f"/jobs/{job}?tab=parameters", f"/jobs/{job}/map?points=7.73,46.03",
                 f"/jobs/{job}/publish", "/basket"]:
        story.browser.open(path)
        for text in story.run(TEXTS):
            story.expect(len(set(ENGLISH.findall(text))) < 2, f"{path} says in French: {text}")


def upload_area(story):
    """A zipped shapefile becomes the area of the search."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "outline.zip"
        path.write_bytes(shapefile(400500, 5097500, 402000, 5099000))
        story.press("Text, file or tile")
        story.wait("document.querySelector('dialog[open] input[type=file]')", "the dialog")
        story.driver.find_element("css selector", "dialog[open] input[type=file]").send_keys(str(path))
        story.wait("!document.querySelector('dialog[open]') && /Polygon|Area/i.test(document.querySelector('.area-now')"
                   "?.textContent ?? '')", "the area of the file")
    story.wait("document.querySelectorAll('.scene-list li').length >= 4", "the scenes of the area")
    story.screen("area-of-file")


PROJECTION = """PROJCS["WGS 84 / UTM zone 32N",GEOGCS["WGS 84",
DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],
PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],
PARAMETER["latitude_of_origin",0],PARAMETER["central_meridian",9],PARAMETER["scale_factor",0.9996],
PARAMETER["false_easting",500000],PARAMETER["false_northing",0],UNIT["metre",1]]"""


def shapefile(west, south, east, north):
    """A zipped shapefile of one box in UTM zone 32."""
    ring = [(west, south), (west, north), (east, north), (east, south), (west, south)]
    box = struct.pack("<4d", west, south, east, north)
    content = struct.pack("<i", 5) + box + struct.pack("<3i", 1, len(ring), 0)
    content += b"".join(struct.pack("<2d", *corner) for corner in ring)

    def head(words):
        return (struct.pack(">i", 9994) + bytes(20) + struct.pack(">i", words) + struct.pack("<2i", 1000, 5) + box
                + bytes(32))

    record = struct.pack(">2i", 1, len(content) // 2)
    table = struct.pack("<4Bi2H20x", 3, 120, 1, 1, 1, 65, 3) + b"id".ljust(11, b"\0") + b"N" + bytes(4) + bytes([2, 0])
    table += bytes(14) + b"\r" + b"  1" + b"\x1a"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("outline/area.shp", head(50 + (8 + len(content)) // 2) + record + content)
        archive.writestr("outline/area.shx", head(54) + struct.pack(">2i", 50, len(content) // 2))
        archive.writestr("outline/area.dbf", table)
        archive.writestr("outline/area.prj", PROJECTION.replace("\n", ""))
    return out.getvalue()


def drop_a_result(story):
    """A result that is dragged from what is at hand onto an input is taken, and taken away again."""
    story.browser.open("/services/invert")
    story.wait("document.querySelector('.tray li[draggable]')", "what is at hand")
    story.run("""const carried = new DataTransfer();
      const drag = (name, place) => place.dispatchEvent(
        new DragEvent(name, { dataTransfer: carried, bubbles: true, cancelable: true }));
      drag('dragstart', [...document.querySelectorAll('.tray li')].at(-1));
      const zone = document.querySelector('#main .fields .drop');
      drag('dragover', zone); drag('drop', zone);""")
    story.wait("/Story of a user/.test(document.querySelector('.chosen li')?.textContent ?? '')", "the result as input")
    story.screen("dropped")
    story.run("document.querySelector('.chosen li button').click()")
    story.wait("document.querySelectorAll('.chosen li').length === 0", "the input to be empty")


def order_jobs(story):
    """The list of jobs comes in the order that is chosen, also after a reload."""
    for title in ["Zeta", "alpha"]:
        request = urllib.request.Request(
            story.browser.address + "/api/processes/echo/execution",
            data=json.dumps({"inputs": {"message": "x"}, "title": title}).encode(), method="POST",
            headers={"Authorization": f"Bearer {story.options.token}", "Content-Type": "application/json",
                     "Prefer": "respond-async"})
        urllib.request.urlopen(request).close()
    story.browser.open("/jobs?owner=me")
    titles = "[...document.querySelectorAll('tbody th a')].map((one) => one.textContent)"
    story.wait("document.querySelectorAll('tbody tr').length === 3", "three jobs")
    story.run("""const select = document.querySelector('#job-order');
      select.value = 'title'; select.dispatchEvent(new Event('change'))""")
    story.wait(f"{titles}.join() === 'alpha,Story of a user,Zeta'", "the jobs by name")
    story.run("document.querySelector('th[data-column=title] button').click()")
    story.wait(f"{titles}.join() === 'Zeta,Story of a user,alpha'", "the jobs by name, backwards")
    story.wait("location.hash.includes('sort=-title')", "the order in the address")
    story.run("""for (const box of document.querySelectorAll('td.select input'))
      if (!/Story/.test(box.ariaLabel)) box.click()""")
    story.wait("document.querySelector('[role=toolbar] .button-danger')", "what can be done with several")
    story.screen("jobs-selected")
