# SPDX-License-Identifier: Apache-2.0
"""Every GeoPackage of every job opens, in the map system it should have and with features: vectors.py FOLDER."""
import pyogrio

from files import fetched
from server import verdict

found, problems = fetched(".gpkg"), []
for path, process, epsg in found:
    layers = [name for name, _ in pyogrio.list_layers(path)]
    if not layers:
        problems.append(f"{process} {path.name}: no layers")
    for layer in layers:
        info = pyogrio.read_info(path, layer=layer, force_feature_count=True)
        # Readings are in degrees, as they were asked for.
        allowed = {f"EPSG:{epsg}", "EPSG:4326"} if epsg else {None}
        if info["features"] < 1 or info["crs"] not in allowed:
            problems.append(f"{process} {path.name}, {layer}: {info['features']} features in {info['crs']}")
verdict(problems, f"{len(found)} GeoPackages")
