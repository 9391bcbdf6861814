// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Masking
import RasterIO
import TestSupport
import Testing

/// The figures of `docs/results/illumination.md`. Not a check: run only when `OGIVE_MEASURE` is set.
///
/// Real mountains with a roughness that their elevation model does not know are lit by the sun of 24 passes, with shadows; a
/// part slides with a true season. Our own matcher measures the pairs.
@Suite(
  "The sun's motion, measured", .serialized,
  .enabled(
    if: ProcessInfo.processInfo.environment["OGIVE_MEASURE"] != nil
      && SharedData.file("oggm_sample/hef_srtm.tif") != nil, "set OGIVE_MEASURE; needs the shared data"))
struct IlluminationMeasurements {
  /// Amplitude of a yearly motion in one direction, m: factors of the cosine and of the sine.
  private typealias Wave = SIMD2<Double>

  @Test(
    "false and true seasons with and without the option, beside a running mean and a sine", arguments: [3.0, 15.0])
  func rendered(roughness: Double) throws {
    let scene = try RenderedSlide(roughness: roughness)
    let stack = try OgiveTool.run(
      ["mpic"] + scene.names + [
        "--out", "stack", "--quiet", "--stable-terrain", "stable.tif", "--deramp=false", "--pairing-mode", "days",
        "--minimum-range", "25", "--maximum-range", "250", "--matcher", "dense", "--spacing", "8", "--invert",
        "--sun-bias", "--dem", "dem.tif",
      ], in: scene.folder.path, limit: 1500)
    print(stack.output, stack.errors)
    #expect(stack.code == 0)
    let plain = try OgiveTool.run(
      ["invert", "stack", "--out", "plain", "--quiet", "--minimum-pairs", "4", "--stable-terrain", "stable.tif"],
      in: scene.folder.path, limit: 600)
    print(plain.output, plain.errors)
    print(scene.folder.text("stack/series/illumination.json") ?? "")
    report("as measured", try waves(scene, "plain", isRecipe: false), scene)
    report("running mean and sine", try waves(scene, "plain", isRecipe: true), scene)
    report("sun taken off", try waves(scene, "stack/series", isRecipe: false), scene)
  }

  /// Those that have pairs.
  private func dates(_ scene: RenderedSlide) -> [RenderedSlide.Pass] {
    scene.dates.filter { scene.folder.has("plain/products/dates/east-displacement-\($0.text).tif") }
  }

  /// Yearly waves of each point: east and north.
  private func waves(_ scene: RenderedSlide, _ run: String, isRecipe: Bool) throws -> [(
    point: RenderedSlide.Point, east: Wave, north: Wave
  )] {
    let folder = "\(scene.folder.path)/\(run)/products/dates"
    var series: [[Grid<Float>]] = [[], []], place: GeoTransform?
    for (component, word) in ["east", "north"].enumerated() {
      for date in dates(scene) {
        let image = try RasterImage.open("\(folder)/\(word)-displacement-\(date.text).tif")
        place = image.info.georeference.transform
        series[component].append(try image.read(Window(row: 0, column: 0, rows: image.rows, columns: image.columns)))
      }
    }
    let days = dates(scene).map { Double($0.day) }, first = series[0][0]
    var out: [(point: RenderedSlide.Point, east: Wave, north: Wave)] = []
    for row in 0..<first.rows {
      for column in 0..<first.columns {
        let at = place!.coordinate(row: Double(row), column: Double(column))
        guard let point = scene.point(at.east, at.north) else { continue }
        let found = series.map { grids in wave(days, grids.map { Double($0[row, column]) }, isRecipe: isRecipe) }
        if found.allSatisfy({ $0.x.isFinite }) { out.append((point, found[0], found[1])) }
      }
    }
    return out
  }

  /// Of a line and a yearly wave by least squares.
  private func wave(_ days: [Double], _ values: [Double], isRecipe: Bool) -> Wave {
    guard values.allSatisfy(\.isFinite) else { return Wave(.nan, .nan) }
    guard isRecipe else { return Self.fit(days, values) }
    // Off with the sine of what a mean over 396 days leaves.
    let smooth = days.map { day in
      let near = days.indices.filter { abs(days[$0] - day) <= 198 }
      return near.reduce(0) { $0 + values[$1] } / Double(near.count)
    }
    let taken = Self.fit(days, zip(values, smooth).map { $0 - $1 })
    let turn = 2 * Double.pi / 365.25
    return Self.fit(
      days, days.indices.map { values[$0] - taken.x * cos(turn * days[$0]) - taken.y * sin(turn * days[$0]) })
  }

  private static func fit(_ days: [Double], _ values: [Double]) -> Wave {
    let turn = 2 * Double.pi / 365.25, middle = days.reduce(0, +) / Double(days.count)
    let columns = days.map { [1, ($0 - middle) / 365.25, cos(turn * $0), sin(turn * $0)] }
    var rows = (0..<4).map { a in
      (0..<4).map { b in columns.reduce(0) { $0 + $1[a] * $1[b] } }
        + [zip(columns, values).reduce(0) { $0 + $1.0[a] * $1.1 }]
    }
    for pivot in 0..<4 {
      for row in 0..<4 where row != pivot {
        let factor = rows[row][pivot] / rows[pivot][pivot]
        for column in pivot..<5 { rows[row][column] -= factor * rows[pivot][column] }
      }
    }
    return Wave(rows[2][4] / rows[2][2], rows[3][4] / rows[3][3])
  }

  private func report(
    _ name: String, _ waves: [(point: RenderedSlide.Point, east: Wave, north: Wave)], _ scene: RenderedSlide
  ) {
    let days = dates(scene).map { Double($0.day) }
    let truth = Self.fit(days, dates(scene).map { RenderedSlide.slide($0.day) })
    for (kind, word) in [(RenderedSlide.Point.still, "still"), (.sliding, "sliding")] {
      let own = waves.filter { $0.point == kind }, count = Double(own.count)
      let along = kind == .sliding ? truth : .zero
      let errors = own.map {
        ($0.east - RenderedSlide.direction.x * along, $0.north - RenderedSlide.direction.y * along)
      }
      func power(_ a: Wave, _ b: Wave) -> Double { (a * a).sum() + (b * b).sum() }
      let rms = (errors.reduce(0) { $0 + power($1.0, $1.1) } / count).squareRoot()
      let mean = (
        errors.reduce(Wave.zero) { $0 + $1.0 } / count, errors.reduce(Wave.zero) { $0 + $1.1 } / count
      )
      var line =
        "\(name), \(word): \(own.count) points, error of the wave \(rms) m RMS, of their mean \(power(mean.0, mean.1).squareRoot()) m"
      if kind == .sliding {
        let kept = own.reduce(0) {
          $0 + ((RenderedSlide.direction.x * $1.east + RenderedSlide.direction.y * $1.north) * truth).sum()
        }
        line += ", true season kept \(kept / count / (truth * truth).sum())"
      }
      print(line)
    }
  }
}

/// Mountains under the sun of many passes, a part of which slides with a season of its own.
struct RenderedSlide {
  enum Point { case still, sliding }
  struct Pass { let day: Int, text: String, name: String }

  let folder: RunScratch
  let dates: [Pass]
  var names: [String] { dates.map(\.name) }

  private static let side = 448, margin = 260
  private static let place = GeoTransform(
    originEast: 632_500, originNorth: 5_187_500, eastPerColumn: 10, northPerRow: -10)
  /// Middle of the slide, px, and its half axes.
  private static let middle = (row: 215.0, column: 250.0), axes = (rows: 110.0, columns: 90.0)
  static let direction = SIMD2(0.8, -0.6)

  /// m along `direction`: 5 m/yr and a season of 1.5 m that is farthest in October.
  static func slide(_ day: Int) -> Double {
    let years = Double(day - 18_262) / 365.25
    return 5 * years + 1.5 * cos(2 * .pi * (years - 0.78))
  }

  /// 1 where the ground slides, 0 where it stands still.
  private static func share(_ row: Double, _ column: Double) -> Double {
    let out = hypot((row - middle.row) / axes.rows, (column - middle.column) / axes.columns)
    return min(1, max(0, (1.15 - out) / 0.15))
  }

  /// What a place on the map is; nil near the slide's edge and the scene's.
  func point(_ east: Double, _ north: Double) -> Point? {
    let at = Self.place.position(east: east, north: north)
    guard min(at.row, at.column) > 24, max(at.row, at.column) < Double(Self.side) - 24 else { return nil }
    let out = hypot((at.row - Self.middle.row) / Self.axes.rows, (at.column - Self.middle.column) / Self.axes.columns)
    return out < 0.75 ? .sliding : out > 1.5 ? .still : nil
  }

  /// - Parameter roughness: of the ground between 40 and 320 m, m RMS; the elevation model does not know it.
  init(roughness: Double) throws {
    folder = try RunScratch()
    let crs = try CRS("EPSG:32632"), side = Self.side, wide = side + 2 * Self.margin
    let file = try #require(SharedData.file("oggm_sample/hef_srtm.tif")).path
    let model = try RasterImage.open(file)
    try FileManager.default.copyItem(atPath: file, toPath: "\(folder.path)/dem.tif")
    let whole = Georeference(
      name: "ground", rows: wide, columns: wide,
      transform: Self.place.grid(row: -Double(Self.margin), column: -Double(Self.margin), spacing: 1), crs: crs)
    let base = try AlignedImage(model, at: model.info.georeference, onto: whole).read(whole.window)
    let rough = ValueNoise(seed: 3, wavelengths: [4, 8, 16, 32], gain: 1.5)
    let bright = ValueNoise(seed: 5, wavelengths: [3, 6, 12, 40], gain: 1.1)
    var stable = Grid(rows: side, columns: side, filledWith: Float(0))
    for row in 0..<side {
      for column in 0..<side where Self.share(Double(row), Double(column)) == 0 { stable[row, column] = 1 }
    }
    var dates: [Pass] = []
    for pass in 0..<24 {
      let day = 18_270 + 46 * pass + pass * 5 % 9
      let text = Self.text(day), name = text.filter { $0 != "-" } + "T102000.tif"
      dates.append(Pass(day: day, text: text, name: name))
      let sun = try #require(
        SunPosition(seconds: Double(day) * 86_400 + 10 * 3600 + 1200, latitude: 46.8, longitude: 10.75))
      let moved = Self.slide(day) / 10
      var ground = base, albedo = Grid(rows: side, columns: side, filledWith: 0.0)
      for row in 0..<wide {
        for column in 0..<wide {
          let r = Double(row - Self.margin), c = Double(column - Self.margin), share = Self.share(r, c) * moved
          let at = (row: r + share * Self.direction.y, column: c - share * Self.direction.x)
          ground[row, column] += Float(roughness * rough.value(at.row, at.column))
          let (i, j) = (row - Self.margin, column - Self.margin)
          if i >= 0, j >= 0, i < side, j < side { albedo[i, j] = exp(0.25 * bright.value(at.row, at.column)) }
        }
      }
      let shadow = TerrainShadow(ground, transform: whole.transform!, sun: sun, threads: 2)
      var image = Grid(rows: side, columns: side, filledWith: Float(0)), grain = UInt64(pass + 1)
      for row in 0..<side {
        for column in 0..<side {
          let r = row + Self.margin, c = column + Self.margin
          let direct = shadow.cast[r, c] ? 0 : max(0, Double(shadow.illumination[r, c]))
          grain = grain &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
          let noise = Double(grain >> 40) / Double(1 << 24) - 0.5
          image[row, column] = Float((2000 * albedo[row, column] * (0.12 + direct) + 40 * noise + 100).rounded())
        }
      }
      try Self.write("\(folder.path)/\(name)", image, Self.place, .uint16, crs)
    }
    self.dates = dates
    try Self.write("\(folder.path)/stable.tif", stable, Self.place, .float32, crs)
  }

  private static func text(_ day: Int) -> String {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = TimeZone(identifier: "UTC")!
    let parts = calendar.dateComponents(
      [.year, .month, .day], from: Date(timeIntervalSince1970: Double(day) * 86_400))
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    return "\(parts.year!)-\(two(parts.month!))-\(two(parts.day!))"
  }

  private static func write(
    _ path: String, _ grid: Grid<Float>, _ place: GeoTransform, _ type: RasterLayout.SampleType, _ crs: CRS
  ) throws {
    var layout = RasterLayout(rows: grid.rows, columns: grid.columns, type: type)
    (layout.transform, layout.crs) = (place, crs)
    let writer = try RasterWriter.create(path, layout)
    try writer.write(grid)
    try writer.finish()
  }
}

/// Smooth noise of mean 0 and about unit variance, from random values on lattices of several widths.
private struct ValueNoise {
  let seed: UInt64
  /// Widths of the lattices, px.
  let wavelengths: [Double]
  /// Amplitude of a lattice twice as wide over that of the narrower one.
  let gain: Double

  private static func random(_ seed: UInt64, _ row: Int, _ column: Int) -> Double {
    var z = seed &* 0x9E37_79B9_7F4A_7C15 ^ UInt64(bitPattern: Int64(row)) &* 0xD6E8_FEB8_6659_FD93
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9 ^ UInt64(bitPattern: Int64(column)) &* 0xA076_1D64_78BD_642F
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Double((z ^ (z >> 31)) >> 11) * 0x1p-52 - 1
  }

  func value(_ row: Double, _ column: Double) -> Double {
    var out = 0.0, power = 0.0
    for (level, width) in wavelengths.enumerated() {
      let amplitude = pow(gain, log2(width / wavelengths[0]))
      let r = row / width, c = column / width, i = Int(r.rounded(.down)), j = Int(c.rounded(.down))
      func smooth(_ t: Double) -> Double { t * t * t * (t * (6 * t - 15) + 10) }
      let down = smooth(r - Double(i)), right = smooth(c - Double(j)), own = seed &* 31 &+ UInt64(level)
      func at(_ a: Int, _ b: Int) -> Double { Self.random(own, i + a, j + b) }
      let upper = at(0, 0) + right * (at(0, 1) - at(0, 0)), lower = at(1, 0) + right * (at(1, 1) - at(1, 0))
      out += amplitude * (upper + down * (lower - upper))
      // Uniform between −1 and 1: a third; about half of that between the lattice's points.
      power += amplitude * amplitude / 6
    }
    return out / power.squareRoot()
  }
}
