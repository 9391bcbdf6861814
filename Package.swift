// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

/// Kernels are the only place built without run-time checks. On x86-64 they need a CPU of the year 2013 or
/// later (AVX2, FMA); `OGIVE_BASELINE_CPU=1` builds them for any x86-64 machine, several times slower.
/// Without `-fno-math-errno` every square root would carry a branch to the C library.
var kernelFlags = ["-Ounchecked", "-Xcc", "-fno-math-errno"]
#if arch(x86_64)
  let isBaseline = Context.environment["OGIVE_BASELINE_CPU"] == "1"
  if !isBaseline { kernelFlags += ["-Xcc", "-march=x86-64-v3"] }
#endif

func science(_ name: String, _ dependencies: [Target.Dependency] = ["Grids", "Kernels", "Parameters"]) -> Target {
  .target(name: name, dependencies: dependencies, exclude: ["README.md"])
}

func tests(_ name: String, also extra: [Target.Dependency] = []) -> Target {
  .testTarget(name: name + "Tests", dependencies: [.byName(name: name), "TestSupport"] + extra)
}

let package = Package(
  name: "ogive",
  products: [
    .executable(name: "ogive", targets: ["ogive"]),
    .library(name: "OgiveKit", targets: ["OgiveKit"]),
    .library(name: "OgiveTiles", targets: ["Tiles"]),
  ],
  targets: [
    .systemLibrary(name: "CGDAL", pkgConfig: "gdal", providers: [.apt(["libgdal-dev"])]),
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "CMicroHTTPD", pkgConfig: "libmicrohttpd", providers: [.apt(["libmicrohttpd-dev"])]),
    .target(name: "CServe", dependencies: ["CMicroHTTPD"]),
    .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .target(name: "CTransfer", dependencies: ["CCurl"]),

    // `#embed` in files.c reads what lies below files/; the compiler notes it, so that a change builds anew.
    .target(name: "CPage", exclude: ["README.md", "files"]),

    .target(name: "Parameters", exclude: ["README.md"]),
    .target(name: "CLanes"),
    .target(
      name: "Kernels", dependencies: ["CLanes"], exclude: ["README.md"],
      swiftSettings: [.unsafeFlags(kernelFlags)], linkerSettings: [.linkedLibrary("m")]),
    .target(name: "Grids", dependencies: ["Kernels"], exclude: ["README.md"]),

    science("Matching"),
    science("Deformation", ["Grids", "Parameters"]),
    science("Masking", ["Grids", "Parameters"]),
    science("Correction", ["Grids", "Parameters"]),
    science("Simulation"),
    science("TimeSeries"),
    .target(
      name: "OgiveKit",
      dependencies: [
        "Grids", "Parameters", "Matching", "Deformation", "Masking", "Correction", "Simulation", "TimeSeries",
      ]),
    .target(name: "RasterIO", dependencies: ["Grids", "CGDAL"], exclude: ["README.md"]),

    .target(name: "Products", dependencies: ["RasterIO", "Masking", "Grids", "Parameters"], exclude: ["README.md"]),
    .target(name: "Processing", dependencies: ["Grids", "Kernels", "Parameters"], exclude: ["README.md"]),
    .target(name: "Storage", dependencies: ["CSQLite", "Processing", "Parameters"], exclude: ["README.md"]),
    .target(
      name: "Accounts", dependencies: ["CCrypto", "Storage", "HTTP", "Processing", "Parameters"],
      exclude: ["README.md"]),
    .target(
      name: "HTTP", dependencies: ["CMicroHTTPD", "CServe", "CCurl", "CTransfer", "Parameters", "Processing"],
      exclude: ["README.md"]),
    .target(name: "CSpawn"),
    .target(
      name: "Jobs", dependencies: ["CSpawn", "Accounts", "HTTP", "Storage", "Processing", "Parameters"],
      exclude: ["README.md"]),
    .target(
      name: "Catalogue",
      dependencies: [
        "HTTP", "Accounts", "Storage", "Products", "RasterIO", "Masking", "Processing", "Grids", "Parameters",
      ], exclude: ["README.md"]),
    .target(
      name: "Server",
      dependencies: [
        "CPage", "HTTP", "Jobs", "Catalogue", "Tiles", "Accounts", "Storage", "RasterIO", "Processing",
        "Parameters",
      ], exclude: ["README.md"]),
    .target(name: "Figures", dependencies: ["Grids", "Parameters"], exclude: ["README.md"]),
    .target(
      name: "Services",
      dependencies: [
        "Processing", "Products", "Figures", "RasterIO", "Matching", "Masking", "Correction", "TimeSeries",
        "Deformation", "Simulation", "Grids", "Parameters",
      ], exclude: ["README.md"]),
    .executableTarget(name: "ogive", dependencies: ["Server", "Jobs", "Services", "Parameters"]),
    .target(
      name: "Tiles", dependencies: ["RasterIO", "Figures", "Processing", "Grids", "Parameters"],
      exclude: ["README.md"]),

    .target(
      name: "TestSupport", dependencies: ["Grids"], path: "Tests/TestSupport",
      exclude: ["validate_stac.py", "check_published.py", "check_deposit.py"]),
    .target(name: "ProductFixtures", dependencies: ["RasterIO", "Grids", "CGDAL"], path: "Tests/ProductFixtures"),
    .testTarget(name: "ArchitectureTests", dependencies: ["TestSupport"]),
    tests("Parameters"), tests("Grids"), tests("Kernels", also: ["Grids"]),
    tests("Matching", also: ["Grids", "Simulation"]),
    tests("Deformation", also: ["Grids", "Simulation"]),
    tests("Masking", also: ["Grids", "Parameters", "RasterIO", "Simulation"]),
    tests("Correction", also: ["Grids", "Simulation", "Matching", "RasterIO"]),
    tests("Simulation", also: ["Grids"]),
    tests("TimeSeries", also: ["Grids", "Parameters", "Simulation"]),
    tests("RasterIO", also: ["Grids"]),
    tests("Products", also: ["RasterIO", "Masking", "Matching", "Grids", "Parameters", "ProductFixtures"]),
    tests("Processing", also: ["Grids", "Parameters"]),
    .executableTarget(name: "storage-probe", dependencies: ["Storage"], path: "Tests/StorageProbe"),
    tests("Accounts", also: ["Storage", "HTTP", "Parameters", "Processing"]),
    tests("Storage", also: ["Parameters", "Processing", "storage-probe"]),
    .executableTarget(
      name: "jobs-test-worker", dependencies: ["Jobs", "Storage", "Processing", "Parameters", "Grids"],
      path: "Tests/JobsTestWorker"),
    tests("Jobs", also: ["Accounts", "HTTP", "Storage", "Processing", "Parameters", "jobs-test-worker"]),
    tests(
      "Catalogue",
      also: ["HTTP", "Accounts", "Storage", "RasterIO", "Processing", "Grids", "Parameters", "ProductFixtures"]),
    .testTarget(name: "ServerTests", dependencies: ["Parameters", "ogive", "TestSupport", "ProductFixtures"]),
    tests("Figures", also: ["Grids"]),
    tests("HTTP", also: ["Parameters", "Processing"]),
    tests("Tiles", also: ["RasterIO", "Figures", "Grids", "Simulation"]),
    tests(
      "Services",
      also: [
        "Grids", "RasterIO", "Processing", "Simulation", "Matching", "Deformation", "Products", "Parameters",
        "Figures", "TimeSeries",
      ]),
    .testTarget(
      name: "EndToEndTests",
      dependencies: ["TestSupport", "ProductFixtures", "RasterIO", "Grids", "Masking", "Parameters", "Figures"]),
  ],
  swiftLanguageModes: [.v6]
)
