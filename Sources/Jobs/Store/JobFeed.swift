// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Jobs as an Atom feed (RFC 4287), for feed readers.
public struct JobFeed: Sendable {
  private let title: String
  private let address: String
  private let selfAddress: String

  /// - Parameters:
  ///   - title: of the feed.
  ///   - address: of the server, without a slash at its end.
  ///   - selfAddress: of the feed itself.
  public init(title: String, address: String, selfAddress: String) {
    (self.title, self.address, self.selfAddress) = (title, address, selfAddress)
  }

  /// The document; media type `application/atom+xml`.
  public func document(_ jobs: [Job]) -> String {
    let latest = jobs.map(\.updated).max() ?? Date(timeIntervalSince1970: 0)
    var lines = [
      #"<?xml version="1.0" encoding="utf-8"?>"#, #"<feed xmlns="http://www.w3.org/2005/Atom">"#,
      "<title>\(Self.escaped(title))</title>", "<id>\(Self.escaped(selfAddress))</id>",
      "<updated>\(JobTime.text(latest))</updated>",
      "<link rel=\"self\" type=\"application/atom+xml\" href=\"\(Self.escaped(selfAddress))\"/>",
      "<link rel=\"alternate\" href=\"\(Self.escaped(address))/\"/>",
    ]
    for job in jobs { lines.append(entry(job)) }
    lines.append("</feed>")
    return lines.joined(separator: "\n") + "\n"
  }

  private func entry(_ job: Job) -> String {
    let page = Self.escaped("\(address)/api/jobs/\(job.id)")
    return [
      "<entry>", "<title>\(Self.escaped(job.title)): \(job.state.rawValue)</title>",
      // A change of state is news: readers show an entry once for each id.
      "<id>\(page)#\(job.state.rawValue)-\(job.attempts)</id>", "<link rel=\"alternate\" href=\"\(page)\"/>",
      "<published>\(JobTime.text(job.created))</published>", "<updated>\(JobTime.text(job.updated))</updated>",
      "<author><name>\(Self.escaped(job.sharing.ownerID))</name></author>",
      "<category term=\"\(Self.escaped(job.process))\"/>", "<category term=\"\(job.state.rawValue)\"/>",
      "<summary>\(Self.escaped(job.message))</summary>", "</entry>",
    ].joined(separator: "\n")
  }

  /// Text for XML: what has a meaning there is escaped, and characters that XML cannot hold are replaced.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\t", "\n", "\r": result += "&#\(scalar.value);"
      default:
        let isAllowed = scalar.value >= 0x20 && scalar.value != 0xFFFE && scalar.value != 0xFFFF
        result.unicodeScalars.append(isAllowed ? scalar : "\u{FFFD}")
      }
    }
    return result
  }
}
