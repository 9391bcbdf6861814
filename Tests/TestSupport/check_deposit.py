# SPDX-License-Identifier: Apache-2.0
"""Look at a package for an archive with the programs of others: check_deposit.py FOLDER [ZIP]; prints what they object to.

bagit (BagIt 1.0), rocrate (RO-Crate 1.1), cffconvert (Citation File Format 1.2.0), DataCite's JSON schema 4.5, zipfile.
"""
import json
import pathlib
import sys
import xml.etree.ElementTree
import zipfile

import bagit
import cffconvert
from datacite import schema45
from rocrate.rocrate import ROCrate

folder = pathlib.Path(sys.argv[1])
data = folder / "data"
problems = []

try:
    bagit.Bag(str(folder)).validate()
except bagit.BagError as error:
    problems.append(f"bagit: {error}")

crate = ROCrate(data)
names = {entity.id for entity in crate.data_entities}
there = {path.relative_to(data).as_posix() for path in data.rglob("*") if path.is_file()}
problems += [f"rocrate: {name} is there and not named" for name in there - names - {"ro-crate-metadata.json"}]
problems += [f"rocrate: {name} is named and not there" for name in names - there]
known = {entity.id for entity in crate.get_entities()}


def references(value):
    if isinstance(value, dict):
        return [value["@id"]] if set(value) == {"@id"} else [id for part in value.values() for id in references(part)]
    return [id for part in value for id in references(part)] if isinstance(value, list) else []


for entity in json.loads((data / "ro-crate-metadata.json").read_text())["@graph"]:
    for id in references({key: value for key, value in entity.items() if key != "@id"}):
        # Only what stands outside of the crate may be without an entry.
        if id not in known and not id.startswith(("https://w3id.org/ro/crate/1.1", "http://schema.org/")):
            problems.append(f"rocrate: {entity['@id']} leads to {id}, which has no entry")
run = crate.dereference("#run")
if run.type != "CreateAction" or run["instrument"].type != "SoftwareApplication":
    problems.append("rocrate: no run of a program")

try:
    cffconvert.Citation((data / "CITATION.cff").read_text()).validate()
except Exception as error:  # the library throws those of its parsers too
    problems.append(f"cffconvert: {error}")

problems += [
    f"datacite: {list(error.path)} {error.message[:200]}"
    for error in schema45.validator.iter_errors(json.loads((data / "datacite.json").read_text()))]
root = xml.etree.ElementTree.parse(data / "datacite.xml").getroot()
space = "{http://datacite.org/schema/kernel-4}"
for name in ["identifier", "creators", "titles", "publisher", "publicationYear", "resourceType"]:
    if root.find(space + name) is None:
        problems.append(f"datacite.xml: no {name}")

if len(sys.argv) > 2:
    with zipfile.ZipFile(sys.argv[2]) as archive:
        if archive.testzip():
            problems.append(f"zip: {archive.testzip()} is damaged")
        packed = {name.split("/", 1)[1] for name in archive.namelist()}
        beside = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
        problems += [f"zip: {name} is in one of both only" for name in packed ^ beside]

print("\n".join(problems))
sys.exit(1 if problems else 0)
