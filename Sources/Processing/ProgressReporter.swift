// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters
import Synchronization

/// Tells how far a run is, on standard error: a bar for people at a terminal, JSON lines for programs.
///
/// Any thread may report. A bar is redrawn at most ten times a second; JSON lines come at most once a second, besides
/// those that begin and end a stage.
public final class ProgressReporter: Sendable {
  public enum Style: Sendable {
    /// A bar where standard error is a terminal, JSON lines otherwise.
    case automatic
    case bar
    case jsonLines
    case quiet
  }

  private struct Stage {
    var name = ""
    var unit = ""
    var total = 0
    var done = 0
    var reused = 0
    var started = 0.0
    var reported = -Double.infinity
    var isOpen = false
    /// What later stages are expected to take, s; and what this one was.
    var expected: Double?
    var later = 0.0
  }

  private let stage = Mutex<Stage>(Stage())
  private let expectations = Mutex<[(stage: String, seconds: Double)]>([])
  private let style: Style
  private let emit: @Sendable (String) -> Void
  private let now: @Sendable () -> Double

  public convenience init(_ style: Style = .automatic) {
    let isTerminal = isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
    let resolved: Style = style == .automatic ? (isTerminal ? .bar : .jsonLines) : style
    let emit = resolved == .jsonLines ? Self.writeTimedLine : Self.writeToStandardError
    self.init(resolved, now: Self.monotonicSeconds, emit: emit)
  }

  /// With a clock in seconds and a place for the text, for tests.
  package init(
    _ style: Style, now: @escaping @Sendable () -> Double, emit: @escaping @Sendable (String) -> Void
  ) {
    self.style = style
    self.now = now
    self.emit = emit
  }

  /// Says what stages are to come and how long each may take, s: the time left is then that of all of them. Where the
  /// stage at hand turns out slower or faster, so do those after it.
  public func expect(_ stages: [(stage: String, seconds: Double)]) { expectations.withLock { $0 = stages } }

  /// Begins a stage of `total` units of work, e.g. 1 200 `points`.
  public func begin(_ name: String, total: Int, unit: String) {
    guard style != .quiet else { return }
    let all = expectations.withLock { $0 }
    stage.withLock { stage in
      end(&stage)
      stage = Stage(name: name, unit: unit, total: total, started: now(), isOpen: true)
      if let place = all.firstIndex(where: { $0.stage == name }) {
        stage.expected = all[place].seconds
        stage.later = all[(place + 1)...].reduce(0) { $0 + $1.seconds }
      }
      if style == .jsonLines {
        emitLine(["event": "stage-start", "stage": .string(name), "total": .integer(total), "unit": .string(unit)])
      } else {
        draw(&stage)
      }
    }
  }

  /// Reports that `count` more units of the stage are done.
  public func advance(by count: Int = 1) {
    guard style != .quiet else { return }
    stage.withLock { stage in
      guard stage.isOpen else { return }
      stage.done += count
      let interval = style == .bar ? 0.1 : 1.0
      let time = now()
      guard time - max(stage.reported, style == .bar ? -.infinity : stage.started) >= interval else { return }
      stage.reported = time
      if style == .bar { draw(&stage) } else { emitLine(progress(of: stage, at: time)) }
    }
  }

  /// Tells that `count` of the units that are reported come from an earlier run: they say nothing about the rate.
  public func reuse(_ count: Int) {
    guard style != .quiet else { return }
    stage.withLock { $0.reused += count }
  }

  /// Ends the stage.
  public func end() {
    guard style != .quiet else { return }
    stage.withLock { end(&$0) }
  }

  /// A sentence for the user, on a line of its own.
  public func note(_ message: String) {
    guard style != .quiet else { return }
    stage.withLock { stage in
      if style == .jsonLines { return emitLine(["event": "note", "message": .string(message)]) }
      emit((stage.isOpen ? "\r\u{1B}[K" : "") + message + "\n")
      if stage.isOpen { draw(&stage) }
    }
  }
}

// MARK: - Text

extension ProgressReporter {
  private func end(_ stage: inout Stage) {
    guard stage.isOpen else { return }
    let seconds = now() - stage.started
    if style == .jsonLines {
      emitLine([
        "event": "stage-end", "stage": .string(stage.name), "done": .integer(stage.done),
        "total": .integer(stage.total), "seconds": .number((seconds * 1000).rounded() / 1000),
      ])
    } else {
      let count = "\(stage.done) \(stage.unit)"
      emit("\r\u{1B}[K\(stage.name): \(count) in \(Self.duration(seconds))\n")
    }
    stage.isOpen = false
  }

  /// Units per second since the stage began, and what is left at that rate of this stage and of those expected after it;
  /// nil before anything is done.
  private func forecast(_ stage: Stage, at time: Double) -> (rate: Double, secondsLeft: Double)? {
    let elapsed = time - stage.started
    let fresh = stage.done - stage.reused
    guard fresh > 0, elapsed > 0 else { return nil }
    let rate = Double(fresh) / elapsed
    let left = Double(max(0, stage.total - stage.done)) / rate
    guard let expected = stage.expected, expected > 0 else { return (rate, left) }
    return (rate, left + stage.later * (Double(stage.total) / rate) / expected)
  }

  private func progress(of stage: Stage, at time: Double) -> JSONObject {
    let forecast = forecast(stage, at: time)
    return [
      "event": "progress", "stage": .string(stage.name), "done": .integer(stage.done), "total": .integer(stage.total),
      "rate": forecast.map { .number(($0.rate * 10).rounded() / 10) } ?? .null,
      "secondsLeft": forecast.map { .number(($0.secondsLeft * 10).rounded() / 10) } ?? .null,
    ]
  }

  private func draw(_ stage: inout Stage) {
    let width = 24
    let share = stage.total > 0 ? min(1, Double(stage.done) / Double(stage.total)) : 0
    let filled = Int((share * Double(width)).rounded(.down))
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
    var line = "\(stage.name) \(bar) \(Int((share * 100).rounded(.down))) %"
    if let (rate, left) = forecast(stage, at: now()) {
      line += "  \(Self.short(rate)) \(stage.unit)/s  \(Self.duration(left)) left"
    }
    emit("\r" + line.prefix(Self.terminalColumns - 1) + "\u{1B}[K")
  }

  private func emitLine(_ value: JSONObject) { emit(value.text(.line) + "\n") }

  /// `42 s`, `3:05 min`, `2:03 h`.
  package static func duration(_ seconds: Double) -> String {
    if seconds < 9.95 { return "\((seconds * 10).rounded() / 10) s" }
    let whole = Int(seconds.rounded())
    func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return "\(whole / 60):\(twoDigits(whole % 60)) min" }
    return "\(whole / 3600):\(twoDigits(whole / 60 % 60)) h"
  }

  private static func short(_ rate: Double) -> String {
    switch rate {
    case ..<10: "\((rate * 10).rounded() / 10)"
    case ..<10_000: "\(Int(rate.rounded()))"
    case ..<1e7: "\(Int((rate / 1e3).rounded())) k"
    default: "\(Int((rate / 1e6).rounded())) M"
    }
  }

  private static var terminalColumns: Int {
    var size = winsize()
    return ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 20 ? Int(size.ws_col) : 80
  }

  private static func monotonicSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  /// The lines of a program's log say when.
  @Sendable private static func writeTimedLine(_ line: String) {
    let time = Date().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    writeToStandardError("{\"time\":\"\(time)\"," + line.dropFirst())
  }

  @Sendable private static func writeToStandardError(_ text: String) {
    let bytes = Array(text.utf8)
    _ = bytes.withUnsafeBytes { Foundation.write(STDERR_FILENO, $0.baseAddress!, $0.count) }
  }
}
