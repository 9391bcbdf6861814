# SPDX-License-Identifier: Apache-2.0
"""Every raster and every map in a NetCDF file opens in QGIS in the map system it should have: qgis_files.py FOLDER.

Run by the Python that Debian's `python3-qgis` belongs to; `qgis_files.py --check` says whether it is there.
"""
import os
import sys

os.environ["QT_QPA_PLATFORM"] = "offscreen"
from osgeo import gdal
from qgis.core import QgsApplication, QgsRasterLayer

from files import fetched

gdal.UseExceptions()


def maps(path):
    """Addresses of the maps in a file: a raster is one, a NetCDF file has one for each variable over rows and columns."""
    if path.suffix == ".tif":
        return [str(path)]
    group = gdal.OpenEx(str(path), gdal.OF_MULTIDIM_RASTER).GetRootGroup()
    plane = (["y", "x"], ["latitude", "longitude"], ["lat", "lon"])
    return [f'NETCDF:"{path}":{name}' for name in group.GetMDArrayNames()
            if [axis.GetName() for axis in group.OpenMDArray(name).GetDimensions()[-2:]] in plane]


def problem(address, epsg):
    """What QGIS makes of a map that it should not; None when all is well."""
    layer = QgsRasterLayer(address, "layer", "gdal")
    if not layer.isValid():
        return "does not open"
    wanted = f"EPSG:{epsg}" if epsg else ""
    if layer.crs().authid() != wanted:
        return f"opens in '{layer.crs().authid() or layer.crs().description()}', not in '{wanted}'"
    return None


def main():
    application = QgsApplication([], False)
    application.initQgis()
    found, seen, problems = fetched(".tif", ".nc"), 0, []
    for path, process, epsg in found:
        for address in maps(path):
            seen += 1
            if said := problem(address, epsg):
                problems.append(f"{process} {path.name} {said}")
    for line in problems:
        print(line)
    print(f"{len(found)} files, {seen} maps, QGIS: {len(problems)} problems")
    application.exitQgis()
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(0 if sys.argv[1] == "--check" else main())
