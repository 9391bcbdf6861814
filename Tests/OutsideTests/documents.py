# SPDX-License-Identifier: Apache-2.0
"""Every collection and item that the server gives is valid against the published schemas: documents.py ADDRESS TOKEN FOLDER
SCHEMAS.

Those imported from STAC files, those made from scene folders (`scenes` in FOLDER, where there is one), those of the results
of jobs, and those that packages name.
"""
import json
import pathlib
import re

import jsonschema
import referencing

import catalogue
import images
from server import Server, verdict

root = None
# Published, and not among the schemas at hand; it asks for one member of a known form.
NOT_AT_HAND = {"https://stac-extensions.github.io/grid/v1.1.0/schema.json"}


def read(uri):
    path = root / uri.split("#")[0].split("://", 1)[1]
    if not path.is_file():
        raise AssertionError(f"the schema {uri} is not at hand")
    return referencing.Resource.from_contents(
        json.loads(path.read_text()), default_specification=referencing.jsonschema.DRAFT7)


def objections(document, seen):
    """What the schemas of the core and of the extensions that a document names have against it."""
    kind = "collection" if document["type"] == "Collection" else "item"
    version = document["stac_version"]
    uris = [f"https://schemas.stacspec.org/v{version}/{kind}-spec/json-schema/{kind}.json"]
    uris += document.get("stac_extensions", [])
    if document["type"] == "Feature" and any(uri in NOT_AT_HAND for uri in uris):
        if not re.fullmatch(r"(MGRS|WRS2)-[A-Z0-9]+", document["properties"]["grid:code"]):
            yield f"item {document['id']}: grid:code {document['properties']['grid:code']}"
    uris = [uri for uri in uris if uri not in NOT_AT_HAND]
    seen.update(uris)
    registry = referencing.Registry(retrieve=read)
    for uri in uris:
        checker = jsonschema.Draft7Validator.FORMAT_CHECKER
        validator = jsonschema.Draft7Validator(read(uri).contents, registry=registry, format_checker=checker)
        for error in validator.iter_errors(document):
            yield f"{kind} {document['id']}: {uri.split('/')[-3:]} {list(error.absolute_path)} {error.message[:200]}"


def pages(server, path):
    """All items of a collection, page by page."""
    while path:
        page = server.get(path).json()
        yield from page["features"]
        path = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)


def documents(server):
    """All collections, their items, and those of the results of all jobs and of the packages."""
    for collection in server.get("/api/collections").json()["collections"]:
        yield collection
        yield server.get(f"/api/collections/{collection['id']}").json()
        for item in pages(server, f"/api/collections/{collection['id']}/items?limit=20"):
            yield item
            yield server.get(f"/api/collections/{collection['id']}/items/{item['id']}").json()
    for job in server.get("/api/jobs?status=successful&limit=1000").json()["jobs"]:
        results = server.get(f"/api/jobs/{job['jobID']}/results").json()
        yield from results.get("items", {}).get("features", [])
        for file in server.get(f"/api/jobs/{job['jobID']}/files").json()["files"]:
            if file["path"].startswith("stac/") and file["path"].endswith(".json"):
                yield server.get(file["href"]).json()
    for package in server.get("/api/packages").json()["packages"]:
        for item in server.get(f"/api/packages/{package['id']}").json()["items"]:
            yield server.get(f"/api/collections/{item['collection']}/items/{item['id']}").json()


def prepare(server, folder):
    """Something of every kind: imports, jobs, a package."""
    catalogue.fill(server, folder, "images")
    scenes = folder / "scenes"
    if scenes.is_dir():
        catalogue.bring_in(server, {"kind": "folder", "path": str(scenes), "collection": "scenes"},
                           len(list(scenes.iterdir())))
    items = [{"collection": "images", "id": f"images-{number}"} for number in range(3)]
    server.post("/api/packages", {"title": "Three images", "items": items, "visibility": "public"})
    images.write_all(folder)
    stack = {"scenes": [f"{folder}/south"], "deshift": False, "deramp": False, "exports": ["netcdf"]}
    pair = {"reference": f"{folder}/pole/20200101.tif", "secondary": f"{folder}/pole/20200116.tif", "spacing": 4}
    jobs = [server.submit("mpic", stack), server.submit("match", pair)]
    server.finished(jobs[0])
    jobs.append(server.submit("invert", {"source": f"job:{jobs[0]}", "minimumPairs": 2}))
    for job in jobs:
        server.finished(job)


def main():
    global root
    server = Server.named()
    folder, root = (pathlib.Path(path) for path in server.arguments)
    prepare(server, folder)
    kinds, problems, seen = {}, [], set()
    for document in documents(server):
        if document.get("type") not in ("Feature", "Collection"):
            continue
        kinds[document["type"]] = kinds.get(document["type"], 0) + 1
        problems += objections(document, seen)
    assert kinds.get("Feature", 0) > 100 and kinds.get("Collection", 0) > 4, f"too few were looked at: {kinds}"
    verdict(problems, f"{kinds['Feature']} items, {kinds['Collection']} collections, {len(seen)} schemas")


if __name__ == "__main__":
    main()
