// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters
import Processing

/// `ogive publish`: a run as a package for an archive.
public struct PublishCommand: Command {
  public typealias Parameters = DepositParameters

  public init() {}

  public let id = "publish"
  public let summary = "Pack a run for an archive, with all that a DOI needs"
  public let discussion =
    "Makes a folder, and a .zip file of the same, that an archive such as Zenodo takes as it is: the files of the run, STAC "
    + "items, `README.md`, `LICENSE`, `CITATION.cff`, DataCite metadata (`datacite.json`, `datacite.xml`) for the DOI that the "
    + "archive makes, and `ro-crate-metadata.json`, which says what was made from what, by which version, with which "
    + "parameters. Every file stands in a manifest with its SHA-256 (BagIt).\n\n"
    + "Images that went into the run are named with their checksums and never copied. Names of folders of this machine are "
    + "taken out of the documents."
  public let examples = [
    "publish result --out deposit --authors \"Josiah Carberry <0000-0002-1825-0097> (Brown University)\"",
    "publish result --out deposit --authors \"A Smith\" --title \"Velocity of a glacier\" --licence CC0-1.0 --without-pairs",
  ]

  public func run(_ invocation: Invocation<DepositParameters>) throws -> ExitCode {
    let today = CalendarDate(dayNumber: Int((Date().timeIntervalSince1970 / 86_400).rounded(.down)))
    let run = try DepositRun(invocation.parameters, identity: invocation.tool.identity, today: today)
    let outcome = try run.write(.watchingSignals())
    for name in outcome.leftOut { invocation.console.print("left out: \(name) is an input of the run") }
    let megabytes = (Double(outcome.bytes) / 1e5).rounded() / 10
    invocation.console.print("\(outcome.files) files, \(megabytes) MB in \(outcome.folder)")
    if let archive = outcome.archive { invocation.console.print("the same as one file: \(archive)") }
    return .done
  }
}
