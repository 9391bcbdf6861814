# SPDX-License-Identifier: Apache-2.0
"""Validate a STAC item or collection (standard input) against a folder of published schemas; prints what they object to."""
import json
import pathlib
import sys

import jsonschema
import referencing

root = pathlib.Path(sys.argv[1])


def read(uri):
    path = root / uri.split("#")[0].split("://", 1)[1]
    contents = json.loads(path.read_text())
    return referencing.Resource.from_contents(contents, default_specification=referencing.jsonschema.DRAFT7)


item = json.load(sys.stdin)
registry = referencing.Registry(retrieve=read)
kind = "collection" if item["type"] == "Collection" else "item"
core = f"https://schemas.stacspec.org/v1.1.0/{kind}-spec/json-schema/{kind}.json"
schemas = [core] + item["stac_extensions"]
for uri in schemas:
    checker = jsonschema.Draft7Validator.FORMAT_CHECKER
    validator = jsonschema.Draft7Validator(read(uri).contents, registry=registry, format_checker=checker)
    for error in validator.iter_errors(item):
        print(uri, list(error.absolute_path), error.message[:300])
