# SPDX-License-Identifier: Apache-2.0
"""OWSLib lists, describes and executes processes, at once and later: processes_client.py ADDRESS TOKEN."""
from owslib.ogcapi.processes import Processes
from owslib.util import Authentication

from server import Server, verdict

server = Server.named()
client = Processes(f"{server.base}/api", headers=server.headers)
problems = []


def expect(is_true, what):
    if not is_true:
        problems.append(what)


listed = {process["id"] for process in client.processes()}
expect({"match", "mpic", "ice", "slide", "quake", "survey", "invert", "echo"} <= listed, f"only {sorted(listed)}")
for name in sorted(listed):
    described = client.process(name)
    expect(described["id"] == name and described["inputs"] and described["outputs"], f"{name} is not described")

now = client.execute("echo", inputs={"message": "now", "number": 2.5}, async_=False)
expect(now["echo"]["message"] == "now" and now["echo"]["number"] == 2.5, f"at once: {now}")
later = client.execute("echo", inputs={"message": "later", "delay": 0.2}, async_=True)
expect(later["status"] in ("accepted", "running", "successful"), f"later: {later}")
server.finished(later["jobID"])
results = server.get(f"/api/jobs/{later['jobID']}/results").json()
expect(results["echo"]["message"] == "later", f"results: {results}")
expect(any(job["jobID"] == later["jobID"] for job in client._request(path="jobs")["jobs"]), "the job is not listed")
try:
    client.execute("echo", inputs={"delay": -1}, async_=False)
    problems.append("a wrong input was taken")
except RuntimeError as error:
    expect("delay" in str(error), f"a wrong input is not named: {error}")
verdict(problems, f"{len(listed)} processes, OWSLib")
