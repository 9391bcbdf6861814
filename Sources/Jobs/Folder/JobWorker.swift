// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters
import Processing
import Synchronization

/// The process in which a job runs: what `ogive work FOLDER` does.
///
/// It holds the folder's lock as long as it lives, sends everything that is printed to the log, runs the command of
/// `job.json` in this process, and last of all writes `exit.json`. It needs nobody: whoever started it may be gone.
public struct JobWorker: Sendable {
  /// What the process ends with when another one works in the folder: `EX_TEMPFAIL`.
  public static let tryAgain: Int32 = 75

  private let tool: CommandLineTool
  private let folder: JobFolder
  private let part: JobPart?
  private let patience: Double?
  private let faults = ErrorRecord()

  /// - Parameters:
  ///   - tool: the commands that jobs may ask for.
  ///   - folder: that of the job.
  ///   - part: the share of this process in a stage; the whole job when nil.
  ///   - patience: seconds that a stage may still take in this process before it is left to several; nil never leaves.
  public init(tool: CommandLineTool, folder: String, part: JobPart? = nil, patience: Double? = nil) {
    self.tool = tool
    self.folder = JobFolder(URL(filePath: folder).standardizedFileURL.path)
    (self.part, self.patience) = (part, patience)
  }

  /// Runs the job.
  ///
  /// - Returns: the exit status of the process.
  public func run() -> Int32 {
    // Nobody may be left to read what is printed.
    signal(SIGPIPE, SIG_IGN)
    if part != nil { mkdir("\(folder.path)/parts", 0o755) }
    let lock: JobLock
    do throws(JobsError) {
      let path = folder.lockPath(part)
      var found = JobLock.adopted(path)
      if found == nil { found = try JobLock.take(path) }
      guard let taken = found else {
        Console.standard().printError("another process works in \(folder.path); wait for it")
        return Self.tryAgain
      }
      lock = taken
    } catch {
      Console.standard().printError(error.message)
      return 1
    }
    lock.sign(ProcessMark(of: getpid())?.text ?? "")
    defer { withExtendedLifetime(lock) {} }
    sendOutputToLog()
    let begin = Date()
    var exit = work()
    exit.measure(since: begin)
    do throws(JobsError) {
      try folder.write(exit, part)
    } catch {
      // The lock ends without a word then: a killed worker, which is tried again.
      console.printError(error.message)
      return Self.tryAgain
    }
    return exit.code
  }

  private func work() -> JobExit {
    let wide = Mutex(false)
    do {
      let job = try folder.job()
      guard let process = job.process else {
        throw ParameterError(.missing, "\(folder.jobPath) does not say which process is to run")
      }
      var words = [process, "--config", folder.jobPath]
      if tool.writesFolder(process) { words += ["--out", folder.resultPath] }
      // A cluster's job has so many cores of a machine that has more.
      if let cores = ProcessInfo.processInfo.environment["SLURM_CPUS_PER_TASK"], tool.declaresThreads(process) {
        words += ["--threads", cores]
      }
      if let part {
        RunShare.ofProcess = .part(try share(of: part))
      } else if let patience {
        RunShare.ofProcess = .lead(
          RunLead(patience: patience) { stage in
            try folder.write(stage.json, to: folder.widePath)
            wide.withLock { $0 = true }
          })
      }
      unlink(folder.outputPath)
      return ended(tool.run(words, console: console), isWide: wide.withLock { $0 })
    } catch {
      tool.report(error, console)
      return ended(.wrongUse, isWide: false)
    }
  }

  private func ended(_ code: ExitCode, isWide: Bool) -> JobExit {
    let error = faults.last.withLock { $0 }
    // A part ends by an error that says that its units are done.
    if isWide || part != nil, error?.kind == "run.handed-over" {
      var exit = JobExit(code: 0)
      exit.isWide = isWide
      return exit
    }
    if code == .done { return JobExit(code: 0) }
    return JobExit(code: code.rawValue, kind: error?.kind, message: error?.message)
  }

  /// Words for whoever sent the job, who knows its files by their names in its folder and not where that lies.
  private static func named(_ text: String, within folder: JobFolder) -> String {
    text.replacing("\(folder.path)/", with: "")
  }

  private func share(of part: JobPart) throws(JobsError) -> RunPart {
    guard let stage = folder.wideStage(), stage.stage == part.stage else {
      throw JobsError(.noStage, "\(folder.widePath) does not share a stage \(part.stage) out; start the job again")
    }
    return RunPart(own: stage.share(part.index, of: part.count).map(\.key), failed: stage.failed)
  }
}

// MARK: - Output

/// The last error that the tool has reported.
private final class ErrorRecord: Sendable {
  let last = Mutex<(kind: String, message: String)?>(nil)
}

extension JobWorker {
  /// Whatever prints in this process, libraries and crashes too, prints into the log.
  private func sendOutputToLog() {
    let descriptor = open(folder.logPath(part), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { return }
    fflush(nil)
    for standard in [STDOUT_FILENO, STDERR_FILENO] { dup2(descriptor, standard) }
    close(descriptor)
  }

  private var console: Console {
    let faults = faults, folder = folder, output = part == nil ? folder.outputPath : nil
    return Console(
      logsJSON: true,
      write: { text in
        let text = Self.named(text, within: folder)
        for line in text.split(separator: "\n") { Self.log(["event": "output", "message": .string(String(line))]) }
        if let output { Self.append(text, to: output) }
      },
      writeError: { text in
        for line in Self.named(text, within: folder).split(separator: "\n") {
          let entry = (try? JSONValue(parsing: String(line)))?.objectValue
          if let entry, entry["event"] == "error" {
            faults.last.withLock {
              $0 = (entry["kind"]?.stringValue ?? "internal", entry["message"]?.stringValue ?? "")
            }
          }
          Self.log(entry ?? ["event": "warning", "message": .string(String(line))])
        }
      })
  }

  private static func log(_ entry: JSONObject) {
    let time: JSONObject = ["time": .string(JobTime.text(Date()))]
    let bytes = Array((time.merged(with: entry).text(.line) + "\n").utf8)
    _ = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }

  private static func append(_ text: String, to path: String) {
    guard let file = fopen(path, "a") else { return }
    fputs(text, file)
    fclose(file)
  }
}

extension CommandLineTool {
  /// Whether a command writes a run folder, which is then that of the job.
  package func writesFolder(_ process: String) -> Bool { self[process].map { Self.writesFolder($0) } ?? false }

  /// Whether a command takes a number of threads.
  package func declaresThreads(_ process: String) -> Bool {
    func declares<C: Command>(_ command: C) -> Bool {
      C.Parameters().fields.contains { $0.name == "threads" && !$0.declaration.isPositional }
    }
    return self[process].map { declares($0) } ?? false
  }

  private static func writesFolder<C: Command>(_ command: C) -> Bool {
    C.Parameters().fields.contains {
      $0.name == "out" && !$0.declaration.isPositional && $0.declaration.shape.type == .path(.outputFolder)
    }
  }
}
