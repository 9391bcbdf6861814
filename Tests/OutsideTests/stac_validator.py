# SPDX-License-Identifier: Apache-2.0
"""stac-api-validator finds no errors in its five classes: stac_validator.py ADDRESS TOKEN FOLDER.

The published schemas come from the folder SCHEMA_ROOT, by the `sitecustomize` on PYTHONPATH: no network is asked.
"""
import json
import pathlib
import subprocess
import sys

import catalogue
from server import Server, verdict

server = Server.named()
catalogue.fill(server, server.arguments[0], "images")
area = {"type": "Polygon", "coordinates": [[[-100, -60], [-40, -60], [-40, -20], [-100, -20], [-100, -60]]]}
command = [str(pathlib.Path(sys.executable).parent / "stac-api-validator"), "--root-url", f"{server.base}/api",
           "--collection", "images", "--geometry", json.dumps(area)]
for name in ["core", "collections", "features", "item-search", "filter"]:
    command += ["--conformance", name]
run = subprocess.run(command, capture_output=True, text=True, timeout=500)
said = (run.stdout + run.stderr).splitlines()
classes = [line for line in said if "Validating STAC API" in line]
problems = []
if run.returncode or "Errors: none" not in said or len(classes) < 5:
    problems = [f"ended with {run.returncode}"] + said[-40:]
verdict(problems, f"{len(classes)} classes, stac-api-validator")
