// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Real data that the project's own machines have and a user's clone does not.
public enum SharedData {
  /// The folder beside the checkout, or the one that `OGIVE_SHARED` names; nil when there is none.
  public static let folder: URL? = {
    let checkout = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let path = ProcessInfo.processInfo.environment["OGIVE_SHARED"] ?? checkout.appending(path: "../shared").path
    return FileManager.default.fileExists(atPath: path) ? URL(filePath: path).standardizedFileURL : nil
  }()

  /// A file of a data set, or nil where the data are absent: use it as the condition that enables a test.
  public static func file(_ path: String) -> URL? {
    guard let url = folder?.appending(path: "data").appending(path: path),
      FileManager.default.fileExists(atPath: url.path)
    else { return nil }
    return url
  }
}
