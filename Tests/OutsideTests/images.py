# SPDX-License-Identifier: Apache-2.0
"""Images of ground that moves as is known, in several map systems: images.py FOLDER writes them.

A sum of plane waves, known between the pixels; the motion grows with the days since the first image.
"""
import json
import pathlib
import sys

import numpy as np
import rasterio
from rasterio.transform import from_origin

# Name of the stack: EPSG code, upper left corner and side of a pixel in its units. South, pole, degrees and north.
SYSTEMS = {
    "south": (32719, 600_000, 6_200_000, 10),
    "pole": (3413, -200_000, -2_200_000, 10),
    "degrees": (4326, 7.0, 46.0, 0.0001),
    "north": (32633, 500_000, 5_100_000, 10),
}
DAYS = ["2020-01-01", "2020-01-06", "2020-01-16"]
# Pixels a day to the right and down.
MOTION = (0.05, -0.03)


def texture(rows, columns, right=0.0, down=0.0):
    """Values of a texture that has moved by so many pixels; arrays move each pixel by its own."""
    y, x = np.mgrid[0:rows, 0:columns].astype(float)
    x, y = x - right, y - down
    total = np.zeros((rows, columns))
    for step in range(40):
        length, angle = 4 * 15 ** (step / 39), step * 2.399963
        k = 2 * np.pi / length
        wave = np.cos(k * np.cos(angle) * x + k * np.sin(angle) * y + step * 1.618034 * np.pi)
        total += 0.25 * np.sqrt(length / 15) * wave
    return np.clip(np.rint(1000 + 270 * total), 0, 4000).astype(np.uint16)


def write(path, values, system):
    code, west, top, side = SYSTEMS[system]
    profile = {"driver": "GTiff", "count": 1, "dtype": values.dtype.name, "height": values.shape[0],
               "width": values.shape[1], "crs": f"EPSG:{code}", "transform": from_origin(west, top, side, side)}
    with rasterio.open(path, "w", **profile) as file:
        file.write(values, 1)


def stack(folder, system, rows=96, columns=128):
    """Three dates of steady motion."""
    folder.mkdir(parents=True, exist_ok=True)
    first = np.datetime64(DAYS[0])
    for day in DAYS:
        time = (np.datetime64(day) - first).astype(int)
        values = texture(rows, columns, MOTION[0] * time, MOTION[1] * time)
        write(folder / f"{day.replace('-', '')}.tif", values, system)


def quake(folder, system, rows=128, columns=160):
    """Two dates before an earthquake and two after it: the lower half has moved 0.8 px to the right."""
    folder.mkdir(parents=True, exist_ok=True)
    moved = np.where(np.arange(rows)[:, None] >= rows // 2, 0.8, 0.0) * np.ones((1, columns))
    for day, right in [("20200101", 0), ("20200106", 0), ("20200111", moved), ("20200116", moved)]:
        write(folder / f"{day}.tif", texture(rows, columns, right), system)


def points(path, system):
    """Places in the images, as a file of points."""
    code, west, top, side = SYSTEMS[system]
    features = [{"type": "Feature", "properties": {"name": f"{row}/{column}"},
                 "geometry": {"type": "Point", "coordinates": [west + side * column, top - side * row]}}
                for row in (40, 56) for column in (50, 64, 78)]
    crs = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{code}"}}
    path.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": features}))


def write_all(folder):
    folder = pathlib.Path(folder)
    for system in SYSTEMS:
        stack(folder / system, system)
    quake(folder / "quake", "south")
    points(folder / "points.geojson", "south")


if __name__ == "__main__":
    write_all(sys.argv[1])
