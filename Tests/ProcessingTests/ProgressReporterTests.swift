// SPDX-License-Identifier: Apache-2.0
import Processing
import Synchronization
import Testing

@Suite("Progress")
struct ProgressReporterTests {
  /// A reporter whose clock stands until it is moved.
  private final class Recorder: Sendable {
    let time = Mutex(100.0)
    let texts = Mutex<[String]>([])

    func reporter(_ style: ProgressReporter.Style) -> ProgressReporter {
      ProgressReporter(style) {
        self.time.withLock { $0 }
      } emit: { text in
        self.texts.withLock { $0.append(text) }
      }
    }

    func wait(_ seconds: Double) { time.withLock { $0 += seconds } }
    var all: [String] { texts.withLock { $0 } }
  }

  @Test("as JSON lines tells the start, the rate at most once a second, and the end")
  func jsonLines() {
    let recorder = Recorder()
    let progress = recorder.reporter(.jsonLines)
    progress.begin("match", total: 100, unit: "points")
    for _ in 0..<20 {
      recorder.wait(0.125)
      progress.advance(by: 2)
    }
    progress.end()
    #expect(
      recorder.all == [
        #"{"event":"stage-start","stage":"match","total":100,"unit":"points"}"# + "\n",
        #"{"event":"progress","stage":"match","done":16,"total":100,"rate":16.0,"secondsLeft":5.3}"# + "\n",
        #"{"event":"progress","stage":"match","done":32,"total":100,"rate":16.0,"secondsLeft":4.3}"# + "\n",
        #"{"event":"stage-end","stage":"match","done":40,"total":100,"seconds":2.5}"# + "\n",
      ])
  }

  @Test("as a bar shows share, rate and time left, at most ten times a second")
  func bar() {
    let recorder = Recorder()
    let progress = recorder.reporter(.bar)
    progress.begin("match", total: 1000, unit: "points")
    for _ in 0..<64 {
      recorder.wait(1.0 / 32)
      progress.advance(by: 8)
    }
    let drawn = recorder.all.count
    #expect(drawn >= 15 && drawn <= 21)
    #expect(recorder.all.last == "\rmatch ███████████░░░░░░░░░░░░░ 48 %  256 points/s  2.0 s left\u{1B}[K")
    progress.end()
    #expect(recorder.all.last == "\r\u{1B}[Kmatch: 512 points in 2.0 s\n")
  }

  @Test("units of an earlier run count as done but not for the rate")
  func reused() {
    let recorder = Recorder()
    let progress = recorder.reporter(.jsonLines)
    progress.begin("match", total: 100, unit: "points")
    progress.reuse(60)
    progress.advance(by: 60)
    recorder.wait(2)
    progress.advance(by: 20)
    #expect(recorder.all.last?.contains(#""done":80,"total":100,"rate":10.0,"secondsLeft":2.0"#) == true)
  }

  @Test("quiet says nothing")
  func quiet() {
    let recorder = Recorder()
    let progress = recorder.reporter(.quiet)
    progress.begin("match", total: 10, unit: "points")
    progress.advance(by: 10)
    progress.note("hello")
    progress.end()
    #expect(recorder.all.isEmpty)
  }

  @Test(
    "writes times as people do",
    arguments: [(0.04, "0.0 s"), (9.9, "9.9 s"), (9.96, "10 s"), (65, "1:05 min"), (7384, "2:03 h")])
  func durations(seconds: Double, text: String) {
    #expect(ProgressReporter.duration(seconds) == text)
  }
}
