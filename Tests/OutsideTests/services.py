# SPDX-License-Identifier: Apache-2.0
"""Runs a small job of every service that makes files, and fetches them: services.py ADDRESS TOKEN SHARED TARGET.

SHARED is a folder that the server offers; images are simulated there. Every process of the server must have a job here, so
that a new service can't go unlooked at. TARGET gets a folder for each job with all that the server lists of it, readings
of its layers, and `jobs.json`, which the other scripts read.
"""
import json
import pathlib
import urllib.parse

import requests

import images
from server import Server

# Nothing in the images stands still, so what all of the ground does is no artefact.
LOOSE = {"deshift": False, "deramp": False, "destripe": False}
EXPORTS = {"exports": ["netcdf", "gep"], "pairProducts": "all"}
# Makes JSON alone, or an archive of what another job has made.
WITHOUT_FILES = {"echo", "publish"}


def requests_for(folder):
    """Process, map system of the files and inputs of the jobs that need no other."""
    def image(system, day):
        return f"{folder}/{system}/{images.DAYS[day].replace('-', '')}.tif"

    def scenes(system):
        return {"scenes": [f"{folder}/{system}"]}

    def pair(system):
        return {"reference": image(system, 0), "secondary": image(system, 2)}

    fusion = LOOSE | EXPORTS
    return [
        ("simulate", None, {"image": "texture", "rows": 96, "columns": 128}),
        ("simulate", "south", {"image": image("south", 0), "field": "landslide", "maximumDisplacement": 1}),
        ("match", "south", pair("south") | {"preset": "glacier", "spacing": 4}),
        ("match", "pole", pair("pole") | {"spacing": 4}),
        ("match", "south", pair("south") | {"points": f"{folder}/points.geojson"}),
        ("mpic", "south", scenes("south") | fusion | {"pairDirection": "both", "invert": True}),
        ("mpic", "degrees", scenes("degrees") | fusion),
        ("ice", "pole", scenes("pole") | fusion),
        ("slide", "north", scenes("north") | fusion),
        ("survey", "north", scenes("north") | LOOSE | {"exports": ["netcdf", "gep"]}),
        ("quake", "south", scenes("quake") | fusion | {"splitDate": "2020-01-08", "dejitter": False}),
    ]


def run_all(server, folder):
    """The jobs, ended well: process, map system, id."""
    images.write_all(folder)
    jobs = [(process, system, server.submit(process, inputs)) for process, system, inputs in requests_for(folder)]
    for _, _, job in jobs:
        server.finished(job)
    more = [("invert", system, server.submit("invert", {"source": f"job:{job}", "cube": "both", "minimumPairs": 2}))
            for process, system, job in jobs if process in ("mpic", "ice")]
    for _, _, job in more:
        server.finished(job)
    jobs += more
    offered = {process["id"] for process in server.get("/api/processes").json()["processes"]}
    missing = offered - WITHOUT_FILES - {process for process, _, _ in jobs}
    assert not missing, f"no job here looks at the files of {sorted(missing)}"
    return jobs


def fetch_files(server, job, folder):
    """All files of a job as the server lists and gives them."""
    for file in server.get(f"/api/jobs/{job}/files").json()["files"]:
        path = folder / file["path"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(server.get(f"/api/jobs/{job}/files/{urllib.parse.quote(file['path'])}").content)


def fetch_readings(server, job, folder):
    """Series and profiles of a job's layers as GeoPackages, where it has such layers."""
    layers = server.get(f"/api/jobs/{job}/layers").json()["layers"] or []
    if not layers:
        return
    bounds = layers[0]["bounds"] or [10, 10, 90, 60]
    west, south, east, north = bounds
    corners = [[west + share * (east - west), south + share * (north - south)] for share in (0.3, 0.6)]
    name = urllib.parse.quote(layers[0]["name"])
    line = requests.post(server.address(f"/api/jobs/{job}/layers/{name}/profile.gpkg"), json={"line": corners},
                         headers=server.headers, timeout=60)
    line.raise_for_status()
    (folder / "profile.gpkg").write_bytes(line.content)
    points = requests.post(server.address(f"/api/jobs/{job}/layers/series.gpkg"), json={"points": corners},
                           headers=server.headers, timeout=60)
    # A job of one pair has no series over time.
    if points.status_code != 404:
        points.raise_for_status()
        (folder / "series.gpkg").write_bytes(points.content)


def main():
    server = Server.named()
    shared, target = server.arguments
    index = []
    for process, system, job in run_all(server, shared):
        folder = pathlib.Path(target) / job
        folder.mkdir(parents=True)
        fetch_files(server, job, folder)
        fetch_readings(server, job, folder)
        code = images.SYSTEMS[system][0] if system else None
        index.append({"process": process, "job": job, "epsg": code})
    (pathlib.Path(target) / "jobs.json").write_text(json.dumps(index))
    print(f"{len(index)} jobs")


if __name__ == "__main__":
    main()
