# SPDX-License-Identifier: Apache-2.0
"""The OpenAPI document is valid, and the server keeps to it whatever is sent: interface.py ADDRESS TOKEN FOLDER [SEED [COUNT]].

openapi-spec-validator, then schemathesis with a seed and so many examples for each operation, with names of things that
are there, so that requests reach further than "there is no such job".
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

from openapi_spec_validator import validate

import catalogue
import images
from server import Server, verdict

here = pathlib.Path(__file__).parent
# Streams end with their job only, and a logout or a password ends the credentials that the others need.
LEFT_OUT = "/events$|/logout$|/login"


def names(server, folder):
    """Values of path parameters that lead somewhere, by name."""
    catalogue.fill(server, folder, "images", 12)
    images.stack(folder / "south", "south")
    scene = {"scenes": [f"{folder}/south"], "deshift": False, "deramp": False}
    stack = server.submit("mpic", scene)
    server.finished(stack)
    series = server.submit("invert", {"source": f"job:{stack}", "minimumPairs": 2})
    server.finished(series)
    layers = [layer["name"] for job in (stack, series)
              for layer in server.get(f"/api/jobs/{job}/layers").json()["layers"][:2]]
    package = server.post("/api/packages", {"title": "One", "items": [{"collection": "images", "id": "images-1"}]})
    drawing = {"name": "shapes", "features": {"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {"class": "moving"},
         "geometry": {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}}]}}
    return {
        "jobID": [stack, series], "layer": sorted(set(layers)), "outputID": ["items", "summary", "job", "report"],
        "collectionID": ["images"], "itemID": ["images-1", "images-2"], "asset": ["data"],
        "packageID": [package.json()["id"]], "drawingID": [server.post("/api/drawings", drawing).json()["id"]],
        "processID": ["echo", "match", "invert"], "z": ["0", "1", "12"], "x": ["0", "1"],
        "file": ["0.png", "0.f32", "1.png"], "path": ["summary.json", "report.html"],
    }


def configuration(values):
    """What `schemathesis.toml` says, and half of the time a name that is there."""
    text = (here / "schemathesis.toml").read_text()
    text += "\n[dictionaries]\n"
    text += "".join(f"{name} = {{ values = {json.dumps(found)} }}\n" for name, found in values.items())
    text += "\n[parameters]\n"
    return text + "".join(f'"path.{name}" = {{ dictionary = "{name}", probability = 0.6 }}\n' for name in values)


def findings(said):
    """The lines of a report on failures and errors, without what it only advises."""
    def heading(words):
        return next((number for number, line in enumerate(said) if line.startswith("=====") and words in line), None)

    starts = [number for number in (heading(" FAILURES "), heading(" ERRORS ")) if number is not None]
    return said[min(starts, default=0):heading(" WARNINGS ") or heading(" SUMMARY ")]


def main():
    server = Server.named()
    folder, seed, count = pathlib.Path(server.arguments[0]), *(server.arguments[1:] + ["1", "5"])[:2]
    document = server.get("/api/openapi").json()
    validate(document)
    with tempfile.TemporaryDirectory() as scratch:
        settings = pathlib.Path(scratch) / "schemathesis.toml"
        settings.write_text(configuration(names(server, folder)))
        command = [
            str(pathlib.Path(sys.executable).parent / "st"), "--config-file", str(settings), "run",
            f"{server.base}/api/openapi", "-H", f"Authorization: Bearer {server.token}", "--seed", seed,
            "--max-examples", count, "--exclude-path-regex", LEFT_OUT, "--no-color",
        ]
        environment = os.environ | {"SCHEMATHESIS_HOOKS": "refusals", "PYTHONPATH": str(here)}
        run = subprocess.run(command, cwd=scratch, env=environment, capture_output=True, text=True)
    said = run.stdout.splitlines()
    cases = next((line.strip() for line in said if re.match(r"\s*\d+ generated", line)), "")
    problems = [] if run.returncode == 0 and cases else [f"st ended with {run.returncode}"] + findings(said) + [run.stderr]
    verdict(problems, f"{len(document['paths'])} paths; schemathesis, seed {seed}: {cases}")


if __name__ == "__main__":
    main()
