# SPDX-License-Identifier: Apache-2.0
"""Writes the measured tables of docs/results/series.md anew: those between its marks.

usage: series.py OGIVE MAKER WORK PAGE [LOG] [SIZE...]

MAKER is make_velocity_cube.py of the collection, LOG what the tests `SeriesMeasurements` have printed for the cubes in
WORK, SIZE the sides of the cubes whose time and memory are compared. With no other argument than OGIVE, MAKER and WORK
the cubes are made and nothing else.
"""
import datetime
import os
import pathlib
import re
import subprocess
import sys

import h5py
import numpy as np

YEAR = 365.25
CUBES = (("seasonal", 0), ("surge", 2))


def made(maker, work, name, *words):
    """A simulated cube, made once."""
    folder = work / name
    if not (folder / "cube.nc").exists():
        subprocess.run([sys.executable, maker, "--out", folder, *words], check=True, stdout=subprocess.DEVNULL)
    return folder


def inverted(ogive, folder, *words):
    """Runs the inversion; its processor time in s and its largest memory in MB."""
    out = folder / "series"
    subprocess.run(["rm", "-rf", out], check=True)
    child = subprocess.Popen([ogive, "invert", folder / "cube.nc", "--out", out, "--quiet", "--threads", "1", *words],
                             stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    if status:
        sys.exit(f"ogive invert of {folder} ended with status {status}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def truth(folder, days):
    """Displacement since the start to the east and north at days since 2016-01-01: days x rows x columns."""
    t = np.load(folder / "truth.npz")
    years = np.asarray(days)[:, None, None] / YEAR

    def season(at):
        wave = t["amp"] / (2 * np.pi) * np.sin(2 * np.pi * (at - t["peak"]))
        return wave + t["surge"] * 0.15 * np.tanh((at - 3.2) / 0.15)

    along = t["v0"] * (years + t["trend"] * years ** 2 / 2 + season(years) - season(0 * years))
    return along * t["ue"], along * t["un"], t["v0"] > 0


def error(ogive, folder):
    """RMS error of the velocities between dates, m/yr, and shares within 1 and 1.96 sigma: on ice, on still ground."""
    inverted(ogive, folder, "--rasters=false")
    start = (datetime.date(2016, 1, 1) - datetime.date(1970, 1, 1)).days
    with h5py.File(folder / "series" / "series.nc") as cube:
        begin, end = cube["date1"][:] - start, cube["date2"][:] - start
        found, sigma = np.stack([cube["vx"], cube["vy"]]), np.stack([cube["errorx"], cube["errory"]])
    low, high = truth(folder, begin), truth(folder, end)
    years = ((end - begin) / YEAR)[:, None, None]
    wrong = found - np.stack([(high[k] - low[k]) / years for k in (0, 1)])
    out = []
    for place in (low[2], ~low[2]):
        e, z = wrong[:, :, place], (wrong / sigma)[:, :, place]
        out.append((np.sqrt((e ** 2).mean()), (abs(z) < 1).mean(), (abs(z) < 1.96).mean()))
    return out


def put(page, mark, lines):
    """Puts lines between the marks of a page."""
    text = page.read_text()
    begin, end = f"<!-- measured: {mark} -->\n", "<!-- end -->"
    if begin not in text:
        sys.exit(f"{page} has no mark {begin.strip()}")
    head, rest = text.split(begin, 1)
    page.write_text(head + begin + "\n" + "\n".join(lines) + "\n\n" + end + rest.split(end, 1)[1])


def errors(ogive, work, page):
    lines = ["| cube | ice | still ground | within 1 / 1.96 sigma on ice | on still ground |", "|---|---:|---:|---|---|"]
    for name, _ in CUBES:
        ice, still = error(ogive, work / name)
        shares = [f"{100 * a:.0f} / {100 * b:.0f} %" for _, a, b in (ice, still)]
        lines.append(f"| {name} | {ice[0]:.2f} | {still[0]:.2f} | {shares[0]} | {shares[1]} |")
    put(page, "error", lines)


def growth(ogive, maker, work, page, sizes):
    lines = ["| pixels | cube, MB | processor time, s | ms a pixel and direction | most memory, MB |", "|---:|---:|---:|---:|---:|"]
    for size in sizes:
        folder = made(maker, work, f"side-{size}", "--nx", str(size), "--ny", str(size))
        seconds, memory = inverted(ogive, folder, "--memory", "256", "--rasters=false")
        bytes_ = (folder / "cube.nc").stat().st_size / 1e6
        lines.append(f"| {size * size} | {bytes_:.0f} | {seconds:.1f} | {500 * seconds / size ** 2:.2f} | {memory:.0f} |")
    put(page, "growth", lines)


def printed(log, page):
    """Rows that the measuring tests have printed, with the names of the cubes for their paths."""
    rows = [re.sub(r"\| \S*Lowell\S*\.nc", "| Lowell Glacier", re.sub(r"\| (\S+/)?([^/\s]+)/cube\.nc", r"| \2", line))
            for line in log.read_text().splitlines() if line.startswith("| ")]
    held = [re.sub(r"\d{5,}", lambda n: f"{int(n[0]):,}".replace(",", " "), row) for row in rows if row.count("%") == 2]
    speed = [row for row in rows if row.rstrip().endswith("ms |")]
    plain = [row.replace("floor ", "") for row in rows if "threads" in row]
    put(page, "held-back", ["| cube | pairs × pixels × directions | of 68 % | of 95 % |", "|---|---:|---:|---:|"] + held)
    put(page, "speed", ["| cube | | a pixel and direction |", "|---|---|---:|"] + speed)
    put(page, "plain", ["| | inversion | memory alone |", "|---|---:|---:|"] + plain)


def main():
    ogive, maker, work = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
    work.mkdir(parents=True, exist_ok=True)
    for name, surge in CUBES:
        made(maker, work, name, "--surge", str(surge))
    if len(sys.argv) < 5:
        return
    page = pathlib.Path(sys.argv[4])
    errors(ogive, work, page)
    printed(pathlib.Path(sys.argv[5]), page)
    growth(ogive, maker, work, page, [int(size) for size in sys.argv[6:]])


main()
