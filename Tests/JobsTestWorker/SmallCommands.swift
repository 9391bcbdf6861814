// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters
import Processing

/// Runs until it is asked to stop or its time is over.
struct WaitCommand: Command {
  struct Parameters: ParameterSet {
    @Parameter("Time to wait", unit: "s", in: 0...) var seconds = 60.0
    @Parameter("Whether a request to stop is not heard") var deaf = false
  }

  let id = "wait"
  let summary = "Wait"

  func run(_ invocation: Invocation<Parameters>) throws -> ExitCode {
    let cancellation = Cancellation.watchingSignals()
    if invocation.parameters.deaf { signal(SIGTERM, SIG_IGN) }
    invocation.console.print("waiting")
    let end = Date().addingTimeInterval(invocation.parameters.seconds)
    while Date() < end {
      if !invocation.parameters.deaf { try cancellation.check() }
      Thread.sleep(forTimeInterval: 0.02)
    }
    return .done
  }
}

/// Ends badly, in one way or another.
struct FailCommand: Command {
  enum Way: String, ParameterChoice {
    case error, disk, io, memory, crash, kill, temporary

    var summary: String { rawValue }
  }

  struct Parameters: ParameterSet {
    @Parameter("How it fails") var way = Way.error
    @Parameter("File in which its calls are counted; it does well once there are more than `times`") var tally:
      String?
    @Parameter("How often it fails", in: 0...) var times = 1_000
    @Parameter("Memory to use", unit: "MB", in: 1...) var memory = 512
  }

  struct Failure: Error {
    let kind: String
    let message: String
  }

  let id = "fail"
  let summary = "Fail in the way that is asked for"

  func run(_ invocation: Invocation<Parameters>) throws -> ExitCode {
    let parameters = invocation.parameters
    if let tally = parameters.tally, let file = fopen(tally, "a") {
      fputs("\(parameters.memory)\n", file)
      fclose(file)
      let calls = (try? String(contentsOfFile: tally, encoding: .utf8))?.split(separator: "\n").count ?? 0
      if calls > parameters.times { return .done }
    }
    switch parameters.way {
    case .error: throw Failure(kind: "service.no-data", message: "there is nothing to measure")
    case .disk: throw Failure(kind: "run-folder.disk-full", message: "the disk is full")
    case .io: throw Failure(kind: "raster.read-failed", message: "a read failed")
    case .memory: throw Failure(kind: "memory.exhausted", message: "there is not enough memory")
    case .crash: abort()
    case .kill: kill(getpid(), SIGKILL)
    case .temporary: exit(75)
    }
    return .failed
  }
}

/// Takes memory until somebody ends it.
struct EatCommand: Command {
  struct Parameters: ParameterSet {
    @Parameter("Most that it takes", unit: "MB", in: 1...) var megabytes = 2_000
  }

  let id = "eat"
  let summary = "Take memory and keep it"

  func run(_ invocation: Invocation<Parameters>) throws -> ExitCode {
    var held: [[UInt8]] = []
    for _ in 0..<(invocation.parameters.megabytes / 10) {
      held.append([UInt8](repeating: 1, count: 10_000_000))
      Thread.sleep(forTimeInterval: 0.02)
    }
    // Held until somebody ends it, however busy the machine is.
    Thread.sleep(forTimeInterval: 60)
    return held.isEmpty ? .failed : .done
  }
}

/// Prints what it is given, and something that no library should.
struct EchoCommand: Command {
  struct Parameters: ParameterSet {
    @Parameter("Words to print") var text = "hello"
  }

  let id = "echo"
  let summary = "Print words"

  func run(_ invocation: Invocation<Parameters>) throws -> ExitCode {
    invocation.console.print(invocation.parameters.text)
    invocation.console.printError("a warning")
    let text = "a library prints this\n"
    _ = text.withCString { write(STDERR_FILENO, $0, strlen($0)) }
    return .done
  }
}
