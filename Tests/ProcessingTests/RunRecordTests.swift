// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Parameters
import Processing
import Testing

@Suite("Run record")
struct RunRecordTests {
  @Test("inputs are listed in the order given, with size and checksum, on any number of threads", arguments: [1, 3])
  func inputs(threads: Int) throws {
    let folder = try TemporaryFolder()
    let paths = try (0..<5).map { index in
      let path = "\(folder.path)/\(index)"
      try String(repeating: "x", count: 100_000 - 20_000 * index)
        .write(toFile: path, atomically: false, encoding: .utf8)
      return path
    }
    let files = try InputFile.read(paths, threads: threads, cancellation: Cancellation())
    #expect(files.map(\.path) == paths)
    #expect(files.map(\.bytes) == [100_000, 80_000, 60_000, 40_000, 20_000])
    #expect(files[4].checksum == SHA256.checksum(of: String(repeating: "x", count: 20_000)))
    let error = #expect(throws: ProcessingError.self) {
      try InputFile.read([paths[0], folder.path + "/none"], threads: threads, cancellation: Cancellation())
    }
    #expect(error?.message == "cannot read \(folder.path)/none: No such file or directory")
  }

  @Test("the same run gives the same bytes, and keys that do not depend on paths or the order of parameters")
  func keys() {
    let checksum = SHA256.checksum(of: "a")
    func record(path: String, _ parameters: JSONObject) -> RunRecord {
      let input = InputFile(path: path, bytes: 1, checksum: checksum)
      return RunRecord(command: "match", version: "0.1.0", inputs: [input], parameters: parameters)
    }
    let first = record(path: "a.tif", ["window": 51, "spacing": 8])
    let second = record(path: "b.tif", ["spacing": 8, "window": 51])
    let window = Window(row: 0, column: 0, rows: 4, columns: 4)
    #expect(first.key(stage: "dense", stageVersion: 1)(window) == second.key(stage: "dense", stageVersion: 1)(window))
    #expect(first.key(stage: "dense", stageVersion: 1)(window) != first.key(stage: "dense", stageVersion: 2)(window))
    #expect(first.text.hasPrefix("{\n  \"command\": \"match\",\n  \"version\": \"0.1.0\",\n  \"inputs\": ["))
  }
}
