// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@Suite("Documentation")
struct DocumentationTests {
  private static let pages =
    ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"] + Checkout.files(in: "docs", ending: ".md")
    + Checkout.files(in: "Sources", ending: ".md")

  /// Targets of `[text](target)` and `![text](target)`, code fences left out.
  static func links(inPage text: String) -> [String] {
    var links: [String] = []
    var isCode = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") { isCode.toggle() }
      if isCode { continue }
      for match in line.matches(of: /\]\(([^)\s]+)\)/) { links.append(String(match.1)) }
    }
    return links
  }

  @Test("links are read out of a page, but not out of its code")
  func linkSyntax() {
    let page = "See [a](b.md#c) and ![d](e.png).\n```\n[no](no.md)\n```\n[web](https://x.org)"
    #expect(Self.links(inPage: page) == ["b.md#c", "e.png", "https://x.org"])
  }

  @Test("every relative link leads to a file", arguments: pages)
  func linksResolve(page: String) throws {
    let folder = page.contains("/") ? String(page[..<page.lastIndex(of: "/")!]) + "/" : ""
    for link in Self.links(inPage: try Checkout.text(page)) where !link.contains("://") && !link.hasPrefix("#") {
      let file = link.split(separator: "#")[0]
      #expect(Checkout.exists(folder + file), "\(page) links to \(link), which is not there")
    }
  }

  @Test("the README has at most 150 lines and the two commands")
  func readme() throws {
    let text = try Checkout.text("README.md")
    #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count <= 151)
    #expect(text.contains("make demo") && text.contains("make test"))
  }
}
