# SPDX-License-Identifier: Apache-2.0
"""Every NetCDF file of every job passes cf:1.8, and every Zarr cube opens with the numbers of its twin: cubes.py FOLDER."""
import contextlib
import io
import json
import tempfile

import numpy as np
import xarray
from compliance_checker.runner import CheckSuite, ComplianceChecker

from files import fetched, zarr_folders
from server import verdict


def objections(path):
    """What compliance-checker says against a file, down to its lowest priority."""
    with tempfile.NamedTemporaryFile(suffix=".json") as report:
        words = io.StringIO()
        with contextlib.redirect_stdout(words), contextlib.redirect_stderr(words):
            passed, failed = ComplianceChecker.run_checker(
                str(path), ["cf:1.8"], 0, "strict", output_filename=report.name, output_format="json")
        results = json.load(open(report.name))["cf:1.8"]
    count = results["scored_points"], results["possible_points"]
    listed = [message for level in ("high", "medium", "low") for result in results[f"{level}_priorities"]
              for message in result["msgs"]]
    if failed or not passed or count[0] != count[1]:
        listed.append(f"{count[0]} of {count[1]} points {words.getvalue()[-300:]}")
    return listed


def differences(store, twin):
    """Variables of a Zarr cube that are not those of the NetCDF file of the same job."""
    with xarray.open_zarr(store, consolidated=False) as ours, xarray.open_dataset(twin) as theirs:
        return [name for name in theirs.data_vars
                if name not in ours or not np.array_equal(ours[name].values, theirs[name].values, equal_nan=(
                    theirs[name].dtype.kind in "fM"))]


CheckSuite.load_all_available_checkers()
files, problems = fetched(".nc"), []
for path, process, _ in files:
    problems += [f"{process} {path.name}: {message}" for message in objections(path)]
stores = zarr_folders()
for store in stores:
    problems += [f"{store.name}: {name} differs" for name in differences(store, store.with_suffix(".nc"))]
verdict(problems, f"{len(files)} NetCDF files, cf:1.8; {len(stores)} Zarr cubes, xarray")
