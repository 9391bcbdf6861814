// SPDX-License-Identifier: Apache-2.0
import CPage
import Foundation
import Testing

/// The folder that the table was made from.
enum PageFolder {
  static let url = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Sources/CPage/files").standardizedFileURL

  /// Paths of all files in it.
  static var paths: [String] {
    let all = (FileManager.default.enumerator(atPath: url.path)?.allObjects ?? []).compactMap { $0 as? String }
    return all.filter { path in
      var isFolder: ObjCBool = false
      let isThere = FileManager.default.fileExists(atPath: url.appending(path: path).path, isDirectory: &isFolder)
      return isThere && !isFolder.boolValue && !(path.split(separator: "/").last ?? "").hasPrefix(".")
    }
  }

  static func text(_ path: String) throws -> String {
    try String(contentsOf: url.appending(path: path), encoding: .utf8)
  }

  static func words(_ path: String) throws -> [String: String] {
    try JSONDecoder().decode([String: String].self, from: Data(contentsOf: url.appending(path: path)))
  }
}

@Suite("Files of the web page")
struct PageFilesTests {
  static var table: [page_file] { (0..<page_file_count).compactMap { page_file_at($0)?.pointee } }

  @Test("the program holds each file of the folder, byte for byte, and nothing else")
  func tableIsComplete() throws {
    let paths = Self.table.map { String(cString: $0.path) }
    #expect(paths.count == Set(paths).count)
    #expect(Set(paths) == Set(PageFolder.paths), "run Scripts/embed-page")
    for (path, file) in zip(paths, Self.table) {
      let bytes = Data(UnsafeBufferPointer(start: file.bytes, count: file.count))
      #expect(try Data(contentsOf: PageFolder.url.appending(path: path)) == bytes, "\(path)")
    }
    #expect(page_file_at(page_file_count) == nil)
  }

  @Test("every file says what it is")
  func mediaTypes() {
    let types = ["html": "text/html", "js": "text/javascript", "css": "text/css", "json": "application/json"]
    for file in Self.table {
      let ending = String(cString: file.path).split(separator: ".").last.map(String.init) ?? ""
      let type = String(cString: file.media_type)
      #expect(type.hasPrefix(types[ending] ?? "image/"), "\(String(cString: file.path)) is \(type)")
    }
  }

  @Test("modules have fewer than 400 lines, and import and call nothing from other servers")
  func modulesAreSmallAndSelfContained() throws {
    for path in PageFolder.paths where path.hasSuffix(".js") || path.hasSuffix(".css") || path.hasSuffix(".html") {
      let text = try PageFolder.text(path)
      #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count < 400, "\(path)")
      #expect(!text.contains(#/(?:src|href|from|import|url|fetch)\s*[=(]?\s*["'(]https?:/#), "\(path)")
      #expect(!text.contains("innerHTML") && !text.contains("eval("), "\(path) makes elements of text")
    }
  }
}
