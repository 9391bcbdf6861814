// SPDX-License-Identifier: Apache-2.0
import Accounts
import HTTP
import Parameters

/// What can be picked as an input: folders of the machine, and files that were sent up.
struct FilesAPI {
  let platform: Platform

  var routes: [APIRoute] {
    let name = "/api/uploads/{name}"
    return [
      APIRoute(
        .get, "/api/files", id: "listFiles", "The folders that the server offers, and what is in them", tag: "Files",
        needs: .submit,
        query: [APIParameter("path", "Folder to list; without it the offered ones", ["type": "string"])],
        .work(files)),
      APIRoute(
        .get, "/api/uploads", id: "listUploads", "Files sent up", tag: "Files", needs: .submit, .work(uploads)),
      APIRoute(
        .put, name, id: "upload", "Send a file", tag: "Files", needs: .submit, body: .file,
        answers: [.json(status: 201)], .work(upload)),
      APIRoute(
        .delete, name, id: "removeUpload", "Remove a file sent up", tag: "Files", needs: .submit,
        answers: [.nothing()], .work(remove)),
    ]
  }

  private func files(_ request: APIRequest) throws -> HTTPResponse {
    guard let path = request.query("path"), !path.isEmpty else {
      let roots = platform.offered.roots.compactMap { FileListing($0) }.map { listing -> JSONValue in
        var document = listing.document
        // Two folders may have the same name; the whole path tells them apart.
        document["name"] = .string(listing.path)
        return .object(document)
      }
      return .json(["path": "", "entries": .array(roots)])
    }
    let real = try platform.offered.realPath(path)
    let entries = FileListing.entries(of: real).map { JSONValue.object($0.document) }
    return .json(["path": .string(real), "entries": .array(entries)])
  }

  private func uploads(_ request: APIRequest) throws -> HTTPResponse {
    let listings = platform.uploads.list(of: try request.user().id)
    return .json(["uploads": .array(listings.map { .object(document($0)) })])
  }

  private func document(_ listing: FileListing) -> JSONObject {
    [
      "name": .string(listing.name), "bytes": .integer(listing.bytes),
      "created": .string(APITime.text(listing.modified)), "reference": .string("upload:\(listing.name)"),
    ]
  }

  private func upload(_ request: APIRequest) throws -> HTTPResponse {
    let user = try request.user(), name = request.path("name")
    try Uploads.check(name)
    guard case .file(let temporary, let count) = request.http.body else {
      throw Problem(.unusable, "the body is empty; send the bytes of the file")
    }
    if let quota = user.byteQuota, try platform.bytes(of: user) + count > quota {
      throw Problem(429, "uploads.quota", "the file would bring you above your quota of \(quota) bytes")
    }
    let listing = try platform.uploads.add(name, from: temporary, of: user.id)
    return .json(object: document(listing), status: 201)
  }

  private func remove(_ request: APIRequest) throws -> HTTPResponse {
    try platform.uploads.remove(request.path("name"), of: request.user().id)
    return .noContent
  }
}
