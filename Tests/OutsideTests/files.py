# SPDX-License-Identifier: Apache-2.0
"""The files that `services.py` has fetched, for the scripts that look at them."""
import json
import pathlib
import sys


def fetched(*endings):
    """Path, process and EPSG code of every file with one of these endings below the folder of the first argument."""
    folder = pathlib.Path(sys.argv[1])
    found = [
        (path, job["process"], job["epsg"])
        for job in json.loads((folder / "jobs.json").read_text())
        for path in sorted((folder / job["job"]).rglob("*")) if path.suffix in endings and path.is_file()
    ]
    assert found, f"no {endings} in {folder}: nothing was looked at"
    return found


def zarr_folders():
    """The Zarr cubes of all jobs."""
    found = sorted(path for path in pathlib.Path(sys.argv[1]).rglob("*.zarr") if path.is_dir())
    assert found, "no Zarr cube was looked at"
    return found
