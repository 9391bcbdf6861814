// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters
import Processing

/// `ogive measure-host`: what a server starts beside itself, so that its estimates hold for its machine.
public struct MeasureHostCommand: Command {
  private let probes: [HostProbe]

  /// - Parameter probes: small runs that tell how fast a host is.
  public init(probes: [HostProbe]) { self.probes = probes }

  public let id = "measure-host"
  public let summary = "Measure how fast this machine is, for estimates"
  public let isHidden = true

  /// Choices of `ogive measure-host`.
  public struct Parameters: ParameterSet {
    @Parameter("Longest time that it may take", unit: "s", in: 1...) public var within = 600.0

    public init() {}
  }

  public func run(_ invocation: Invocation<Parameters>) throws -> ExitCode {
    let measurement = HostMeasurement(tool: invocation.tool, probes: probes)
    let seconds = invocation.parameters.within
    let speed = waiting { await measurement.known(within: seconds) }
    for (work, factor) in (speed?.factors ?? [:]).sorted(by: { $0.key < $1.key }) {
      invocation.console.print("\(work): \((factor * 100).rounded() / 100) times the estimated time")
    }
    return speed == nil ? .failed : .done
  }
}

/// Waits for something on this thread.
func waiting<Result: Sendable>(_ body: @escaping @Sendable () async -> Result) -> Result {
  let box = ResultBox<Result>()
  let done = DispatchSemaphore(value: 0)
  Task {
    box.value = await body()
    done.signal()
  }
  done.wait()
  return box.value!
}

/// Written before the semaphore is signalled and read after it.
private final class ResultBox<Result: Sendable>: @unchecked Sendable {
  var value: Result?
}
