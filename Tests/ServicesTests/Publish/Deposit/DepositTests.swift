// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters
import Processing
import Services
import TestSupport
import Testing

@Suite("Package of a run for an archive")
struct DepositTests {
  private func kind(_ body: () throws -> Void) -> ServiceErrorKind? {
    do { try body() } catch let error as ServiceError { return error.kind } catch {}
    return nil
  }

  @Test("the run's files and all documents are there, its log and what it keeps for itself are not")
  func contents() throws {
    let fixture = try DepositFixture()
    let outcome = try fixture.pack()
    let own = [
      "CITATION.cff", "LICENSE", "README.md", "config.lock.json", "datacite.json", "datacite.xml",
      "pairs/a_b/dx.tif", "products/speed.tif", "report.html", "ro-crate-metadata.json", "stac/collection.json",
      "stac/run__a_b.json", "stac/run__mean.json",
    ]
    let tags = ["bag-info.txt", "bagit.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt"]
    #expect(fixture.files == tags[0..<2] + own.map { "data/\($0)" } + tags[2...])
    #expect(outcome.files == own.count && outcome.archive == fixture.out + ".zip")
    #expect(!FileManager.default.fileExists(atPath: fixture.out + ".part"))
  }

  @Test("an image that went in is never copied, even where it lies among the products, but named with its checksum")
  func restrictedInputs() throws {
    let fixture = try DepositFixture()
    let outcome = try fixture.pack { $0.inputLicence = "Pléiades © CNES 2020, not to be passed on" }
    #expect(outcome.leftOut == ["products/copy.tif"])
    #expect(!fixture.files.contains("data/products/copy.tif"))
    for file in fixture.files {
      let bytes = try Data(contentsOf: URL(filePath: "\(fixture.out)/\(file)"))
      #expect(bytes.range(of: Data("restricted pixels".utf8)) == nil, "\(file) holds an input")
    }
    let sum = SHA256.checksum(of: "restricted pixels").hexadecimal
    for name in ["README.md", "ro-crate-metadata.json"] {
      let text = try fixture.text("data/\(name)")
      #expect(text.contains("one.tif") && text.contains(sum) && text.contains("not to be passed on"))
    }
    #expect(try fixture.text("data/LICENSE").contains("not to be passed on"))
  }

  @Test("no folder of this machine stands in any document")
  func privacy() throws {
    let fixture = try DepositFixture()
    _ = try fixture.pack()
    for file in fixture.files where !file.hasSuffix(".tif") {
      #expect(!(try fixture.text(file)).contains(fixture.folder), "\(file)")
    }
    #expect(try fixture.text("data/report.html") == "<p>made from one.tif</p>")
    #expect(try fixture.json("data/config.lock.json")["inputs"]?["scenes"]?[0]?.stringValue == "scenes")
  }

  @Test("STAC bears the licence, and leads to inputs by their checksums")
  func stac() throws {
    let fixture = try DepositFixture()
    _ = try fixture.pack { $0.licence = "cc0-1.0" }
    #expect(try fixture.json("data/stac/collection.json")["license"]?.stringValue == "CC0-1.0")
    let links = try #require(try fixture.json("data/stac/run__a_b.json")["links"]?.arrayValue)
    let from = links.filter { $0["rel"]?.stringValue == "derived_from" }.compactMap { $0["href"]?.stringValue }
    #expect(from.first == "urn:sha256:" + SHA256.checksum(of: "restricted pixels").hexadecimal)
    #expect(links.contains { $0["rel"]?.stringValue == "license" && $0["href"]?.stringValue == "../LICENSE" })
    let mean = try #require(try fixture.json("data/stac/run__mean.json")["links"]?.arrayValue)
    #expect(mean.contains { $0["href"]?.stringValue == "run__a_b.json" })
  }

  @Test(
    "STAC stays valid against the published schemas", .enabled(if: StacSchemas.areUsable, "needs ../shared/schemas"))
  func stacIsValid() throws {
    let fixture = try DepositFixture()
    _ = try fixture.pack()
    for name in ["collection", "run__a_b", "run__mean"] {
      #expect(try StacSchemas.validate(try fixture.text("data/stac/\(name).json")) == "")
    }
  }

  @Test("pairs can be left out, and then no document tells of them")
  func withoutPairs() throws {
    let fixture = try DepositFixture()
    _ = try fixture.pack { $0.withoutPairs = true }
    #expect(!fixture.files.contains { $0.contains("a_b") })
    for name in ["collection", "run__mean"] {
      #expect(!(try fixture.text("data/stac/\(name).json")).contains("run__a_b.json"))
    }
  }

  @Test("what the user says stands in every document")
  func words() throws {
    let fixture = try DepositFixture()
    _ = try fixture.pack {
      $0.authors.append("Ada van_der_Berg")
      ($0.title, $0.keywords) = ("Speed \"&\" more: <2020>", ["glacier"])
      ($0.publisher, $0.doi, $0.dataVersion) = ("Zenodo", "10.5281/zenodo.42", "2.1")
    }
    let cite = try fixture.text("data/CITATION.cff")
    #expect(cite.contains("title: \"Speed \\\"&\\\" more: <2020>\"") && cite.contains("doi: \"10.5281/zenodo.42\""))
    #expect(cite.contains("family-names: \"van der Berg\"") && cite.contains("date-released: \"2024-10-04\""))
    let record = try fixture.json("data/datacite.json")
    #expect(
      record["publisher"]?["name"]?.stringValue == "Zenodo" && record["doi"]?.stringValue == "10.5281/zenodo.42")
    #expect(record["creators"]?[0]?["name"]?.stringValue == "Carberry, Josiah")
    #expect(record["creators"]?[1]?["familyName"]?.stringValue == "van der Berg")
    #expect(record["publicationYear"]?.stringValue == "2024" && record["version"]?.stringValue == "2.1")
    let box = record["geoLocations"]?[0]?["geoLocationBox"]
    #expect(abs((box?["westBoundLongitude"]?.doubleValue ?? 0) - 9) < 0.02)
    #expect(try fixture.text("data/datacite.xml").contains("Speed &quot;&amp;&quot; more: &lt;2020&gt;"))
    #expect(try fixture.text("data/README.md").contains("https://doi.org/10.5281/zenodo.42"))
  }

  @Test(
    "a folder without a run, an unfinished run, no author and a place that is taken, but not an empty one, are refused"
  )
  func refused() throws {
    let fixture = try DepositFixture()
    #expect(kind { _ = try fixture.pack { $0.run = InputFolder(fixture.folder + "/scenes") } } == .noRunFolder)
    let unfinished = try DepositFixture(isFinished: false)
    #expect(kind { _ = try unfinished.pack() } == .noRunFolder)
    try FileManager.default.createDirectory(atPath: fixture.out, withIntermediateDirectories: false)
    _ = try fixture.pack { $0.zip = false }
    #expect(!FileManager.default.fileExists(atPath: fixture.out + ".zip"))
    #expect(kind { _ = try fixture.pack() } == .deposit)
    #expect(throws: ParameterError.self) { try DepositParameters().validate() }
  }

  @Test("a package that is stopped leaves nothing behind")
  func stopped() throws {
    let fixture = try DepositFixture()
    var parameters = DepositParameters()
    (parameters.run, parameters.out) = (InputFolder(fixture.run), OutputFolder(fixture.out))
    parameters.authors = [DepositFixture.author]
    let identity = ToolIdentity(name: "ogive", version: "0.1.0", summary: "measures")
    let run = try DepositRun(parameters, identity: identity, today: CalendarDate(dayNumber: 20_000))
    let cancellation = Cancellation()
    cancellation.cancel()
    #expect(throws: RunCancelled.self) { try run.write(cancellation) }
    let left = try FileManager.default.contentsOfDirectory(atPath: fixture.folder).sorted()
    #expect(left == ["run", "scenes"])
  }

  @Test(
    "bagit, rocrate, cffconvert, DataCite's schema and zipfile find nothing to object to",
    .enabled(if: PythonEnvironment.deposit != nil, "\(PythonEnvironment.reason)"), arguments: [false, true])
  func secondOpinion(_ withoutPairs: Bool) throws {
    let fixture = try DepositFixture()
    let outcome = try fixture.pack {
      $0.withoutPairs = withoutPairs
      $0.authors.append("Ada van_der_Berg")
      $0.inputLicence = "Pléiades © CNES 2020"
      ($0.title, $0.doiPrefix) = ("Speed: \"fast\" & slow", "10.5281")
    }
    let python = try #require(PythonEnvironment.deposit)
    let archive = try #require(outcome.archive)
    let result = try python.run("TestSupport/check_deposit.py", [outcome.folder, archive])
    #expect(result.status == 0, "\(result.output)")
  }
}
