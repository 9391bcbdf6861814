# SPDX-License-Identifier: Apache-2.0
"""Writes dated scenes of a texture that moves evenly to the east: what the story of a user begins with."""

import datetime
import pathlib
import struct

import numpy

WEST, NORTH, PIXEL = 400000.0, 5100000.0, 10.0
"""Corner of the images in EPSG:32632, metres, and the side of a pixel."""

FIRST = datetime.date(2020, 6, 1)


def texture(side, shift):
    """Plane waves of 5 to 60 px whose directions come from irrational steps, seen `shift` px further right."""
    rows, columns = numpy.mgrid[0:side, 0:side].astype(float)
    total = numpy.zeros((side, side))
    for number in range(40):
        length = 5.0 * 1.065**number
        angle = number * 2.399963
        phase = number * 1.7
        wave = 2 * numpy.pi / length
        total += numpy.cos(wave * (numpy.cos(angle) * (columns - shift) + numpy.sin(angle) * rows) + phase)
    return numpy.clip(2000 + 250 * total, 1, 10000).astype("<u2")


def write_tiff(path, image):
    """An uncompressed GeoTIFF in EPSG:32632."""
    rows, columns = image.shape
    scale = struct.pack("<3d", PIXEL, PIXEL, 0)
    tie = struct.pack("<6d", 0, 0, 0, WEST, NORTH, 0)
    # Version 1.1.0 and three keys: projected, pixel is area, EPSG 32632.
    keys = struct.pack("<16H", 1, 1, 0, 3, 1024, 0, 1, 1, 1025, 0, 1, 1, 3072, 0, 1, 32632)
    entries = [
        (256, 4, 1, columns), (257, 4, 1, rows), (258, 3, 1, 16), (259, 3, 1, 1), (262, 3, 1, 1), (273, 4, 1, None),
        (277, 3, 1, 1), (278, 4, 1, rows), (279, 4, 1, rows * columns * 2), (339, 3, 1, 1),
        (33550, 12, 3, scale), (33922, 12, 6, tie), (34735, 3, 16, keys),
    ]
    start = 8 + 2 + 12 * len(entries) + 4
    extra = b""
    table = struct.pack("<H", len(entries))
    data_start = start + len(scale) + len(tie) + len(keys)
    for tag, kind, count, value in entries:
        if isinstance(value, bytes):
            table += struct.pack("<HHII", tag, kind, count, start + len(extra))
            extra += value
        elif kind == 3:
            table += struct.pack("<HHIHH", tag, kind, count, value, 0)
        else:
            table += struct.pack("<HHII", tag, kind, count, data_start if value is None else value)
    header = struct.pack("<2sHI", b"II", 42, 8)
    path.write_bytes(header + table + struct.pack("<I", 0) + extra + image.tobytes())


def make_scenes(folder, count=4, side=320, days=16, pixels_a_day=0.05):
    """
    Writes `count` scenes, `days` apart, into a folder and gives their paths.

    The ground moves `pixels_a_day` to the east: at 10 m a pixel 0.05 px/d are 182.6 m/yr.
    """
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number in range(count):
        day = FIRST + datetime.timedelta(days=days * number)
        path = folder / f"{day:%Y%m%d}.tif"
        write_tiff(path, texture(side, pixels_a_day * days * number))
        paths.append(path)
    return paths
