// SPDX-License-Identifier: Apache-2.0
import Foundation

// Which units belong to which stage, so that a run can be done again from a stage on.
extension UnitStore {
  /// Beside the units, so that it outlives them.
  private var journal: String { URL(filePath: folder).deletingLastPathComponent().path + "/stages" }

  /// Writes down what units a stage of a run has. Kept for comfort, so nothing that goes wrong with it ends a run.
  func note(stage: String, _ keys: [UnitKey]) {
    guard URL(filePath: folder).deletingLastPathComponent().lastPathComponent == ".ogive" else { return }
    let text = keys.map { $0.checksum.hexadecimal + "\n" }.joined()
    let mark = String(SHA256.checksum(of: text).hexadecimal.prefix(16))
    mkdir(journal, 0o755)
    let known = (try? FileManager.default.contentsOfDirectory(atPath: journal)) ?? []
    let name = stage.replacing("/", with: "_")
    guard !known.contains(where: { $0.hasSuffix(" \(name) \(mark)") }) else { return }
    let number = String(known.count)
    let ordered = String(repeating: "0", count: max(0, 6 - number.count)) + number
    try? AtomicFile.write(text, to: "\(journal)/\(ordered) \(name) \(mark)")
  }
}

extension RunFolder {
  /// Names of the stages that a run has begun in a folder, in the order of the run.
  public static func stages(in folder: String) -> [String] {
    var seen: Set<String> = []
    return journal(folder).map(\.stage).filter { seen.insert($0).inserted }
  }

  /// Makes the next run in a folder do a stage and all later ones again, whatever was stored of them.
  ///
  /// - Parameters:
  ///   - stage: one of `stages(in:)`.
  ///   - folder: a run folder that nobody is writing.
  ///   - cache: shared units, which are forgotten there too; those of the environment when nil.
  /// - Returns: how many units were removed.
  /// - Throws: `folderLocked` while a run is writing there.
  @discardableResult
  public static func forget(from stage: String, in folder: String, cache: UnitCache? = nil) throws(ProcessingError)
    -> Int
  {
    let run = try RunFolder(at: folder)
    let order = stages(in: folder)
    guard let first = order.firstIndex(of: stage) else { return 0 }
    let later = Set(order[first...])
    let store = UnitStore(folder: run.units.folder, cache: cache ?? UnitCache.ofEnvironment)
    var count = 0
    for entry in journal(folder) where later.contains(entry.stage) {
      let text = (try? String(contentsOfFile: entry.path, encoding: .utf8)) ?? ""
      for line in text.split(separator: "\n") {
        guard let checksum = Checksum(hexadecimal: String(line)) else { continue }
        store.remove(UnitKey(checksum))
        count += 1
      }
    }
    // Products whose makings are known would be left as they are.
    try? FileManager.default.removeItem(atPath: "\(run.path)/.ogive/made")
    unlink("\(run.path)/.ogive/done")
    return count
  }

  private static func journal(_ folder: String) -> [(stage: String, path: String)] {
    let journal = "\(folder)/.ogive/stages"
    return ((try? FileManager.default.contentsOfDirectory(atPath: journal)) ?? []).sorted().compactMap { name in
      // A number, the stage's name, which may hold spaces, and a mark.
      let words = name.split(separator: " ")
      guard words.count >= 3 else { return nil }
      return (words[1..<(words.count - 1)].joined(separator: " "), "\(journal)/\(name)")
    }
  }
}
