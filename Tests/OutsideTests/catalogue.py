# SPDX-License-Identifier: Apache-2.0
"""Fills a server's catalogue: 60 public images in a collection, 12 in another, through the import that users have."""
import json
import pathlib

COUNT = 60


def item(number, collection):
    """An image; west to east in rows of ten over South America, one every six days, clouds rising."""
    west, south = -75 + number % 10 * 2, -50 + number // 10 * 4
    ring = [[west, south], [west + 1, south], [west + 1, south + 1], [west, south + 1], [west, south]]
    date = f"2020-{1 + number // 5:02}-{1 + number % 5 * 6:02}T14:0{number % 10}:00Z"
    return {
        "type": "Feature", "stac_version": "1.1.0", "id": f"{collection}-{number}", "collection": collection, "links": [],
        "stac_extensions": ["https://stac-extensions.github.io/eo/v2.0.0/schema.json",
                            "https://stac-extensions.github.io/projection/v2.0.0/schema.json"],
        "bbox": [west, south, west + 1, south + 1], "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": {"datetime": date, "eo:cloud_cover": number, "platform": "sentinel-2a", "gsd": 10,
                       "proj:code": "EPSG:32719"},
        "assets": {"data": {"href": "image.tif", "type": "image/tiff; application=geotiff", "roles": ["data"],
                            "title": "Image"}},
    }


def fill(server, folder, collection, count=COUNT):
    """Brings items in from a file in a folder that the server offers."""
    folder = pathlib.Path(folder)
    (folder / "image.tif").write_bytes(b"pixels")
    path = folder / f"{collection}.json"
    features = [item(number, collection) for number in range(count)]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    bring_in(server, {"kind": "stac-items", "path": str(path), "collection": collection}, count)


def bring_in(server, body, count):
    """Runs an import to its end and checks how much has come."""
    begun = server.post("/api/imports", body | {"visibility": "public"}).json()
    state = server.wait(f"/api/imports/{begun['id']}", lambda found: found["state"] == "done",
                        lambda found: found["state"] == "failed")
    assert state["added"] + state["replaced"] == count and not state["problems"], state
