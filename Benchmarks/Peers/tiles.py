# SPDX-License-Identifier: Apache-2.0
"""The image of the tile benchmark, and titiler's times for the tiles that ogive-tiles-bench names.

    tiles.py image FILE [SIZE]          writes a float32 COG in UTM like a velocity map: DEFLATE, predictor 3, overviews
    tiles.py layers FOLDER COUNT SIZE   writes COUNT such COGs, small ones, as the layers of a series
    tiles.py time FILE TILES [PORT]     starts titiler, asks for each tile of the list, prints the times
"""

import json
import os
import pathlib
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request


def velocity_map(size, seed):
    """Smooth motion with noise of a fortieth of it, and 5 % gaps, as matchers leave them."""
    import numpy

    random = numpy.random.default_rng(seed)
    rows = numpy.linspace(0, 6 * numpy.pi, size, dtype="float32")
    columns = numpy.linspace(0, 8 * numpy.pi, size, dtype="float32")
    values = 100 * (2 + numpy.sin(rows)[:, None] * numpy.cos(columns)[None, :])
    values += random.normal(0, 2.5, (size, size)).astype("float32")
    coarse = random.random((size // 40 + 1, size // 40 + 1)) < 0.05
    values[numpy.kron(coarse, numpy.ones((40, 40), bool))[:size, :size]] = numpy.nan
    return values.astype("float32")


def write(path, values):
    import rasterio
    from rasterio.transform import from_origin

    size = values.shape[0]
    profile = dict(
        driver="COG", width=size, height=size, count=1, dtype="float32", crs="EPSG:32718", nodata=float("nan"),
        transform=from_origin(600000, 4500000, 10, 10), compress="DEFLATE", predictor="YES", blocksize=512,
        overview_resampling="AVERAGE")
    with rasterio.open(path, "w", **profile) as file:
        file.write(values, 1)


def wait_for(url, process):
    for _ in range(600):
        if process.poll() is not None:
            sys.exit("titiler ended before it answered")
        try:
            return urllib.request.urlopen(url, timeout=5).read()
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    sys.exit("titiler does not answer")


def ask(url):
    begin = time.perf_counter()
    body = urllib.request.urlopen(url, timeout=60).read()
    return 1000 * (time.perf_counter() - begin), len(body)


def serve_and_time(path, tiles, port):
    here = pathlib.Path(sys.executable).parent
    # GDAL's own advice for servers of COGs, and its cache of decoded blocks as large as ours.
    surroundings = dict(
        os.environ, GDAL_CACHEMAX="256", GDAL_DISABLE_READDIR_ON_OPEN="EMPTY_DIR", VSI_CACHE="TRUE",
        CPL_VSIL_CURL_ALLOWED_EXTENSIONS=".tif")
    command = [here / "uvicorn", "titiler.application.main:app", "--port", str(port), "--log-level", "error"]
    process = subprocess.Popen(command, env=surroundings)
    base = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{base}/healthz", process)
        overhead = statistics.median(ask(f"{base}/healthz")[0] for _ in range(50))
        address = f"{base}/cog/tiles/WebMercatorQuad/{{}}.png?url={path}&rescale=0,300&colormap_name=viridis"
        first = [ask(address.format(tile)) for tile in tiles]
        again = [ask(address.format(tile)) for tile in tiles]
        print(json.dumps({
            "overhead": overhead, "first": [time for time, _ in first], "again": [time for time, _ in again],
            "bytes": statistics.median(size for _, size in first)}))
    finally:
        process.terminate()
        process.wait()


def main(words):
    if words[:1] == ["image"]:
        write(words[1], velocity_map(int(words[2]) if len(words) > 2 else 10980, seed=1))
    elif words[:1] == ["layers"]:
        folder, count, size = pathlib.Path(words[1]), int(words[2]), int(words[3])
        folder.mkdir(parents=True, exist_ok=True)
        for number in range(count):
            write(folder / f"layer-{number:03}.tif", velocity_map(size, seed=number))
    elif words[:1] == ["time"]:
        tiles = pathlib.Path(words[2]).read_text().split()
        serve_and_time(words[1], tiles, int(words[3]) if len(words) > 3 else 8765)
    else:
        sys.exit(__doc__)


main(sys.argv[1:])
