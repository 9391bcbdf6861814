// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

// A package of its own, so that the product does not carry it. A dependency by path may use the kernels' flags.
let package = Package(
  name: "benchmarks",
  dependencies: [.package(name: "ogive", path: "..")],
  targets: [
    .executableTarget(name: "ogive-bench", dependencies: [.product(name: "OgiveKit", package: "ogive")]),
    .executableTarget(name: "ogive-tiles-bench", dependencies: [.product(name: "OgiveTiles", package: "ogive")]),
  ],
  swiftLanguageModes: [.v6]
)
