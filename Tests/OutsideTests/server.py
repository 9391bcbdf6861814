# SPDX-License-Identifier: Apache-2.0
"""A server under test: its address and token from the command line, requests, and jobs that are waited for."""
import sys
import time

import requests


class Server:
    """`Server.named()` takes ADDRESS and TOKEN from the first two arguments; the rest is in `arguments`."""

    def __init__(self, base, token, arguments=()):
        self.base, self.token, self.arguments = base, token, list(arguments)
        self.headers = {"Authorization": f"Bearer {token}"}

    @classmethod
    def named(cls):
        return cls(sys.argv[1], sys.argv[2], sys.argv[3:])

    def get(self, path):
        answer = requests.get(self.address(path), headers=self.headers, timeout=60)
        answer.raise_for_status()
        return answer

    def post(self, path, body, **headers):
        answer = requests.post(self.address(path), json=body, headers=self.headers | headers, timeout=60)
        if not answer.ok:
            raise AssertionError(f"POST {path} gives {answer.status_code}: {answer.text[:500]}")
        return answer

    def address(self, path):
        return path if path.startswith("http") else self.base + path

    def submit(self, process, inputs):
        answer = self.post(f"/api/processes/{process}/execution", {"inputs": inputs, "visibility": "public"},
                           Prefer="respond-async")
        return answer.json()["jobID"]

    def finished(self, job, seconds=240):
        """The statusInfo of a job once it has ended well; raises with what it says otherwise."""
        return self.wait(f"/api/jobs/{job}", lambda found: found["status"] == "successful",
                         lambda found: found["status"] in ("failed", "dismissed"), seconds)

    def wait(self, path, is_done, has_failed, seconds=60):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = self.get(path).json()
            if is_done(found):
                return found
            if has_failed(found):
                raise AssertionError(f"{path}: {found.get('message', found)}")
            time.sleep(0.05)
        raise AssertionError(f"{path} after {seconds} s: {found}")


def verdict(problems, what):
    """Ends the script: prints each problem and what was looked at, and exits by whether there are any."""
    for problem in problems:
        print(problem)
    print(f"{what}: {len(problems)} problems")
    sys.exit(1 if problems else 0)
