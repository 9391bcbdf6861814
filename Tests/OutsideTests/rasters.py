# SPDX-License-Identifier: Apache-2.0
"""Every raster of every job is a valid cloud-optimised GeoTIFF, by rio-cogeo, strictly: rasters.py FOLDER."""
from rio_cogeo.cogeo import cog_validate

from files import fetched
from server import verdict

found, problems = fetched(".tif"), []
for path, process, _ in found:
    is_valid, errors, warnings = cog_validate(str(path), strict=True, quiet=True)
    if not is_valid or errors or warnings:
        problems.append(f"{process} {path.name}: {errors + warnings}")
verdict(problems, f"{len(found)} rasters, rio-cogeo")
