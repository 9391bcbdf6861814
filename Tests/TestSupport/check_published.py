# SPDX-License-Identifier: Apache-2.0
"""Look at published files with the programs of others: check_published.py FOLDER.

NetCDF: compliance-checker (cf:1.8) and xarray; styles: QGIS, where its Python module is there.
"""
import pathlib
import subprocess
import sys

folder = pathlib.Path(sys.argv[1])


def netcdf(path):
    import xarray

    checker = subprocess.run(["compliance-checker", "--test=cf:1.8", path], capture_output=True, text=True)
    passed = "All tests passed!" in checker.stdout
    print(path.name, "cf:1.8", "passed" if passed else "FAILED\n" + checker.stdout)
    with xarray.open_dataset(path, decode_coords="all", mask_and_scale=True) as data:
        vx, info = data["vx"], data["img_pair_info"].attrs
        print("  xarray:", dict(data.sizes), vx.dtype, str(data.time.values[0])[:16], info["date_dt"], "d",
              f"vx {float(vx.min()):.1f} to {float(vx.max()):.1f} {vx.attrs['units']}, missing {float(vx.isnull().mean()):.3f}")
    return passed


def styles():
    import os

    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from qgis.core import QgsApplication, QgsMapRendererParallelJob, QgsMapSettings, QgsRasterLayer
    from qgis.PyQt.QtCore import QSize

    application = QgsApplication([], False)
    application.initQgis()
    good = True
    for path in sorted(folder.glob("*.qml")):
        layer = QgsRasterLayer(str(path.with_suffix(".tif")), path.stem)
        # A layer takes the style beside it by itself; loading it again says whether it could.
        message, loaded = layer.loadNamedStyle(str(path))
        legend = layer.renderer().legendSymbologyItems()
        settings = QgsMapSettings()
        settings.setLayers([layer])
        settings.setExtent(layer.extent())
        settings.setDestinationCrs(layer.crs())
        settings.setOutputSize(QSize(600, 400))
        job = QgsMapRendererParallelJob(settings)
        job.start()
        job.waitForFinished()
        job.renderedImage().save(str(path.with_suffix(".qgis.png")))
        good = good and loaded and layer.isValid()
        print(path.name, layer.renderer().type(), layer.crs().authid(), "loaded" if loaded else message,
              [text for text, _ in legend][:1], [text for text, _ in legend][-1:])
    for path in sorted(folder.glob("*.nc")):
        layer = QgsRasterLayer(f'NETCDF:"{path}":vx', path.stem)
        good = good and layer.isValid()
        print(path.name, "in QGIS:", layer.crs().authid() or layer.crs().description(), layer.width(), layer.height())
    return good


if len(sys.argv) > 2 and sys.argv[2] == "qgis":
    sys.exit(0 if styles() else 1)
results = [netcdf(path) for path in sorted(folder.glob("*.nc")) if "large" not in path.name]
sys.exit(0 if results and all(results) else 1)
