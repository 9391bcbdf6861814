// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Keeps a second server out of a data folder; ends with the process, however that ends.
final class DataFolderLock: Sendable {
  private let descriptor: Int32

  /// - Throws: `dataFolder` when another server has the folder.
  init(_ folder: String) throws(ServerError) {
    descriptor = open("\(folder)/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
    guard descriptor >= 0 else {
      throw ServerError(
        .dataFolder, "the data folder \(folder) can't be written: \(String(cString: strerror(errno)))")
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw ServerError(
        .dataFolder, "another server is running on the data folder \(folder); stop it, or give another --data")
    }
  }

  deinit { close(descriptor) }
}
