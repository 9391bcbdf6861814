// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters

// What a run writes down so that it can go on after it was stopped.
extension RunFolder {
  private static let jobName = ".ogive/job.json"
  private static let doneName = ".ogive/done"

  /// Writes down what was asked for, before anything runs, so that `resume` can ask for it again.
  ///
  /// - Parameter job: the command and the parameters that were given.
  public func remember(_ job: JobFile) throws(ProcessingError) {
    if RunShare.ofProcess.isPart { return }
    var job = job
    job.provenance = ["workingFolder": .string(FileManager.default.currentDirectoryPath)]
    unlink("\(path)/\(Self.doneName)")
    try AtomicFile.write(job.json.text(.pretty) + "\n", to: "\(path)/\(Self.jobName)")
  }

  /// The file in which the run of a folder was written down; nil where there is none.
  public static func job(in folder: String) -> String? {
    let path = "\(folder)/\(jobName)"
    return FileManager.default.fileExists(atPath: path) ? path : nil
  }

  /// Whether the run that was last begun in a folder has ended well.
  public static func isFinished(_ folder: String) -> Bool {
    FileManager.default.fileExists(atPath: "\(folder)/\(doneName)")
  }

  func markFinished() throws(ProcessingError) { try AtomicFile.write("", to: "\(path)/\(Self.doneName)") }

  /// Writes a file unless an earlier run has left it whole, made from the same.
  ///
  /// - Parameters:
  ///   - key: of what it is made from.
  ///   - writer: makes it under a partial name.
  /// - Returns: whether it was written.
  @discardableResult
  public func write(_ name: String, key: UnitKey, with writer: (_ partialPath: String) throws -> Void) throws -> Bool
  {
    try !write([(name, key)]) { _, paths in try writer(paths[0]) }.isEmpty
  }

  /// Writes files that are best made in one go, less those that an earlier run has left whole, made from the same.
  ///
  /// - Parameters:
  ///   - files: names in the folder, each with the key of what the file is made from.
  ///   - make: makes the files at these places of the list under the partial paths, one for each.
  /// - Returns: places of the files that were written.
  @discardableResult
  public func write(
    _ files: [(name: String, key: UnitKey)], with make: (_ places: [Int], _ partialPaths: [String]) throws -> Void
  ) throws -> [Int] {
    func note(_ name: String) -> String { "\(path)/.ogive/made/" + name.replacing("/", with: "__") }
    var places: [Int] = []
    for (place, file) in files.enumerated() {
      if let known = try? String(contentsOfFile: note(file.name), encoding: .utf8), known == mark(file.name, file.key)
      {
        try record(file.name)
      } else {
        // While the file is being replaced, nothing is known about it.
        unlink(note(file.name))
        places.append(place)
      }
    }
    guard !places.isEmpty else { return [] }
    let partial = try places.map { try partialPath(for: files[$0].name) }
    do {
      try make(places, partial)
      for place in places { try publish(files[place].name) }
    } catch {
      for path in partial { Self.remove(path) }
      throw error
    }
    try? FileManager.default.createDirectory(atPath: "\(path)/.ogive/made", withIntermediateDirectories: true)
    for file in places.map({ files[$0] }) {
      if let mark = mark(file.name, file.key) { try AtomicFile.write(mark, to: note(file.name)) }
    }
    return places
  }

  /// Writes files that are made together, and whose names only their maker knows, unless an earlier run has left all of
  /// them whole, made from the same.
  ///
  /// - Parameters:
  ///   - group: a name for them that is unique in the folder.
  ///   - key: of what they are made from.
  ///   - place: folder in the run's folder that they go to.
  ///   - make: makes them in a folder of its own and gives their names.
  /// - Returns: whether they were written.
  @discardableResult
  public func write(
    group: String, key: UnitKey, to place: String, _ make: (_ folder: String) throws -> [String]
  ) throws -> Bool {
    let note = "\(path)/.ogive/made/" + group.replacing("/", with: "__") + ".group"
    let known = (try? String(contentsOfFile: note, encoding: .utf8))?.split(separator: "\n") ?? []
    let files = known.map { $0.split(separator: "\t", maxSplits: 1).map(String.init) }.filter { $0.count == 2 }
    if !known.isEmpty, files.count == known.count, files.allSatisfy({ mark($0[1], key) == $0[0] + "\n" }) {
      for file in files { try record(file[1]) }
      return false
    }
    unlink(note)
    let partial = try partialPath(for: UUID().uuidString)
    try FileManager.default.createDirectory(atPath: partial, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: partial) }
    let names = try make(partial).map { "\(place)/\($0)" }
    for name in names {
      try write(name) {
        try AtomicFile.move("\(partial)/\(URL(filePath: name).lastPathComponent)", to: $0, isDurable: false)
      }
    }
    try? FileManager.default.createDirectory(atPath: "\(path)/.ogive/made", withIntermediateDirectories: true)
    let lines = names.compactMap { name in mark(name, key).map { $0.dropLast() + "\t\(name)\n" } }
    try AtomicFile.write(lines.joined(), to: note)
    return true
  }

  /// A file that was left alone since has the same mark.
  private func mark(_ name: String, _ key: UnitKey) -> String? {
    var info = stat()
    guard stat(path(of: name), &info) == 0 else { return nil }
    return "\(key.checksum.hexadecimal) \(info.st_size) \(info.st_mtim.tv_sec).\(info.st_mtim.tv_nsec)\n"
  }
}
