// SPDX-License-Identifier: Apache-2.0
import Testing

@Suite("Architecture")
struct ArchitectureTests {
  /// Folders of Sources that hold Swift: C targets have no imports to check.
  private static let targets = Checkout.folders(in: "Sources")
    .filter { !Checkout.files(in: "Sources/\($0)", ending: ".swift").isEmpty }

  private static func imports(of folder: String) throws -> Set<String> {
    try Checkout.files(in: folder, ending: ".swift").reduce(into: []) {
      $0.formUnion(ImportRules.imports(inSource: try Checkout.text($1)))
    }
  }

  @Test("the targets are found")
  func targetsAreFound() {
    #expect(Set(Self.targets).isSuperset(of: ["Grids", "Kernels", "RasterIO", "Processing", "ogive"]))
  }

  @Test("every target imports lower tiers only", arguments: targets)
  func arrowsPointDown(target: String) throws {
    let imports = try Self.imports(of: "Sources/\(target)")
    #expect(ImportRules.findings(target: target, imports: imports) == [])
  }

  @Test("the manifest's dependencies are what the sources import, no more and no less")
  func manifestEqualsImports() throws {
    let manifest = try ManifestTargets.read()
    let ours = Set(manifest.targets.map(\.name))
    #expect(ours.contains("Grids"))
    for target in manifest.targets where target.type == "regular" || target.type == "executable" {
      let folder = target.path ?? "Sources/\(target.name)"
      let isC = Checkout.files(in: folder, ending: ".swift").isEmpty
      // A target that is still empty imports nothing yet; a C target says what it needs in its headers.
      let imported = try Self.imports(of: folder).intersection(ours)
      if isC || imported.isEmpty { continue }
      let declared = Set(target.dependencies.compactMap(\.name))
      #expect(
        declared == imported, "target \(target.name): declared \(declared.sorted()), imported \(imported.sorted())")
    }
  }

  @Test(
    "a module has a README that says what it is for, in more than a title",
    arguments: targets.filter { $0 != "ogive" && $0 != "OgiveKit" })
  func moduleIsExplained(target: String) throws {
    let text = try Checkout.text("Sources/\(target)/README.md")
    #expect(
      text.split(separator: "\n").count >= 3,
      "Sources/\(target)/README.md: say purpose, dependencies, methods, limits")
  }
}
