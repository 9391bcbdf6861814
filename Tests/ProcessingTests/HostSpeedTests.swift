// SPDX-License-Identifier: Apache-2.0
import Foundation
import Processing
import Testing

@Suite("Speed of a host")
struct HostSpeedTests {
  private func speed() -> HostSpeed {
    var speed = HostSpeed(version: "1")
    speed.record("match ncc", coreSeconds: 4, estimated: 2)
    speed.record("simulate", coreSeconds: 1, estimated: 2)
    return speed
  }

  @Test("a kind of work takes its own factor, another one the mean of all, and none before anything was measured")
  func factors() {
    #expect(speed().factor(of: "match ncc") == 2 && speed().factor(of: "simulate") == 0.5)
    #expect(abs((speed().factor(of: "invert") ?? 0) - 1) < 1e-12)
    #expect(HostSpeed(version: "1").factor(of: "invert") == nil)
    var odd = HostSpeed(version: "1")
    odd.record("match ncc", coreSeconds: 0, estimated: 2)
    odd.record("match ncc", coreSeconds: 1, estimated: 0)
    #expect(odd.factors.isEmpty)
  }

  @Test("a nominal estimate is scaled and counts as measured; this host's own stays as it is")
  func adjusted() {
    let nominal = CommandEstimate(
      "match ncc", serial: 1, parallel: 8, width: 2, memoryBytes: 5, diskBytes: 6)
    #expect(nominal.seconds.likely == 5 && nominal.coreSeconds == 9 && !nominal.isMeasured)
    let here = speed().adjusted(nominal)
    #expect(here.seconds.likely == 10 && here.seconds.low > 5 && here.seconds.high < 20 && here.isMeasured)
    var own = nominal
    own.work = nil
    #expect(speed().adjusted(own) == own)
  }

  @Test("it is found again by the same version only")
  func kept() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "ogive-speed-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    speed().save(to: folder + "/speed.json")
    #expect(HostSpeed.load(version: "1", from: folder + "/speed.json") == speed())
    #expect(HostSpeed.load(version: "2", from: folder + "/speed.json") == nil)
    #expect(HostSpeed.load(version: "1", from: folder + "/nothing.json") == nil)
    var busy = HostSpeed(version: "1", wasBusy: true)
    busy.record("simulate", coreSeconds: 1, estimated: 2)
    busy.save(to: folder + "/speed.json")
    #expect(HostSpeed.load(version: "1", from: folder + "/speed.json")?.wasBusy == true)
  }
}
