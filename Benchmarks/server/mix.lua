-- SPDX-License-Identifier: Apache-2.0
-- What browsers of the page ask for, in turn; TOKEN and JOB come from Scripts/bench-server.
local paths = { "/api/me", "/api/jobs?limit=50", "/api/processes", "/api/collections", "/api/search?limit=20", "/page/shell.js", "/" }
local token = os.getenv("TOKEN")
local job = os.getenv("JOB")
table.insert(paths, "/api/jobs/" .. job)
table.insert(paths, "/api/jobs/" .. job .. "/layers/dx/tiles/0/0/0.f32")
table.insert(paths, "/api/jobs/" .. job .. "/layers/dx/tiles/0/0/0.png")
local n = 0
request = function()
  n = n + 1
  return wrk.format("GET", paths[n % #paths + 1], { ["Authorization"] = "Bearer " .. token })
end
done = function(summary, latency, requests)
  io.write(string.format("p50 %.1f ms p95 %.1f ms p99 %.1f ms max %.1f ms; %d requests, non-2xx %d, timeouts %d, other errors %d\n",
    latency:percentile(50)/1000, latency:percentile(95)/1000, latency:percentile(99)/1000, latency.max/1000,
    summary.requests, summary.errors.status, summary.errors.timeout, summary.errors.connect + summary.errors.read + summary.errors.write))
end
