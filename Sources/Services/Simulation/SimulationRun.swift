// SPDX-License-Identifier: Apache-2.0
import Deformation
import Grids
import Parameters
import Processing
import RasterIO
import Simulation
import Synchronization

/// One run of `ogive simulate`: streams a pair and its truth, tile by tile, into a run folder.
struct SimulationRun: Sendable {
  let parameters: SimulateCommand.Parameters
  let source: SimulationSource
  let field: SimulatedField
  let progress: ProgressReporter
  let cancellation: Cancellation
  let version: String

  /// Smallest side of an image that a displacement field makes sense on, px.
  static let minimumSide = 64

  /// - Throws: `RasterError` for an unreadable source, `ServiceError` for one that is too small, `ParameterError`
  ///   for a field that folds or moves the image out of itself.
  init(
    _ parameters: SimulateCommand.Parameters, progress: ProgressReporter, cancellation: Cancellation, version: String
  ) throws {
    self.parameters = parameters
    (self.progress, self.cancellation, self.version) = (progress, cancellation, version)
    source = try SimulationSource(parameters)
    field = SimulatedField(rows: source.rows, columns: source.columns, parameters: parameters.motion)
    try requireSize()
    try requireUnfolded()
  }

  /// Makes everything; leaves no folder and no file behind when it fails or is stopped.
  func run() throws -> JSONObject {
    let layers =
      parameters.gradients ? TruthLayer.offsets + TruthLayer.gradients + TruthLayer.strain : TruthLayer.offsets
    let folder = try RunFolder(
      at: parameters.out.path, for: "simulate",
      neededBytes: SimulationProducts.bytes(rows: source.rows, columns: source.columns, layers: layers.count))
    do {
      let (statistics, storage) = try source.survey(progress, cancellation)
      let checksum = try source.file.flatMap { try identity(ofFile: $0) }
      let products = try SimulationProducts(folder, source.georeference, storage: storage, layers: layers)
      let unseen: Int
      do {
        unseen = try stream(to: products, statistics: statistics, storage: storage)
        try products.publish(progress, cancellation)
      } catch {
        products.cancel()
        throw error
      }
      let record = self.record(statistics: statistics, unseen: unseen, checksum: checksum)
      try folder.write(record.text(.pretty) + "\n", to: "simulation.json")
      try folder.finish()
      return record["provenance"]?.objectValue ?? [:]
    } catch is RunCancelled {
      folder.discardIfEmpty()
      throw ServiceError(.cancelled, "stopped on request; nothing was written to \(parameters.out.path)")
    } catch {
      folder.discardIfEmpty()
      throw error
    }
  }

  // MARK: - Checks

  private func requireSize() throws {
    let side = min(source.rows, source.columns)
    guard side >= Self.minimumSide else {
      throw ServiceError(
        .imageTooSmall,
        "\(source.georeference.name): \(source.rows) × \(source.columns) px are too small for a simulation; "
          + "give an image or --area of at least \(Self.minimumSide) × \(Self.minimumSide) px")
    }
    let largest = parameters.motion.maximumDisplacement
    guard largest <= Double(side) / 4 else {
      throw ParameterError.conflict(
        "maximumDisplacement",
        "--maximum-displacement \(rounded(largest)) px is more than a quarter of the image's shorter side "
          + "(\(side) px): most of the moved ground would come from outside; give at most \(side / 4), or a larger "
          + "image")
    }
  }

  private func requireUnfolded() throws {
    let steepest = field.steepestGradient
    guard steepest >= 1 else { return }
    let motion = parameters.motion
    let wider =
      switch motion.field {
      case .affine: "a larger image"
      case .glacier: "a larger --width"
      case .landslide: "a larger --boundary or --width"
      case .fault: "a larger --locking-depth, or 0 for a sharp step"
      }
    throw ParameterError.conflict(
      "maximumDisplacement",
      "the field would fold: its steepest gradient is \(rounded(steepest)) px/px and must stay below 1; give a "
        + "--maximum-displacement below \(rounded(motion.maximumDisplacement / steepest, down: true)), or \(wider)")
  }

  /// Two decimals, or three significant digits of small numbers.
  private func rounded(_ value: Double, down: Bool = false) -> String {
    let digits = value < 0.1 ? 1000.0 : 100.0
    return "\((value * digits).rounded(down ? .down : .toNearestOrEven) / digits)"
  }

  /// Nil for names that GDAL opens and the file system does not know.
  private func identity(ofFile path: String) throws -> Checksum? {
    do {
      return try FileChecksum.sha256(ofFile: path, cancellation: cancellation)
    } catch let error as RunCancelled {
      throw error
    } catch {
      return nil
    }
  }

  // MARK: - Streaming

  /// Returns the number of pixels of the secondary image that show ground the source does not hold.
  private func stream(
    to products: SimulationProducts, statistics: TextureStatistics, storage: GreyStorage
  ) throws -> Int {
    let simulator = PairSimulator(
      rows: source.rows, columns: source.columns, statistics: statistics, bitDepth: nil, parameters: parameters.motion
    )
    let strain =
      parameters.gradients
      ? StrainAnalysis.ofInterval(
        on: try source.georeference.groundTransform(rows: source.rows, columns: source.columns))
      : nil
    let side = parameters.tileSize
    let plan = TilePlan(rows: source.rows, columns: source.columns, tileRows: side, tileColumns: side)
    let threads = parameters.threads ?? availableCores
    let runner = TileRunner(threads: threads, cancellation: cancellation, progress: progress)
    let unseen = Mutex(0)
    let (source, layers) = (source, products.layers)
    try runner.run(plan, stage: "simulating", unit: "px") { window in
      let tile = try simulator.tile(window, read: source.read)
      unseen.withLock { $0 += tile.isSeen.cells.count { !$0 } }
      let strain = strain?.rates(of: tile.truth)
      return [storage.stored(tile.reference), storage.stored(tile.secondary)]
        + layers.map { $0.values(tile.truth, strain) }
    } deliver: { window, grids in
      try products.write(grids, at: window)
    }
    return unseen.withLock { $0 }
  }

  /// A job file that makes the same pair again, with what was found on the way.
  private func record(statistics: TextureStatistics, unseen: Int, checksum: Checksum?) -> JSONObject {
    let motion = parameters.motion
    let provenance: JSONObject = [
      "version": .string(version),
      "source": .object(source.json(checksum: checksum)),
      "steepestGradient": .number(field.steepestGradient),
      "greyMean": .number(statistics.mean), "greyVariance": .number(statistics.variance),
      "noiseDeviation": .number((motion.noiseVariance * statistics.variance).squareRoot()),
      "unseenShare": .number(Double(unseen) / Double(source.rows * source.columns)),
    ]
    return JobFile(process: "simulate", inputs: parameters.reproducible, provenance: provenance).json
  }
}

extension StrainAnalysis {
  /// The analysis that the truth of a simulation goes through: strain of the interval, of ice.
  static func ofInterval(on transform: GeoTransform) -> StrainAnalysis {
    StrainAnalysis(transform: transform, separation: nil)
  }

  /// The strain of exact offsets and gradients.
  func rates(of truth: TruthTile) -> StrainRateField {
    rates(
      of: GradientField(
        dxPerColumn: truth.dxPerColumn, dxPerRow: truth.dxPerRow, dyPerColumn: truth.dyPerColumn,
        dyPerRow: truth.dyPerRow), motion: MotionField(dx: truth.dx, dy: truth.dy))
  }
}
