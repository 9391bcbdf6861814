# SPDX-License-Identifier: Apache-2.0
"""What plain correlation with a parabola through its peak gives, on real images and on one whose shift is exact.

A parabola pulls towards whole pixels, so a median over a scene with one constant shift keeps that pull.
"""
import cv2
import numpy as np
from scipy import ndimage

WINDOW, RADIUS, STEP, LEAST_NCC = 64, 5, 64, 0.8


def vertex(before, peak, after):
    return (before - after) / (2 * (before - 2 * peak + after))


def shifts(first, second, origin=(0, 0)):
    """Offsets (dx, dy) of the windows that correlate well; pixel (0, 0) of `first` is `origin` (row, column) of
    `second`; 0 is missing."""
    found = []
    for row in range(0, first.shape[0] - WINDOW, STEP):
        for column in range(0, first.shape[1] - WINDOW, STEP):
            top, left = row + origin[0] - RADIUS, column + origin[1] - RADIUS
            end = (top + WINDOW + 2 * RADIUS, left + WINDOW + 2 * RADIUS)
            if top < 0 or left < 0 or end[0] > second.shape[0] or end[1] > second.shape[1]:
                continue
            template, area = first[row:row + WINDOW, column:column + WINDOW], second[top:end[0], left:end[1]]
            if (template <= 0).any() or (area <= 0).any():
                continue
            ncc = cv2.matchTemplate(area, template, cv2.TM_CCOEFF_NORMED)
            _, peak, _, (x, y) = cv2.minMaxLoc(ncc)
            if peak > LEAST_NCC and 0 < x < 2 * RADIUS and 0 < y < 2 * RADIUS:
                found.append((x - RADIUS + vertex(*ncc[y, x - 1:x + 2]), y - RADIUS + vertex(*ncc[y - 1:y + 2, x])))
    return np.array(found)


def moved(image, dx, dy, size=1400):
    """A square of the image without missing pixels, and the same square with its content moved by exactly (dx, dy)."""
    valid = ndimage.minimum_filter(image > 0, size=65)[::32, ::32]
    for row in range(0, valid.shape[0] - size // 32):
        for column in range(0, valid.shape[1] - size // 32):
            if valid[row:row + size // 32, column:column + size // 32].all():
                row, column = 32 * row, 32 * column
                place = np.mgrid[row:row + size, column:column + size].astype(np.float64)
                shifted = ndimage.map_coordinates(
                    image.astype(np.float64), place - np.array([dy, dx])[:, None, None], order=5)
                return image[row:row + size, column:column + size], shifted.astype(np.float32)
    raise RuntimeError(f"the scene has no {size} × {size} px without missing pixels")
