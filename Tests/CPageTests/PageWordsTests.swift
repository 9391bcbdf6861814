// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@Suite("Words of the web page")
struct PageWordsTests {
  static let pairs = [("en.json", "fr.json"), ("map/en.json", "map/fr.json")]

  @Test("French has a text for every English one, with the same places for values", arguments: pairs)
  func languagesAgree(english: String, french: String) throws {
    let (english, french) = (try PageFolder.words(english), try PageFolder.words(french))
    #expect(Set(english.keys).symmetricDifference(french.keys).isEmpty)
    for (key, text) in english {
      #expect(Self.places(text) == Self.places(french[key] ?? ""), "\(key)")
      #expect(!text.isEmpty && french[key]?.isEmpty == false, "\(key)")
    }
  }

  @Test("the modules use no key without words")
  func keysExist() throws {
    let known = Set(try PageFolder.words("en.json").keys).union(try PageFolder.words("map/en.json").keys)
    for path in PageFolder.paths where path.hasSuffix(".js") {
      for match in try PageFolder.text(path).matches(of: #/\bt\(\s*"([^"]+)"/#) {
        #expect(known.contains(String(match.1)), "\(path) uses \(match.1)")
      }
      for match in try PageFolder.text(path).matches(of: #/\btCount\(\s*"([^"]+)"/#) {
        for form in ["one", "other"] {
          #expect(known.contains("\(match.1).\(form)"), "\(path) uses \(match.1).\(form)")
        }
      }
    }
  }

  @Test("French signs of two parts have a space before them that does not break")
  func frenchSpaces() throws {
    for path in ["fr.json", "map/fr.json", "services.fr.json"] {
      for (key, text) in try PageFolder.words(path) {
        #expect(!text.contains(#/ [;!?:»%]|« /#), "\(path): \(key): \(text)")
        #expect(!text.contains("'"), "\(path): \(key): the apostrophe is ’")
      }
    }
  }

  private static func places(_ text: String) -> [String] {
    text.matches(of: #/\{\w+\}/#).map { String($0.output) }.sorted()
  }
}
