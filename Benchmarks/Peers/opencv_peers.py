# SPDX-License-Identifier: Apache-2.0
"""Time, memory and error of OpenCV and scikit-image on the pairs that ogive-bench writes.

usage: opencv_peers.py PAIRS_FOLDER OUTPUT.jsonl THREADS[,THREADS] RUNS
Writes one JSON object a line, of the same members as ogive-bench's own. Each case has the name of ours beside it.
"""
import json
import pathlib
import sys
import time

import cv2
import numpy as np
from skimage.registration import phase_cross_correlation

WINDOW = 51
RADIUS = 16
POINTS_PER_SIDE = 50


def read_pair(folder):
    pair = json.loads((folder / "pair.json").read_text())
    size = pair["size"]
    images = [
        np.fromfile(folder / f"{name}.f32", "<f4").reshape(size, size) for name in ("reference", "secondary")
    ]
    return pair, images


def truth(pair, rows, columns):
    """Offset of points of the reference: the inverse of the affine map of the secondary."""
    a, b, c = pair["column"]
    d, e, f = pair["row"]
    x, y, determinant = columns - a, rows - d, b * f - c * e
    return (f * x - c * y) / determinant - columns, (b * y - e * x) / determinant - rows


def lattice(size):
    margin = WINDOW // 2 + RADIUS + 2
    line = np.unique(np.linspace(margin, size - 1 - margin, POINTS_PER_SIDE).round().astype(int))
    columns, rows = np.meshgrid(line, line)
    return rows.ravel(), columns.ravel()


def parabola(before, at, after):
    curvature = before - 2 * at + after
    return 0.5 * (before - after) / curvature if curvature != 0 else 0.0


def search(reference, secondary, rows, columns):
    """Full search of the normalised correlation, refined by parabolas."""
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


def affine(reference, secondary, rows, columns):
    """Affine maximisation of the enhanced correlation (ECC), from a start of zero."""
    half, out = WINDOW // 2, []
    criteria = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 30, 1e-4)
    for r, c in zip(rows, columns):
        window = np.s_[r - half : r + half + 1, c - half : c + half + 1]
        try:
            warp = np.eye(2, 3, dtype=np.float32)
            _, warp = cv2.findTransformECC(
                reference[window], secondary[window], warp, cv2.MOTION_AFFINE, criteria, None, 1
            )
            moved = warp @ np.array([half, half, 1.0])
            out.append((moved[0] - half, moved[1] - half))
        except cv2.error:
            out.append((np.nan, np.nan))
    return np.array(out).T


def phase(reference, secondary, rows, columns):
    half, out = WINDOW // 2, []
    for r, c in zip(rows, columns):
        window = np.s_[r - half : r + half + 1, c - half : c + half + 1]
        shift = phase_cross_correlation(reference[window], secondary[window], upsample_factor=100, normalization=None)
        out.append((-shift[0][1], -shift[0][0]))
    return np.array(out).T


def as_bytes(image, low, high):
    return np.clip((image - low) / (high - low) * 255, 0, 255).astype(np.uint8)


def dense(reference, secondary, rows, columns):
    """Dense inverse search, medium preset, every pixel."""
    low, high = np.percentile(reference, (0.1, 99.9))
    flow = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM).calc(
        as_bytes(reference, low, high), as_bytes(secondary, low, high), None
    )
    return flow[rows, columns, 0], flow[rows, columns, 1]


CASES = [
    ("search", search, "points", f"opencv {cv2.__version__} matchTemplate"),
    ("least-squares", affine, "points", f"opencv {cv2.__version__} findTransformECC"),
    ("phase", phase, "points", "scikit-image phase_cross_correlation"),
    ("dense", dense, "px", f"opencv {cv2.__version__} DIS"),
]


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


def measure(name, function, unit, tool, pair, images, threads, runs):
    cv2.setNumThreads(threads)
    rows, columns = lattice(pair["size"])
    reset_peak()
    wall = cpu = float("inf")
    for _ in range(runs):
        wall_start, cpu_start = time.perf_counter(), time.process_time()
        dx, dy = function(*images, rows, columns)
        wall = min(wall, time.perf_counter() - wall_start)
        cpu = min(cpu, time.process_time() - cpu_start)
    true_dx, true_dy = truth(pair, rows, columns)
    error = np.nanmean(np.abs(np.concatenate([dx - true_dx, dy - true_dy])))
    return {
        "tool": tool, "name": name, "size": pair["size"], "threads": threads, "seconds": wall, "cpuSeconds": cpu,
        "peakMegabytes": peak_megabytes(), "work": float(rows.size if unit == "points" else pair["size"] ** 2),
        "workUnit": unit, "error": float(error), "errorUnit": "px MAE",
    }


def main():
    folder, output, threads, runs = sys.argv[1:5]
    with open(output, "w") as file:
        for path in sorted(pathlib.Path(folder).iterdir(), key=lambda p: int(p.name)):
            pair, images = read_pair(path)
            for name, function, unit, tool in CASES:
                for count in map(int, threads.split(",")):
                    print(f"{tool} {pair['size']} {count} ...", file=sys.stderr)
                    row = measure(name, function, unit, tool, pair, images, count, int(runs))
                    file.write(json.dumps(row) + "\n")


main()
