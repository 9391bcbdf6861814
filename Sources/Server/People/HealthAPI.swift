// SPDX-License-Identifier: Apache-2.0
import Accounts
import Foundation
import HTTP
import Jobs
import Parameters

/// How the server is: one word for everybody, queue, disk and memory for administrators.
struct HealthAPI {
  let platform: Platform

  var routes: [APIRoute] {
    [APIRoute(.get, "/api/health", id: "getHealth", "How the server is", tag: "Capabilities", .work(health))]
  }

  private func health(_ request: APIRequest) throws -> HTTPResponse {
    let disk = DiskState(platform.settings.folder, guardShare: platform.settings.policy.freeShare)
    var document: JSONObject = [
      "status": disk.state == "ok" ? "ok" : "degraded", "version": .string(platform.tool.identity.version),
      "uptimeSeconds": .number(Date().timeIntervalSince(platform.started).rounded()),
    ]
    if request.viewer.isAdmin {
      let running = try jobs(.running)
      document["queue"] = [
        "accepted": .integer(try jobs(.accepted).count), "running": .integer(running.count),
        "paused": .integer(try jobs(.paused).count),
      ]
      document["executor"] = .string(platform.executorName == "slurm" ? "slurm" : "process")
      document["slots"] = .integer(platform.scheduler.executor.slots)
      document["workers"] = .array(
        running.map { job in
          [
            "job": .string(job.id), "title": .string(job.title),
            "owner": .string(platform.userName(job.sharing.ownerID)), "pid": .null, "node": .null,
            "stage": JSONValue(job.progress.stage), "started": .string(APITime.text(job.started ?? job.created)),
            "memoryBytes": .null,
          ]
        })
      document["disk"] = .object(disk.json)
      document["memory"] = .object(Self.memory)
      document["database"] = ["bytes": .integer(FileListing("\(platform.settings.folder)/ogive.sqlite")?.bytes ?? 0)]
      var load = [0.0, 0, 0]
      getloadavg(&load, 3)
      document["load"] = .array(load.map(JSONValue.number))
      document["processors"] = .integer(ProcessInfo.processInfo.activeProcessorCount)
    }
    return .json(object: document).with("Cache-Control", "no-store")
  }

  private func jobs(_ state: JobState) throws -> [Job] {
    var filter = JobFilter()
    filter.states = [state]
    filter.limit = 1000
    return try platform.jobs.search(filter, for: .local).jobs
  }

  private static var memory: JSONObject {
    let pages = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ") ?? []
    let resident = pages.count > 1 ? (Int(pages[1]) ?? 0) * 4096 : 0
    return [
      "residentBytes": .integer(resident), "totalBytes": .integer(Int(ProcessInfo.processInfo.physicalMemory)),
    ]
  }
}

/// Room on the disk of the data folder.
struct DiskState {
  let path: String
  let free, total: Int
  let guardBytes: Int

  init(_ path: String, guardShare: Double) {
    self.path = path
    var status = statvfs()
    let isKnown = statvfs(path, &status) == 0
    free = isKnown ? Int(status.f_bavail) * Int(status.f_frsize) : 0
    total = isKnown ? Int(status.f_blocks) * Int(status.f_frsize) : 0
    guardBytes = Int(Double(total) * guardShare)
  }

  var state: String { free < guardBytes ? "stopped" : free < 2 * guardBytes ? "low" : "ok" }

  var json: JSONObject {
    [
      "path": .string(path), "freeBytes": .integer(free), "totalBytes": .integer(total),
      "guardBytes": .integer(guardBytes), "state": .string(state),
    ]
  }
}
