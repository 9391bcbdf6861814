// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Takes a request's body as it comes, within its limit.
final class BodySink {
  enum Trouble {
    case tooLarge(limit: Int)
    case diskFull
    case notWritable(reason: String)
  }

  private enum Place {
    case memory([UInt8])
    case file(descriptor: Int32, path: String)
  }

  private var place: Place
  private let limit: Int
  private(set) var count = 0
  private(set) var trouble: Trouble?

  /// - Parameter expected: length that the head promises, bytes; nil when it does not say.
  init(memoryUpTo limit: Int, expected: Int?) {
    self.limit = limit
    var bytes: [UInt8] = []
    if let expected, expected <= limit { bytes.reserveCapacity(expected) }
    place = .memory(bytes)
  }

  /// Makes a file of a new name in the folder.
  init(fileIn folder: String, upTo limit: Int, expected: Int?) {
    self.limit = limit
    place = .memory([])
    if let expected, Self.freeBytes(in: folder) < expected {
      trouble = .diskFull
      return
    }
    let path = "\(folder)/upload-\(UUID().uuidString.lowercased())"
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      setTrouble()
      return
    }
    place = .file(descriptor: descriptor, path: path)
  }

  deinit { discard() }

  /// Takes the next bytes; what comes after a trouble is dropped.
  func append(_ bytes: UnsafeRawBufferPointer) {
    count += bytes.count
    guard trouble == nil else { return }
    guard count <= limit else {
      trouble = .tooLarge(limit: limit)
      return discard()
    }
    switch place {
    case .memory(var taken):
      // Taken out first: two owners would make every piece copy all that came before.
      place = .memory([])
      taken.append(contentsOf: bytes)
      place = .memory(taken)
    case .file(let descriptor, _):
      var done = 0
      while done < bytes.count {
        let written = write(descriptor, bytes.baseAddress! + done, bytes.count - done)
        if written < 0 && errno == EINTR { continue }
        guard written > 0 else {
          setTrouble()
          return discard()
        }
        done += written
      }
    }
  }

  /// The body. A file belongs to the caller from now on.
  func take() -> HTTPBody {
    defer { place = .memory([]) }
    switch place {
    case .memory(let bytes): return bytes.isEmpty ? .none : .bytes(bytes)
    case .file(let descriptor, let path):
      close(descriptor)
      return .file(path: path, count: count)
    }
  }

  private func discard() {
    if case .file(let descriptor, let path) = place {
      close(descriptor)
      unlink(path)
    }
    place = .memory([])
  }

  private func setTrouble() {
    trouble =
      errno == ENOSPC || errno == EDQUOT || errno == EFBIG
      ? .diskFull : .notWritable(reason: String(cString: strerror(errno)))
  }

  private static func freeBytes(in folder: String) -> Int {
    var information = statvfs()
    // Some file systems do not count their blocks; what is really wrong then shows when the file is made.
    guard statvfs(folder, &information) == 0, information.f_blocks > 0 else { return .max }
    return Int(information.f_bavail) * Int(information.f_frsize)
  }
}

extension BodySink.Trouble {
  var response: HTTPResponse {
    switch self {
    case .tooLarge(let limit):
      .problem(
        413, kind: "http.body-too-large", detail: "the body has more than the \(limit) bytes that may be sent here")
    case .diskFull:
      .problem(507, kind: "http.disk-full", detail: "there is no room for the upload: the server's disk is full")
    case .notWritable(let reason):
      .problem(500, kind: "http.upload-not-writable", detail: "the upload cannot be stored: \(reason)")
    }
  }
}
