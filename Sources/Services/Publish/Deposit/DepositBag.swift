// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters
import Processing

/// A folder that is being filled as a bag of BagIt 1.0: a payload in `data`, and manifests with checksums beside it.
///
/// Source: RFC 8493. Checked by: `DepositTests`, with `bagit.py`.
struct DepositBag {
  let folder: String
  private(set) var files: [DepositedFile] = []
  private let cancellation: Cancellation

  init(_ folder: String, _ cancellation: Cancellation) throws {
    (self.folder, self.cancellation) = (folder, cancellation)
    try FileManager.default.createDirectory(atPath: "\(folder)/data", withIntermediateDirectories: true)
  }

  /// Puts a text into the payload.
  mutating func add(_ text: String, as path: String, title: String) throws {
    let target = try place(path)
    try AtomicFile.write(text, to: target)
    files.append(
      DepositedFile(path: path, title: title, bytes: text.utf8.count, checksum: SHA256.checksum(of: text)))
  }

  /// Copies a file into the payload; its checksum is that of what was copied.
  ///
  /// - Parameter forbidden: checksums of files that must not get in; such a file is left out.
  /// - Returns: whether it was put in.
  mutating func copy(_ source: String, as path: String, title: String, unless forbidden: Set<Checksum>) throws -> Bool
  {
    let target = try place(path)
    guard let input = FileHandle(forReadingAtPath: source) else {
      throw ProcessingError(.fileNotReadable, "cannot read \(source): \(String(cString: strerror(errno)))")
    }
    defer { try? input.close() }
    let output = open(target, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard output >= 0 else { throw AtomicFile.failure("create", target) }
    defer { close(output) }
    var hash = SHA256(), bytes = 0
    while let piece = try input.read(upToCount: 1 << 20), !piece.isEmpty {
      try cancellation.check()
      try piece.withUnsafeBytes { piece in
        hash.update(piece)
        var done = 0
        while done < piece.count {
          let count = write(output, piece.baseAddress! + done, piece.count - done)
          if count < 0 && errno == EINTR { continue }
          guard count > 0 else { throw AtomicFile.failure("write", target) }
          done += count
        }
      }
      bytes += piece.count
    }
    let checksum = hash.finalized()
    guard !forbidden.contains(checksum) else {
      unlink(target)
      return false
    }
    files.append(DepositedFile(path: path, title: title, bytes: bytes, checksum: checksum))
    return true
  }

  /// Writes the files that make the folder a bag.
  func seal(date: String, description: String, agent: String) throws {
    let bytes = files.reduce(0) { $0 + $1.bytes }
    // Long lines of tags go on behind a line feed and a space; one long line is as good.
    let about = description.split(whereSeparator: \.isNewline).joined(separator: " ")
    let tags = [
      ("bagit.txt", "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"),
      (
        "bag-info.txt",
        "Bag-Software-Agent: \(agent)\nBagging-Date: \(date)\nExternal-Description: \(about)\n"
          + "Payload-Oxum: \(bytes).\(files.count)\n"
      ),
      (
        "manifest-sha256.txt",
        files.sorted { $0.path < $1.path }
          .map { "\($0.checksum.hexadecimal)  data/\(Self.escaped($0.path))\n" }.joined()
      ),
    ]
    for (name, text) in tags { try AtomicFile.write(text, to: "\(folder)/\(name)") }
    let sums = tags.map { "\(SHA256.checksum(of: $0.1).hexadecimal)  \($0.0)\n" }.joined()
    try AtomicFile.write(sums, to: "\(folder)/tagmanifest-sha256.txt")
  }

  /// Line feeds and per cents of names, as the manifest wants them.
  private static func escaped(_ path: String) -> String {
    path.replacing("%", with: "%25").replacing("\n", with: "%0A").replacing("\r", with: "%0D")
  }

  private func place(_ path: String) throws -> String {
    let target = "\(folder)/data/\(path)"
    try FileManager.default.createDirectory(
      at: URL(filePath: target).deletingLastPathComponent(), withIntermediateDirectories: true)
    return target
  }
}
