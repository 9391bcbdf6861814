# SPDX-License-Identifier: Apache-2.0
"""pystac-client finds images by area, time and CQL2 in both forms, page by page: stac_client.py ADDRESS TOKEN FOLDER."""
from pystac_client import Client

import catalogue
from server import Server, verdict

server = Server.named()
catalogue.fill(server, server.arguments[0], "images")
catalogue.fill(server, server.arguments[0], "others", 12)
client = Client.open(f"{server.base}/api")
problems = []


def numbers(**search):
    """The numbers of the images that a search finds in the first collection, page by page."""
    found = list(client.search(collections=["images"], limit=7, **search).items())
    names = [item.id for item in found]
    if len(set(names)) != len(names):
        problems.append(f"{search} finds images twice")
    return {int(name.split("-")[1]) for name in names}


def expect(found, wanted, what):
    if found != set(wanted):
        problems.append(f"{what}: {sorted(found)}, not {sorted(wanted)}")


everything = range(catalogue.COUNT)
items = {number: catalogue.item(number, "images") for number in everything}
expect({collection.id for collection in client.get_collections()}, {"images", "others"}, "collections")
expect(numbers(), everything, "all, in pages of seven")
expect(numbers(bbox=[-74.9, -49.9, -72.9, -45.5]), [0, 1, 10, 11], "a box")
area = {"type": "Polygon", "coordinates": [[[-75.5, -50.5], [-73.5, -50.5], [-75.5, -48.5], [-75.5, -50.5]]]}
expect(numbers(intersects=area), [0], "a triangle")
spring = [number for number in everything if "2020-03" <= items[number]["properties"]["datetime"][:7] <= "2020-04"]
expect(numbers(datetime="2020-03-01/2020-04-30"), spring, "two months")
text = "eo:cloud_cover < 20 AND platform = 'sentinel-2a'"
for method in ("GET", "POST"):
    expect(numbers(filter=text, filter_lang="cql2-text", method=method), range(20), f"CQL2 text by {method}")
as_json = {"op": "or", "args": [{"op": "<", "args": [{"property": "eo:cloud_cover"}, 3]},
                                {"op": "between", "args": [{"property": "eo:cloud_cover"}, 30, 32]}]}
expect(numbers(filter=as_json, filter_lang="cql2-json"), [0, 1, 2, 30, 31, 32], "CQL2 JSON")
together = [number for number in range(5, 10) if items[number]["bbox"][0] <= -60]
expect(numbers(filter="eo:cloud_cover >= 5", filter_lang="cql2-text", bbox=[-74.9, -49.9, -60, -47],
               datetime="2020-01-01/2020-02-29"), together, "area, time and CQL2")
verdict(problems, f"{catalogue.COUNT} images, pystac-client")
