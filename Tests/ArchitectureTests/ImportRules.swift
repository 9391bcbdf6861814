// SPDX-License-Identifier: Apache-2.0

/// Which targets may import which: the tiers of docs/design/0001-architecture.md.
struct ImportRules {
  /// Tier of every target; a target imports lower tiers only. The C targets are tier 0.
  static let tiers: [String: Int] = [
    "Parameters": 1, "Kernels": 1, "Grids": 1,
    "Matching": 2, "Deformation": 2, "Simulation": 2, "Correction": 2, "TimeSeries": 2, "Masking": 2, "Mapping": 2,
    "Learning": 2, "Elevation": 2, "Radar": 2, "RasterIO": 2,
    "Products": 3, "Processing": 3, "Figures": 3, "OgiveKit": 3,
    "Services": 4, "Storage": 4, "HTTP": 4, "Accounts": 5, "Tiles": 5, "Jobs": 6, "Catalogue": 6, "Server": 7,
    "ogive": 8, "ogive-bench": 8,
  ]

  /// Arrows within a tier that are allowed all the same.
  static let exceptions: [String: Set<String>] = [
    "Grids": ["Kernels"], "Elevation": ["Matching"], "Radar": ["Matching", "TimeSeries"], "Mapping": ["Learning"],
  ]

  /// Targets that must do without some lower ones: science opens no files, jobs do not know the services.
  static let science: Set<String> = [
    "Matching", "Deformation", "Simulation", "Correction", "TimeSeries", "Masking", "Mapping", "Learning",
    "Elevation", "Radar",
  ]
  static let foundations: Set<String> = ["Grids", "Kernels", "Parameters"]

  /// What is wrong with a target importing these modules; empty when nothing is.
  static func findings(target: String, imports: Set<String>) -> [String] {
    guard let tier = tiers[target] else { return ["\(target) has no tier: add it to ImportRules and to 0001"] }
    var findings: [String] = []
    for module in imports.sorted() {
      if module == "CGDAL" && target != "RasterIO" {
        findings.append("\(target) imports CGDAL: only RasterIO does")
      }
      guard let below = tiers[module] else { continue }
      let isAllowed = exceptions[target]?.contains(module) == true
      if below >= tier && !isAllowed {
        findings.append("\(target) (tier \(tier)) imports \(module) (tier \(below)): arrows point down")
      }
      if science.contains(target) && !foundations.contains(module) && !isAllowed {
        findings.append("\(target) is science and imports \(module): only \(foundations.sorted()) are allowed")
      }
      if (target == "Jobs" || target == "Server") && module == "Services" {
        findings.append("\(target) imports Services: it receives a registry of steps instead")
      }
    }
    return findings
  }

  /// The modules that a source file imports, whatever attribute or access level stands before.
  static func imports(inSource text: String) -> Set<String> {
    let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "func", "let", "var", "typealias", "actor"]
    let before: Set<Substring> = ["public", "package", "internal", "fileprivate", "private"]
    var modules: Set<String> = []
    for line in text.split(separator: "\n") {
      var words = line.split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == ";" })[...]
      while let word = words.first, word.hasPrefix("@") || before.contains(word) { words.removeFirst() }
      guard words.popFirst() == "import" else { continue }
      if let word = words.first, kinds.contains(word) { words.removeFirst() }
      guard let module = words.first?.split(separator: ".").first else { continue }
      modules.insert(String(module))
    }
    return modules
  }
}
