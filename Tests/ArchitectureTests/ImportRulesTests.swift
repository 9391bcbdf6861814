// SPDX-License-Identifier: Apache-2.0
import Testing

@Suite("Import rules")
struct ImportRulesTests {
  @Test("every kind of import line is read, and comments and strings are not")
  func importLines() {
    let source = """
      // import Commented
      import Grids
      @preconcurrency import Dispatch
      @_exported import Matching
      public import Parameters
      import struct Foundation.URL
      import func Glibc.sin
      let text = "import Quoted"
      important()
      """
    #expect(
      ImportRules.imports(inSource: source) == ["Grids", "Dispatch", "Matching", "Parameters", "Foundation", "Glibc"])
  }

  @Test("allowed arrows pass")
  func allowed() {
    #expect(ImportRules.findings(target: "Grids", imports: ["Kernels", "Foundation"]) == [])
    #expect(ImportRules.findings(target: "Elevation", imports: ["Matching", "Grids"]) == [])
    #expect(ImportRules.findings(target: "Services", imports: ["Processing", "Matching", "Figures"]) == [])
    #expect(ImportRules.findings(target: "RasterIO", imports: ["CGDAL", "Grids"]) == [])
  }

  @Test(
    "an arrow that points up or sideways, science that reads files, and stray GDAL are found",
    arguments: [
      ("Grids", "Matching", "Grids (tier 1) imports Matching (tier 2): arrows point down"),
      ("Kernels", "Grids", "Kernels (tier 1) imports Grids (tier 1): arrows point down"),
      ("Figures", "Processing", "Figures (tier 3) imports Processing (tier 3): arrows point down"),
      ("Deformation", "Matching", "Deformation (tier 2) imports Matching (tier 2): arrows point down"),
      ("Jobs", "Services", "Jobs imports Services: it receives a registry of steps instead"),
      ("Services", "CGDAL", "Services imports CGDAL: only RasterIO does"),
      ("Novelty", "Grids", "Novelty has no tier: add it to ImportRules and to 0001"),
    ])
  func violations(target: String, module: String, finding: String) {
    #expect(ImportRules.findings(target: target, imports: [module]).contains(finding))
  }

  @Test("science may not import RasterIO")
  func scienceReadsNoFiles() {
    #expect(ImportRules.findings(target: "Matching", imports: ["RasterIO"]).count == 2)
  }
}
