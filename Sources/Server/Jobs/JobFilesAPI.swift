// SPDX-License-Identifier: Apache-2.0
import Accounts
import Foundation
import HTTP
import Jobs
import Parameters

/// The files of a job's run folder.
struct JobFilesAPI {
  let platform: Platform

  var routes: [APIRoute] {
    let files = "/api/jobs/{jobID}/files"
    return [
      APIRoute(.get, files, id: "listJobFiles", "The files of a job", tag: "Jobs", .work(list)),
      APIRoute(
        .get, files + "/{path...}", id: "getJobFileContent", "A file of a job, with ranges", tag: "Jobs",
        query: [
          APIParameter("download", "1 lets a browser save it", ["type": "integer", "minimum": 0, "maximum": 1])
        ],
        answers: [.file], .work(file)),
      APIRoute(
        .get, files + ".zip", id: "getJobArchive", "The files of a job as one archive, with ranges", tag: "Jobs",
        query: [
          APIParameter(
            "path", "Only the files below this folder", ["type": "string", "minLength": 1, "maxLength": 500])
        ],
        answers: [.bytes("application/zip")], .work(archive)),
    ]
  }

  private func job(_ request: APIRequest) throws -> Job {
    try platform.job(request.path("jobID"), viewer: request.viewer, hasLink: request.hasLink)
  }

  private func list(_ request: APIRequest) throws -> HTTPResponse {
    let job = try job(request)
    let folder = platform.resultFolder(of: job.id)
    let listings = try files(of: job, below: folder, for: request.viewer)
    let files = listings.map { listing -> JSONValue in
      let path = String(listing.path.dropFirst(folder.count + 1))
      let encoded = path.split(separator: "/").map { PercentCoding.encode(String($0)) }.joined(separator: "/")
      return [
        "path": .string(path), "bytes": .integer(listing.bytes),
        "modified": .string(APITime.text(listing.modified)),
        "mediaType": .string(HTTPFile.mediaType(of: path)), "title": .null, "role": .string(Self.role(of: path)),
        "href": .string("/api/jobs/\(job.id)/files/\(encoded)"), "reference": .string("job:\(job.id)/\(path)"),
      ]
    }
    return .json([
      "files": .array(files), "bytes": .integer(listings.reduce(0) { $0 + $1.bytes }),
      "reference": .string("job:\(job.id)"),
      "archive": files.isEmpty ? .null : .string("/api/jobs/\(job.id)/files.zip"),
    ])
  }

  /// What of a result a viewer may have.
  private func files(of job: Job, below folder: String, for viewer: Viewer) throws -> [FileListing] {
    let all = FileListing.files(below: folder)
    if try platform.lineage.allowsImages(of: job.id, sharing: job.sharing, viewer: viewer) { return all }
    return all.filter { !JobLineage.showsImages($0.path) }
  }

  private func archive(_ request: APIRequest) throws -> HTTPResponse {
    let job = try job(request)
    guard let root = OfferedFolders.real(platform.resultFolder(of: job.id)) else {
      throw Problem(.notFound, "the job has no files yet")
    }
    let wanted = request.query("path").map { $0.split(separator: "/").joined(separator: "/") + "/" } ?? ""
    // A link in the folder must not lead out of it.
    let files = try files(of: job, below: root, for: request.viewer).filter { file in
      file.path.dropFirst(root.count + 1).hasPrefix(wanted)
        && OfferedFolders.real(file.path).map { OfferedFolders.isInside($0, root) } == true
    }
    guard !files.isEmpty else {
      throw Problem(
        .notFound, "the job has no files\(wanted.isEmpty ? " yet" : " below '\(wanted)'"); …/files lists them")
    }
    return FolderArchive(files, below: root, as: job.id).response
      .with("Content-Disposition", "attachment; filename=\"\(job.id).zip\"")
      .with("Cache-Control", "private, no-cache")
  }

  private func file(_ request: APIRequest) throws -> HTTPResponse {
    let job = try job(request)
    let folder = platform.resultFolder(of: job.id)
    guard let root = OfferedFolders.real(folder), let path = OfferedFolders.real("\(root)/\(request.path("path"))"),
      OfferedFolders.isInside(path, root),
      request.path("path").split(separator: "/").allSatisfy({ FileListing.isShown($0) })
    else { throw Problem(.notFound, "the job has no file '\(request.path("path"))'; …/files lists them") }
    if try platform.isWithheld(path, of: job, from: request.viewer) {
      throw Problem(
        .notAllowed,
        "\(request.path("path")) shows images whose licence keeps them to their owner and their group; the measured "
          + "layers are free to see")
    }
    var response = try HTTPResponse.file(path, isDownload: request.query("download") == "1")
    // Reports carry their own scripts and pictures; they run apart from the page and its cookies.
    if path.hasSuffix(".html") || path.hasSuffix(".svg") {
      response.headers["Content-Security-Policy"] =
        "sandbox allow-scripts allow-popups; default-src 'none'; script-src 'unsafe-inline'; "
        + "style-src 'unsafe-inline'; img-src data: 'self'"
    }
    response.headers["Cache-Control"] = job.state.isOver ? "private, max-age=60" : "no-cache"
    return response
  }

  private static func role(of path: String) -> String {
    if path.hasPrefix("products/") { return "product" }
    if path.hasPrefix("quicklook") { return "quicklook" }
    if path == "report.html" { return "report" }
    if path.hasSuffix(".jsonl") { return "log" }
    return path.hasPrefix("stac/") || path.hasSuffix(".json") ? "metadata" : "other"
  }
}
