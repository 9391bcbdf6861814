// SPDX-License-Identifier: Apache-2.0
import Foundation
import HTTP
import Parameters

/// The page itself: its files are inside the program, the libraries of others in a folder.
struct PageAPI {
  let platform: Platform

  var routes: [APIRoute] {
    let html = [APIAnswer.bytes("text/html; charset=utf-8")]
    return [
      APIRoute(
        .get, "/", id: "getPage", "The page", tag: "Page", answers: html, .work { _ in try file("index.html") }),
      APIRoute(
        .get, "/login", id: "getLoginPage", "The page", tag: "Page", answers: html,
        .work { _ in try file("index.html") }),
      APIRoute(
        .get, "/page/{path...}", id: "getPageFile", "A file of the page", tag: "Page",
        .work { try file($0.path("path")) }),
      APIRoute(
        .get, "/library/{path...}", id: "getLibrary", "A library of the page", tag: "Page", .work(library)),
    ]
  }

  private func file(_ path: String) throws -> HTTPResponse {
    guard let file = PageFiles.file(path) else { throw Problem(.notFound, "the page has no file '\(path)'") }
    return HTTPResponse(
      headers: [
        "Content-Type": file.type, "ETag": file.tag, "Cache-Control": "no-cache",
      ], body: .bytes(file.bytes))
  }

  private func library(_ request: APIRequest) throws -> HTTPResponse {
    let name = request.path("path")
    guard let folder = platform.settings.libraryFolder.flatMap(OfferedFolders.real),
      let path = OfferedFolders.real("\(folder)/\(name)"), OfferedFolders.isInside(path, folder)
    else {
      throw Problem(.notFound, "the library '\(name)' is not there; Scripts/setup fetches what the page needs")
    }
    return try HTTPResponse.file(path).with("Cache-Control", "max-age=86400")
  }
}
