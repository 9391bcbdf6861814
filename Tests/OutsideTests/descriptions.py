# SPDX-License-Identifier: Apache-2.0
"""Every input and output of every process has a valid schema of OpenAPI 3.0, also each of a mixed type: descriptions.py
ADDRESS TOKEN.

By openapi-schema-validator, which has the meta-schema that OGC's `schema.yaml` is made after.
"""
from openapi_schema_validator import OAS30Validator

from server import Server, verdict

server = Server.named()
problems, count, mixed = [], 0, 0


def judge(schema, where):
    global count, mixed
    count += 1
    try:
        OAS30Validator.check_schema(schema)
    except Exception as error:  # Whatever it objects to is a finding.
        problems.append(f"{where}: {error}")
    for keyword in ("oneOf", "anyOf"):
        for number, form in enumerate(schema.get(keyword, [])):
            mixed += 1
            judge(form, f"{where}.{keyword}[{number}]")


def judge_default(schema, where):
    """A default that its own schema refuses would be refused when it is sent back."""
    if "default" in schema:
        problems.extend(f"{where}: its default: {error.message}"
                        for error in OAS30Validator(schema).iter_errors(schema["default"]))


processes = server.get("/api/processes").json()["processes"]
for summary in processes:
    process = server.get(f"/api/processes/{summary['id']}").json()
    for kind in ("inputs", "outputs"):
        for name, described in process[kind].items():
            where = f"{process['id']}.{kind}.{name}"
            if not described.get("title") or not isinstance(described.get("schema"), dict):
                problems.append(f"{where} lacks a title or a schema")
                continue
            judge(described["schema"], where)
            judge_default(described["schema"], where)
assert mixed > 10, f"only {mixed} parts of mixed types were seen"
verdict(problems, f"{len(processes)} processes, {count} schemas, openapi-schema-validator")
