# SPDX-License-Identifier: Apache-2.0
"""Time, memory and error of matchers that pip can install, on the pairs that ogive-bench writes.

usage: peers.py PAIRS_FOLDER OUTPUT.jsonl THREADS[,THREADS] RUNS
Writes one JSON object a line, of the same members as ogive-bench's own. Each case has the name of ours beside it.
A package that is missing or does not run is left out with a line on standard error.
"""
import importlib
import importlib.metadata
import json
import pathlib
import sys
import time

import numpy as np

WINDOW = 51
RADIUS = 16
SPACING = 16


def package(name):
    try:
        return importlib.import_module(name)
    except ImportError as error:
        print(f"peers: without {name}: {error}", file=sys.stderr)
        return None


cv2 = package("cv2")
registration = package("skimage.registration")
piv = package("openpiv.pyprocess")


def version(distribution):
    return importlib.metadata.version(distribution)


def read_pair(folder):
    pair = json.loads((folder / "pair.json").read_text())
    names = ("reference", "secondary", "truth_dx", "truth_dy")
    size = pair["size"]
    pair.update({name: np.fromfile(folder / f"{name}.f32", "<f4").reshape(size, size) for name in names})
    return pair


def lattice(size):
    line = 64 + SPACING * np.arange((size - 128) // SPACING)
    columns, rows = np.meshgrid(line, line)
    return rows.ravel(), columns.ravel()


def parabola(before, at, after):
    curvature = before - 2 * at + after
    return 0.5 * (before - after) / curvature if curvature != 0 else 0.0


def search(pair, rows, columns):
    """Full search of the normalised correlation, refined by parabolas."""
    reference, secondary = pair["reference"], pair["secondary"]
    half, out = WINDOW // 2, []
    for r, c in zip(rows, columns):
        template = reference[r - half : r + half + 1, c - half : c + half + 1]
        area = secondary[r - half - RADIUS : r + half + RADIUS + 1, c - half - RADIUS : c + half + RADIUS + 1]
        ncc = cv2.matchTemplate(area, template, cv2.TM_CCOEFF_NORMED)
        _, _, _, (x, y) = cv2.minMaxLoc(ncc)
        dx, dy = float(x), float(y)
        if 0 < x < 2 * RADIUS:
            dx += parabola(ncc[y, x - 1], ncc[y, x], ncc[y, x + 1])
        if 0 < y < 2 * RADIUS:
            dy += parabola(ncc[y - 1, x], ncc[y, x], ncc[y + 1, x])
        out.append((dx - RADIUS, dy - RADIUS))
    return np.array(out).T


def affine(pair, rows, columns):
    """Affine maximisation of the enhanced correlation (ECC), started by the whole-pixel search."""
    reference, secondary = pair["reference"], pair["secondary"]
    half, out = WINDOW // 2, []
    criteria = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 50, 1e-4)
    start_x, start_y = np.rint(search(pair, rows, columns))
    for r, c, x, y in zip(rows, columns, start_x, start_y):
        template = reference[r - half : r + half + 1, c - half : c + half + 1]
        top, left = max(0, r - half - 8), max(0, c - half - 8)
        area = secondary[top : r + half + 9, left : c + half + 9]
        warp = np.array([[1, 0, c - half - left + x], [0, 1, r - half - top + y]], np.float32)
        try:
            _, warp = cv2.findTransformECC(template, area, warp, cv2.MOTION_AFFINE, criteria, None, 1)
            moved = warp @ np.array([half, half, 1.0])
            out.append((moved[0] + left - c, moved[1] + top - r))
        except cv2.error:
            out.append((np.nan, np.nan))
    return np.array(out).T


def lucas_kanade(pair, rows, columns):
    """Pyramidal Lucas-Kanade: a shift of each window."""
    images = [as_bytes(pair[name], pair) for name in ("reference", "secondary")]
    points = np.stack([columns, rows], 1).astype(np.float32)[:, None]
    criteria = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 50, 1e-3)
    moved, found, _ = cv2.calcOpticalFlowPyrLK(
        *images, points, None, winSize=(WINDOW, WINDOW), maxLevel=3, criteria=criteria
    )
    offset = np.where(found[:, 0, None] == 1, (moved - points)[:, 0], np.nan)
    return offset[:, 0], offset[:, 1]


def phase(pair, rows, columns):
    half, out = WINDOW // 2, []
    for r, c in zip(rows, columns):
        window = np.s_[r - half : r + half + 1, c - half : c + half + 1]
        shift = registration.phase_cross_correlation(
            pair["reference"][window], pair["secondary"][window], upsample_factor=100, normalization=None
        )
        out.append((-shift[0][1], -shift[0][0]))
    return np.array(out).T


def particle_velocimetry(pair, rows, columns):
    """Extended search of OpenPIV: windows of 48 px in areas of 64 px, every 16 px, Gaussian peak."""
    u, v, _ = piv.extended_search_area_piv(
        pair["reference"].astype(np.int32), pair["secondary"].astype(np.int32), window_size=48, overlap=48,
        search_area_size=64, sig2noise_method="peak2peak",
    )
    x, y = piv.get_coordinates(pair["reference"].shape, search_area_size=64, overlap=48)
    # Its points are its own: the nearest to each of ours, whose truth differs by less than the errors.
    column = np.clip(np.rint((columns - x[0, 0]) / 16).astype(int), 0, u.shape[1] - 1)
    row = np.clip(np.rint((rows - y[0, 0]) / 16).astype(int), 0, u.shape[0] - 1)
    return u[row, column], v[row, column]


def as_bytes(image, pair):
    low, high = np.percentile(pair["reference"], (0.1, 99.9))
    if pair["reference"].min() >= 0 and pair["reference"].max() <= 255:
        low, high = 0, 255
    return np.clip((image - low) / (high - low) * 255, 0, 255).astype(np.uint8)


def dense(pair, rows, columns):
    """Dense inverse search, medium preset, every pixel."""
    images = [as_bytes(pair[name], pair) for name in ("reference", "secondary")]
    flow = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM).calc(*images, None)
    return flow[rows, columns, 0], flow[rows, columns, 1]


def cases():
    if cv2:
        name = f"OpenCV {cv2.__version__}"
        yield "search", search, "points", f"{name} matchTemplate + parabola"
        yield "least-squares-16", affine, "points", f"{name} matchTemplate + findTransformECC"
        yield "least-squares-16", lucas_kanade, "points", f"{name} calcOpticalFlowPyrLK"
        yield "dense", dense, "px", f"{name} DIS"
    if registration:
        yield "phase", phase, "points", f"scikit-image {version('scikit-image')} phase_cross_correlation"
    if piv:
        yield "search", particle_velocimetry, "points", f"OpenPIV {version('openpiv')} extended search"


def peak_megabytes():
    for line in open("/proc/self/status"):
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return float("nan")


def reset_peak():
    try:
        pathlib.Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        pass


def measure(name, function, unit, tool, pair, threads, runs):
    if cv2:
        cv2.setNumThreads(threads)
    rows, columns = lattice(pair["size"])
    reset_peak()
    wall = cpu = float("inf")
    for _ in range(runs):
        wall_start, cpu_start = time.perf_counter(), time.process_time()
        dx, dy = function(pair, rows, columns)
        wall = min(wall, time.perf_counter() - wall_start)
        cpu = min(cpu, time.process_time() - cpu_start)
    error = np.concatenate([dx - pair["truth_dx"][rows, columns], dy - pair["truth_dy"][rows, columns]])
    return {
        "tool": tool, "name": name, "pair": pair["pair"], "size": pair["size"], "threads": threads, "seconds": wall,
        "cpuSeconds": cpu, "peakMegabytes": peak_megabytes(),
        "work": float(rows.size if unit == "points" else pair["size"] ** 2), "workUnit": unit,
        "valid": float(np.isfinite(error).mean()), "error": float(np.nanmean(np.abs(error))),
        "rootMeanSquare": float(np.sqrt(np.nanmean(error**2))),
    }


def main():
    folder, output, threads, runs = sys.argv[1:5]
    with open(output, "w") as file:
        for path in sorted(pathlib.Path(folder).iterdir(), key=lambda p: int(p.name)):
            pair = read_pair(path)
            for name, function, unit, tool in cases():
                for count in map(int, threads.split(",")):
                    # Python loops over small windows use one thread whatever they are given.
                    if count > 1 and unit == "points":
                        continue
                    print(f"{tool} {pair['size']} {count} ...", file=sys.stderr)
                    try:
                        row = measure(name, function, unit, tool, pair, count, int(runs))
                        file.write(json.dumps(row) + "\n")
                    except Exception as error:  # a peer's own failure ends its row only
                        print(f"peers: {tool} failed: {error}", file=sys.stderr)


main()
