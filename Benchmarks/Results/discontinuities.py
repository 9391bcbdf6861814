# SPDX-License-Identifier: Apache-2.0
"""Simulates faults and glaciers with `ogive simulate`, matches them, and prints errors against distance as Markdown.

usage: discontinuities.py OGIVE IMAGE WORK_FOLDER
"""
import pathlib
import shutil
import subprocess
import sys

import numpy as np
import rasterio
from scipy import ndimage

BORDER = 96
DISTANCES = [0, 4, 8, 12, 16, 24, 32, 48, 64, 128, 4096]
CURVATURES = [0, 25, 50, 75, 90, 97, 100]


def run(*command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip())


def read(path):
    with rasterio.open(path) as file:
        return file.read(1, masked=True).astype(np.float64).filled(np.nan), file.transform


class Scene:
    """Errors of dx and dy at the measured points of a simulated pair."""

    def __init__(self, ogive, image, work, *field):
        shutil.rmtree(work, ignore_errors=True)
        truth, out = work / "truth", work / "measured"
        run(ogive, "simulate", image, "--out", truth, "--quiet", *field)
        run(ogive, "match", truth / "reference.tif", truth / "secondary.tif", "--out", out, "--quiet")
        true = [read(truth / f"truth_{axis}.tif")[0] for axis in ("dx", "dy")]
        self.true = true
        found, to_map = read(out / "products/dx.tif")
        with rasterio.open(truth / "truth_dx.tif") as file:
            to_pixel = ~file.transform
        columns, rows = np.meshgrid(np.arange(found.shape[1]) + 0.5, np.arange(found.shape[0]) + 0.5)
        x, y = to_pixel * (to_map * (columns, rows))
        self.place = np.floor(y).astype(int), np.floor(x).astype(int)
        inside = [(p >= BORDER) & (p < n - BORDER) for p, n in zip(self.place, true[0].shape)]
        self.inside = inside[0] & inside[1]
        measured = [read(out / f"products/{axis}.tif")[0] for axis in ("dx", "dy")]
        sigma = [read(out / f"products/{axis}_sigma.tif")[0] for axis in ("dx", "dy")]
        self.error = np.stack([m - t[self.place] for m, t in zip(measured, true)])
        self.ratio = self.error / np.stack(sigma)

    def rows(self, values, bounds, label):
        for low, high in zip(bounds, bounds[1:]):
            chosen = self.inside & (values >= low) & (values < high)
            valid = chosen & np.isfinite(self.error[0])
            if chosen.sum() < 20:
                continue
            error, ratio = np.abs(self.error[:, valid]), self.ratio[:, valid]
            inner = f"{np.median(error):.3f} | {np.quantile(error, 0.9):.3f} | {np.sqrt(np.mean(ratio**2)):.2f}"
            share = f"{100 * np.mean(np.abs(ratio) < 1):.0f} %"
            yield f"| {label(low, high)} | {100 * valid.sum() / chosen.sum():.0f} % | {inner} | {share} |"

    def all(self):
        valid = self.inside & np.isfinite(self.error[0])
        ratio = self.ratio[:, valid]
        return (f"{100 * valid.sum() / self.inside.sum():.1f} % measured, mean error {np.mean(np.abs(self.error[:, valid])):.4f} px, "
                f"error/sigma {np.sqrt(np.mean(ratio**2)):.2f}, {100 * np.mean(np.abs(ratio) < 1):.1f} % in 1 sigma")


def table(title, scene, values, bounds, head, label):
    print(f"\n### {title}\n\n{scene.all()}.\n")
    print(f"| {head} | measured | median error px | 90 % px | error/sigma | in 1 sigma |\n|---|---:|---:|---:|---:|---:|")
    print("\n".join(scene.rows(values, bounds, label)))


def fault(ogive, image, work, slip, noise):
    scene = Scene(ogive, image, work, "--field", "fault", "--locking-depth", 0, "--maximum-displacement", slip,
                  "--noise-variance", noise)
    step = sum(np.abs(np.diff(t, axis=axis, prepend=np.take(t, [0], axis=axis)))
               for t in scene.true for axis in (0, 1)) > 0.2 * slip
    distance = ndimage.distance_transform_edt(~step)[scene.place]
    table(f"Fault, slip {slip} px, noise variance {noise}", scene, distance, DISTANCES, "distance from the fault, px",
          lambda low, high: f"{low} to {high}" if high < 4096 else f"over {low}")


def glacier(ogive, image, work, noise):
    scene = Scene(ogive, image, work, "--field", "glacier", "--noise-variance", noise)
    speed = np.hypot(*scene.true)
    bend = np.hypot(*[np.gradient(np.gradient(speed, axis=a), axis=a) for a in (0, 1)])
    sharpest = ndimage.maximum_filter(bend, 51)[scene.place]
    bounds = np.percentile(sharpest[scene.inside], CURVATURES)
    bounds[-1] *= 2
    table(f"Glacier, up to 3 px, noise variance {noise}", scene, sharpest, bounds,
          "sharpest bend of the speed within 25 px, 1/px", lambda low, high: f"{low:.1e} and more")


def main():
    ogive, image, work = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    for slip, noise in ((3, 0.01), (1, 0.01), (1, 0.1)):
        fault(ogive, image, work / "fault", slip, noise)
    for noise in (0.01, 0.1):
        glacier(ogive, image, work / "glacier", noise)


main()
