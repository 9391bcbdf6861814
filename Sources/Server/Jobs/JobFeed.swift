// SPDX-License-Identifier: Apache-2.0
import Foundation
import Jobs

/// Jobs as an Atom feed (RFC 4287), for whoever wants to be told without asking.
struct JobFeed {
  let jobs: [Job]
  let base: String
  let title: String

  var text: String {
    let updated = jobs.map(\.updated).max() ?? Date(timeIntervalSince1970: 0)
    let entries = jobs.map { job in
      """
        <entry>
          <id>\(base)/api/jobs/\(job.id)</id>
          <title>\(Self.escaped(job.title)): \(job.state.rawValue)</title>
          <updated>\(APITime.text(job.updated))</updated>
          <published>\(APITime.text(job.created))</published>
          <link rel="alternate" type="text/html" href="\(Self.escaped(base))/#/jobs/\(job.id)"/>
          <category term="\(job.state.rawValue)"/>
          <summary>\(Self.escaped(job.message))</summary>
        </entry>

      """
    }
    return """
      <?xml version="1.0" encoding="utf-8"?>
      <feed xmlns="http://www.w3.org/2005/Atom">
        <id>\(base)/api/jobs.atom</id>
        <title>\(Self.escaped(title)): jobs</title>
        <updated>\(APITime.text(updated))</updated>
        <author><name>\(Self.escaped(title))</name></author>
        <link rel="self" href="\(Self.escaped(base))/api/jobs.atom"/>
      \(entries.joined())</feed>

      """
  }

  /// Text as XML takes it; control characters, which XML has no way to write, are left out.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars where scalar.value >= 32 || scalar == "\n" || scalar == "\t" {
      switch scalar {
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "&": result += "&amp;"
      case "\"": result += "&quot;"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
