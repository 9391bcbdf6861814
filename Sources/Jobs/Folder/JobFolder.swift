// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters
import Processing

/// The folder of a job: what it is, what became of it, and its results.
///
/// | file | what |
/// |---|---|
/// | `job.json` | process and inputs, as `ogive run` and `--config` read them |
/// | `result/` | the run folder that the command writes |
/// | `log.jsonl` | progress, notes, warnings and printed lines, with their times |
/// | `exit.json` | how the worker ended; absent while it runs and after a kill |
/// | `lock` | held by the worker for as long as it lives |
/// | `output.txt` | what the command printed |
/// | `wide.json`, `parts/` | a stage that several processes share, and how each of them fared |
public struct JobFolder: Sendable, Equatable {
  public let path: String

  public init(_ path: String) { self.path = path }

  public var jobPath: String { "\(path)/job.json" }
  public var resultPath: String { "\(path)/result" }
  public var outputPath: String { "\(path)/output.txt" }
  package var lockPath: String { "\(path)/lock" }
  package var widePath: String { "\(path)/wide.json" }

  /// Where a worker of a part, or of the job when nil, writes its log and how it ended.
  package func logPath(_ part: JobPart? = nil) -> String {
    part.map { "\(path)/parts/\($0.fileName).jsonl" } ?? "\(path)/log.jsonl"
  }

  package func exitPath(_ part: JobPart? = nil) -> String {
    part.map { "\(path)/parts/\($0.fileName).exit.json" } ?? "\(path)/exit.json"
  }

  package func lockPath(_ part: JobPart?) -> String {
    part.map { "\(path)/parts/\($0.fileName).lock" } ?? lockPath
  }

  /// What a look at the folder tells.
  public enum State: Sendable, Equatable {
    /// A worker holds the lock.
    case running
    case ended(JobExit)
    /// Nobody works here and nobody has said how it ended: not begun, or killed.
    case silent
  }

  public var state: State {
    if JobLock.isHeld(lockPath) { return .running }
    return exit().map(State.ended) ?? .silent
  }
}

// MARK: - Files

extension JobFolder {
  /// Makes the folder and writes what the job is.
  ///
  /// - Throws: `jobs.folder`.
  public func create(_ job: JobFile) throws(JobsError) {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw JobsError(.folder, "cannot create the folder of a job, \(path): \(error.localizedDescription)")
    }
    try write(job.json, to: jobPath)
  }

  /// What the job is.
  public func job() throws(ParameterError) -> JobFile { try JobFile(contentsOf: jobPath) }

  /// How the worker ended; nil when it has not said.
  public func exit(_ part: JobPart? = nil) -> JobExit? { Self.json(exitPath(part)).flatMap(JobExit.init(json:)) }

  package func write(_ exit: JobExit, _ part: JobPart? = nil) throws(JobsError) {
    try write(exit.json, to: exitPath(part))
  }

  /// Forgets how an earlier attempt ended.
  package func clearExit() { unlink(exitPath()) }

  package func write(_ object: JSONObject, to path: String) throws(JobsError) {
    do {
      try AtomicFile.write(object.text(.pretty) + "\n", to: path)
    } catch {
      throw JobsError(.folder, error.message)
    }
  }

  /// The stage that several processes are to share; nil when there is none.
  public func wideStage() -> WideStage? { Self.json(widePath).flatMap(WideStage.init(json:)) }

  package static func json(_ path: String) -> JSONValue? {
    guard let data = FileManager.default.contents(atPath: path) else { return nil }
    return try? JSONValue(parsing: [UInt8](data), named: path)
  }

  /// Bytes of everything in the folder; a file of several names counts once.
  public func bytes() -> Int {
    var seen: Set<UInt64> = []
    var sum = 0
    let files = FileManager.default.enumerator(atPath: path)
    while let name = files?.nextObject() as? String {
      var info = stat()
      guard lstat("\(path)/\(name)", &info) == 0, info.st_mode & S_IFMT == S_IFREG else { continue }
      if info.st_nlink > 1, !seen.insert(UInt64(info.st_ino)).inserted { continue }
      sum += Int(info.st_blocks) * 512
    }
    return sum
  }

  /// How many units are stored in the run folders of the job: whether an attempt got anywhere.
  package func unitCount() -> Int {
    runFolders().reduce(0) { sum, folder in
      let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/.ogive/units")) ?? []
      return sum + names.count { $0.hasSuffix(".unit") }
    }
  }

  /// The run folder of the job and those that it holds, such as that of the inversion of a stack.
  package func runFolders() -> [String] {
    let inner = ((try? FileManager.default.contentsOfDirectory(atPath: resultPath)) ?? []).sorted()
    return ([resultPath] + inner.filter { !$0.hasPrefix(".") }.map { "\(resultPath)/\($0)" }).filter {
      FileManager.default.fileExists(atPath: "\($0)/.ogive")
    }
  }
}
