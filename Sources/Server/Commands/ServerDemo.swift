// SPDX-License-Identifier: Apache-2.0
import Accounts
import Foundation
import Jobs
import Parameters

/// What a new user can look at: runs of the command line shown as jobs, or, without any, a glacier-like motion that the
/// server simulates and measures by itself.
struct ServerDemo {
  let platform: Platform
  /// Takes a line on what could not be shown.
  let report: @Sendable (String) -> Void

  /// Shows run folders as public jobs; folders below a folder that is none itself count too.
  ///
  /// - Returns: how many there are.
  func show(runs folders: [String]) throws -> Int {
    guard let owner = try platform.accounts.users().first(where: \.isAdmin) else { return 0 }
    let sharing = Sharing(ownerID: owner.id, visibility: .public)
    var count = 0
    for folder in folders.flatMap({ Self.runs(in: $0) }) {
      let parts = folder.split(separator: "/").suffix(2)
      do {
        try platform.jobs.adopt(folder, title: parts.joined(separator: ": "), sharing: sharing)
        count += 1
      } catch let error as JobsError {
        // One folder that can't be shown must not keep the server from starting.
        report(error.message)
      }
    }
    return count
  }

  /// The finished runs in a folder, down to three levels.
  static func runs(in folder: String, depth: Int = 3) -> [String] {
    if FileManager.default.fileExists(atPath: folder + "/config.lock.json") {
      // The inversion of a stack lies in the folder of the stack.
      return [folder] + (depth > 0 ? runs(in: folder + "/series", depth: 0) : [])
    }
    guard depth > 0 else { return [] }
    return FileListing.entries(of: folder).filter(\.isFolder).flatMap { runs(in: $0.path, depth: depth - 1) }
  }

  /// Simulates a glacier and measures it, as two public jobs; does nothing where there are jobs already.
  func simulate() async throws {
    guard try platform.jobs.search(JobFilter(), for: .local).matched == 0,
      let owner = try platform.accounts.users().first(where: \.isAdmin)
    else { return }
    let sharing = Sharing(ownerID: owner.id, visibility: .public)
    var pair = JobRequest(
      process: "simulate", inputs: ["image": "texture", "field": "glacier", "seed": 1, "noiseVariance": 0.01],
      title: "A glacier-like motion that is known", sharing: sharing)
    pair.priority = 1
    let made = try await platform.scheduler.finished(try await platform.scheduler.submit(pair).id)
    guard made.state == .successful else { return }
    let folder = platform.resultFolder(of: made.id)
    let measured = JobRequest(
      process: "match",
      inputs: [
        "reference": .string(folder + "/reference.tif"), "secondary": .string(folder + "/secondary.tif"),
        "preset": "glacier", "referenceDate": "2020-08-01", "secondaryDate": "2020-08-17",
      ], title: "The same motion as measured", sharing: sharing)
    _ = try await platform.scheduler.submit(measured)
  }
}
