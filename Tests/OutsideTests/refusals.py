# SPDX-License-Identifier: Apache-2.0
"""Checks for schemathesis beside its own: what a refusal must say, so that the exceptions in schemathesis.toml stay narrow."""
import re

import schemathesis

# Kinds of errors that a request may be refused with by 400 though the document allows it, by path.
ALLOWED = {
    r"/api/processes/[^/]+/(execution|validation|estimate|network)$": (
        "parameters.", "inputs.", "request.invalid"),
    r"/api/(search|histogram|collections/[^/]+/items)$": ("catalogue.bad-",),
}


@schemathesis.check
def refusals_say_why(ctx, response, case):
    """A refusal is a problem document with words in it; a 400 of valid data has a kind that no schema can say."""
    if response.status_code < 400 or case.method.upper() == "HEAD":
        return
    # Asked for a page (`f=html`), it is one.
    if "text/html" in "".join(response.headers.get("content-type", [])):
        assert "<h1>" in response.text, f"no page: {response.text[:200]}"
        return
    try:
        problem = response.json()
    except ValueError:
        raise AssertionError(f"{response.status_code} without a problem document: {response.content[:200]!r}") from None
    for member in ("type", "title", "status", "detail", "kind"):
        assert problem.get(member), f"the refusal has no {member}: {problem}"
    assert problem["status"] == response.status_code, f"{response.status_code} with {problem}"
    is_positive = case.meta is not None and case.meta.generation.mode.is_positive
    if response.status_code == 400 and is_positive:
        kinds = next((kinds for path, kinds in ALLOWED.items() if re.search(path, case.path)), ())
        assert problem["kind"].startswith(tuple(kinds)) if kinds else False, f"refused as {problem['kind']}: {problem}"
