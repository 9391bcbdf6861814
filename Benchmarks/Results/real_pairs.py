# SPDX-License-Identifier: Apache-2.0
"""Matches the real pairs with `ogive match` and prints what is known of them beside what was measured, as Markdown.

usage: real_pairs.py OGIVE DATA_FOLDER WORK_FOLDER [SENTINEL2_FOLDER]
A pair that is absent is left out with a line that says so.
"""
import pathlib
import shutil
import subprocess
import sys

import numpy as np
import rasterio

import parabola_pull

SPACING = 8
# Central tongue of Perito Moreno in pixels of the image.
TONGUE = {"columns": (1150, 1400), "rows": (250, 550)}
# Standard deviation of the noise beside the fixed edge, grey levels.
EDGE_NOISE = 8
FLAGS = ["measured", "no texture", "masked", "off image", "ambiguous", "no convergence", "imprecise", "inconsistent"]


def match(ogive, images, out, *flags):
    shutil.rmtree(out, ignore_errors=True)
    command = [ogive, "match", *map(str, images), "--out", str(out), "--quiet", *flags]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip())
    return {name: read(out / "products" / f"{name}.tif") for name in ("dx", "dy", "dx_sigma", "dy_sigma", "flags")}


def read(path):
    with rasterio.open(path) as file:
        return file.read(1, masked=True).astype(np.float64).filled(np.nan)


def shares(flags):
    counts = {int(k): int((flags == k).sum()) for k in np.unique(flags[np.isfinite(flags)])}
    total = sum(counts.values())
    names = lambda k: FLAGS[k] if k < len(FLAGS) else str(k)
    return ", ".join(f"{names(k)} {100 * n / total:.1f} %" for k, n in sorted(counts.items()))


def median(values):
    return f"{np.nanmedian(values):+.3f}"


def table(rows):
    print("| what | measured | known or bar |\n|---|---|---|")
    for row in rows:
        print("| " + " | ".join(row) + " |")


def sea_ice(ogive, data, work):
    images = sorted((data / "sea_ice_s1").glob("clip_HH_*.tif"))
    found = match(ogive, images, work / "sea-ice")
    valid = np.isfinite(found["dx"])
    overlap = found["flags"] != FLAGS.index("off image")
    print("## Sea ice, Sentinel-1, one day\n\n`ogive match DAY1.tif DAY2.tif --out DIR`: nothing given.\n")
    table([
        ("median offset, px", f"({median(found['dx'])}, {median(found['dy'])})", "(-28.5, +36.1), each within 0.5"),
        ("valid", f"{100 * valid.mean():.1f} % of all points", ">= 95 %"),
        ("valid where the moved window still lies in the image", f"{100 * valid[overlap].mean():.1f} %", ""),
        ("points", shares(found["flags"]), ""),
    ])


def perito_moreno(ogive, data, work):
    folder = data / "perito_moreno_s2"
    print("\n## Perito Moreno, Sentinel-2 composites\n")
    print("`ogive match A.jpg B.jpg --band 1 --preset glacier --pixel-size 6.5 --out DIR`. Tongue: columns")
    print("{}-{}, rows {}-{} px.\n".format(*TONGUE["columns"], *TONGUE["rows"]))
    rows, medians = [], []
    for first, second, known in [("20200101", "20200121", "4.8 to 5.4"), ("20200121", "20200131", "half of it")]:
        images = [folder / f"{day}.jpg" for day in (first, second)]
        found = match(ogive, images, work / f"perito-{second}", "--band", "1", "--preset", "glacier",
                      "--pixel-size", "6.5")
        box = tuple(slice(*(v // SPACING for v in TONGUE[axis])) for axis in ("rows", "columns"))
        dx, dy = found["dx"][box], found["dy"][box]
        medians.append(np.nanmedian(dx))
        inner = "{:+.2f}, {:+.2f}, {:+.2f}".format(*np.nanpercentile(dx, (25, 50, 75)))
        edge = np.isfinite(found["dx"]) & near_edge(images[0], found)
        still = edge & (np.hypot(found["dx"], found["dy"]) < 0.05)
        sigma = np.nanmedian(found["dx_sigma"][still])
        rows += [
            (f"{first} to {second}: tongue dx, px (quartiles)", inner, known),
            (f"{first} to {second}: tongue dy, px (median)", median(dy), ""),
            (f"{first} to {second}: tongue valid", f"{100 * np.isfinite(dx).mean():.1f} %", ""),
            (f"{first} to {second}: measured points under 0.05 px within 50 px of the polygon's edge",
             f"{int(still.sum())} of {int(edge.sum())}, sigma {sigma:.2f} px", "none tied to the edge: see the control"),
            (f"{first} to {second}: points", shares(found["flags"]), ""),
        ]
    rows.append(("ratio of the two tongue medians", f"{medians[1] / medians[0]:.3f}", "0.5 (10 of 20 days)"))
    rows += fixed_edge(ogive, folder / "20200101.jpg", work)
    table(rows)
    print("\nThe ice slows to nothing at the rock along the polygon, so a few points there are within noise of zero.")


def fixed_edge(ogive, image, work):
    """A copy whose inside moved by (3, -2) px and got noise, behind the same polygon: is anything tied to its edge?"""
    with rasterio.open(image) as file:
        first = file.read(1).astype(np.float64)
    noise = np.random.default_rng(1).normal(0, EDGE_NOISE, (2, *first.shape))
    outside = edge_distance(image) < 2
    second = np.where(outside, first, np.roll(first, (-2, 3), (0, 1)) + noise[1])
    first = np.where(outside, first, first + noise[0])
    paths = [work / "edge_first.tif", work / "edge_second.tif"]
    for path, values in zip(paths, (first, second)):
        profile = {"driver": "GTiff", "dtype": "uint8", "count": 1}
        with rasterio.open(path, "w", height=values.shape[0], width=values.shape[1], **profile) as file:
            file.write(np.clip(values.round(), 0, 255).astype("uint8"), 1)
    found = match(ogive, paths, work / "edge", "--preset", "glacier", "--pixel-size", "6.5")
    near = near_edge(image, found)
    speed, valid = np.hypot(found["dx"], found["dy"]), near & np.isfinite(found["dx"])
    error = np.hypot(found["dx"] - 3, found["dy"] + 2)[valid]
    return [
        (f"control: a copy moved by (3, -2) px behind the fixed polygon, noise of {EDGE_NOISE} grey levels in both; "
         "within 50 px of the edge", f"{100 * valid.sum() / near.sum():.1f} % measured", ""),
        ("control: the least motion there, px", f"{speed[valid].min():.2f}", "3.61; 0 where tied to the edge"),
        ("control: error there, px (median, 95 %)", "{:.3f}, {:.3f}".format(*np.percentile(error, (50, 95))), ""),
    ]


def edge_distance(image):
    """Distance of every pixel to the black outside of the polygon, px."""
    from scipy.ndimage import binary_opening, distance_transform_edt

    with rasterio.open(image) as file:
        black = file.read().max(axis=0) < 12
    return distance_transform_edt(~binary_opening(black, iterations=3))


def near_edge(image, found):
    """Points within 50 px of the black outside of the polygon."""
    distance = edge_distance(image)
    rows = np.minimum(SPACING // 2 + SPACING * np.arange(found["dx"].shape[0]), distance.shape[0] - 1)
    columns = np.minimum(SPACING // 2 + SPACING * np.arange(found["dx"].shape[1]), distance.shape[1] - 1)
    near = distance[np.ix_(rows, columns)]
    return (near > 0) & (near < 50)


def sentinel2(ogive, folder, work):
    images = [next(folder.glob(pattern)) for pattern in ("*20160529*.tif", "*20160608*.tif")]
    found = match(ogive, images, work / "sentinel2")
    print("\n## Sentinel-2 misregistration (arosics test pair)\n")
    print("`ogive match 20160529.tif 20160608.tif --out DIR`. The content of the earlier image lies 0.68 px to the")
    print("right and 1.88 px further up than in the later one, so it moves the other way from one to the other.\n")
    trusted = found["dx_sigma"] + found["dy_sigma"] < 0.2
    measured = tuple(np.nanmedian(found[name]) for name in ("dx", "dy"))
    plain, control = plain_correlation(images, measured)
    table([
        ("one shift for the scene: median dx weighted with 1/sigma², px", weighted(found, "dx"), "-0.68 within 0.05"),
        ("one shift for the scene: median dy weighted with 1/sigma², px", weighted(found, "dy"), "+1.88 within 0.05"),
        ("plain medians", f"({median(found['dx'])}, {median(found['dy'])})", ""),
        ("5 and 95 % of dx, px", "{:+.2f}, {:+.2f}".format(*np.nanpercentile(found["dx"], (5, 95))), ""),
        ("5 and 95 % of dy, px", "{:+.2f}, {:+.2f}".format(*np.nanpercentile(found["dy"], (5, 95))), ""),
        ("the same of points with sigma under 0.1 px",
         f"({median(found['dx'][trusted])}, {median(found['dy'][trusted])})", ""),
        ("points", shares(found["flags"]), ""),
        ("plain correlation: windows of 64 px every 64 px, ncc above 0.8, parabola", plain, "(-0.680, +1.879)"),
        ("the same on a copy of the later scene, moved by exactly ({:+.3f}, {:+.3f})".format(*measured),
         control, "({:+.3f}, {:+.3f})".format(*measured)),
    ])
    print("\nThe known value was measured with plain correlation and a parabola, which pulls towards whole pixels: on a")
    print("copy with an exact shift the same procedure errs by what separates the two values here.")


def weighted(found, name):
    valid = np.isfinite(found[name])
    values, weights = found[name][valid], found[name + "_sigma"][valid] ** -2.0
    order = np.argsort(values)
    share = np.cumsum(weights[order]) / weights.sum()
    return f"{values[order][np.searchsorted(share, 0.5)]:+.3f}"


def plain_correlation(images, offset):
    """Medians of plain correlation for the pair, and for the later scene against itself moved by `offset`."""
    with rasterio.open(images[0]) as first, rasterio.open(images[1]) as second:
        a, b = first.read(1).astype(np.float32), second.read(1).astype(np.float32)
        column, row = ~second.transform * (first.transform.c, first.transform.f)
    medians = [np.median(found, axis=0) for found in (
        parabola_pull.shifts(a, b, (round(row), round(column))),
        parabola_pull.shifts(*parabola_pull.moved(b, *offset)))]
    return ("({:+.3f}, {:+.3f})".format(*m) for m in medians)


def main():
    ogive, data, work = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    work.mkdir(parents=True, exist_ok=True)
    sea_ice(ogive, data, work)
    perito_moreno(ogive, data, work)
    if len(sys.argv) > 4 and sys.argv[4]:
        sentinel2(ogive, pathlib.Path(sys.argv[4]), work)
    else:
        print("\nThe Sentinel-2 pair could not be fetched, so it is not shown.")


main()
