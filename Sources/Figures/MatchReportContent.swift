// SPDX-License-Identifier: Apache-2.0
import Grids

/// A measured quantity on the grid of points, with its uncertainty where there is one.
public struct Quantity: Sendable {
  /// In the field's words, e.g. "Speed" or "Longitudinal strain rate".
  public let name: String
  public let unit: String
  /// NaN = missing.
  public let values: Grid<Float>
  /// One standard deviation, same unit; nil when unknown.
  public let sigma: Grid<Float>?
  /// One sentence for the caption: sign, meaning; may be empty.
  public let note: String

  public init(_ name: String, unit: String, values: Grid<Float>, sigma: Grid<Float>? = nil, note: String = "") {
    self.name = name
    self.unit = unit
    self.values = values
    self.sigma = sigma
    self.note = note
  }
}

/// Everything that the report of one matched pair shows. Optional parts that are nil or empty leave no trace on the
/// page; all grids have the shape of the grid of measured points.
public struct MatchReportContent: Sendable {
  /// The image under the maps, at any resolution.
  public struct Base: Sendable {
    public let image: Grid<Float>
    public let placement: GridPlacement
    /// What it is, for captions.
    public let name: String

    /// - Parameters:
    ///   - image: the reference image, or an overview of it, any radiometric unit, or a hillshade; NaN = missing.
    ///   - placement: where its cells lie on the reference image; `.blocks(of: n)` for an overview of factor n.
    ///   - name: what it is.
    public init(image: Grid<Float>, placement: GridPlacement, name: String = "the reference image") {
      self.image = image
      self.placement = placement
      self.name = name
    }
  }

  /// Why points are missing: the raw flags and a name, meaning and cure for each value but 0 (measured).
  public struct Flags: Sendable {
    public let values: Grid<UInt8>
    public let reasons: [Reason]

    public init(values: Grid<UInt8>, reasons: [Reason]) {
      self.values = values
      self.reasons = reasons
    }
  }

  /// One reason for missing points.
  public struct Reason: Sendable {
    public let number: UInt8
    public let name, meaning, cure: String

    public init(number: UInt8, name: String, meaning: String, cure: String) {
      self.number = number
      self.name = name
      self.meaning = meaning
      self.cure = cure
    }
  }

  /// A check of the stated uncertainties against errors that were found otherwise.
  public struct Calibration: Sendable {
    /// What the errors are, e.g. "forward minus backward offsets" or "offsets of stable ground".
    public let source: String
    public let normalisedErrors: [Float]
    /// How many errors there are, where `normalisedErrors` are an even sample of them.
    public let count: Int?

    public init(source: String, normalisedErrors: [Float], outOf count: Int? = nil) {
      self.source = source
      self.normalisedErrors = normalisedErrors
      self.count = count
    }
  }

  /// Counts of all points of a run, for reports whose grids hold only some of them.
  public struct Counts: Sendable {
    /// Points by the number of their flag.
    public let byFlag: [Int]
    public let measured, all: Int

    public init(byFlag: [Int], measured: Int, all: Int) {
      self.byFlag = byFlag
      self.measured = measured
      self.all = all
    }
  }

  /// One group of parameters, e.g. those of one step.
  public struct ParameterGroup: Sendable {
    public let name: String
    public let rows: [ParameterRow]

    public init(_ name: String, rows: [ParameterRow]) {
      self.name = name
      self.rows = rows
    }
  }

  /// One parameter with the value that the run used.
  public struct ParameterRow: Sendable {
    public let name, value, unit, help: String
    /// Whether the user, and not the default, set the value.
    public let isSet: Bool

    public init(_ name: String, value: String, unit: String = "", help: String, isSet: Bool = false) {
      self.name = name
      self.value = value
      self.unit = unit
      self.help = help
      self.isSet = isSet
    }
  }

  // The page's head.
  /// What sort of report this is, in two or three words.
  public var kind = "Image matching report"
  public var title: String
  public var subtitle = ""
  /// Names of images, dates, sensor, resolution: name and value.
  public var facts: [(name: String, value: String)] = []
  /// Key numbers; `MatchReportPage.keyNumbers(of:)` makes the usual ones when this is empty.
  public var keyNumbers: [KeyNumber] = []
  /// The verdict, warnings, what to try next.
  public var callouts: [Callout] = []

  // The maps.
  public var frame: MapFrame
  public var placement: GridPlacement
  public var base: Base?
  /// Speed (m/yr), length of the displacement (m) or of the offset (px): what the main map shows.
  public var motion: Quantity
  /// Offsets, px, right and down: they give the arrows their direction.
  public var dx, dy: Grid<Float>
  /// Components of motion, e.g. east and north velocity; shown around zero.
  public var components: [Quantity] = []
  /// Strain rates and rotation; shown around zero.
  public var strain: [Quantity] = []
  /// Conventions of the strain maps: signs, gauge length; may be empty.
  public var strainNote = ""
  /// Correlation, signal-to-noise ratio and the like; shown as histograms.
  public var quality: [Quantity] = []
  public var flags: Flags?
  /// Every how many rows and columns of the run the grids hold a point, and the counts of all points if not every.
  public var every = 1
  public var counts: Counts?

  // Checks.
  public var stableGround: StableGround?
  /// How the stable ground was chosen.
  public var stableGroundSource = ""
  public var calibration: Calibration?
  public var profile: ProfileChart?
  /// Parts that only some runs have, e.g. a comparison with truth; they stand after the checks.
  public var extraSections: [ReportSection] = []

  // How it was made.
  public var parameters: [ParameterGroup] = []
  /// Files written: name and what it holds.
  public var products: [(file: String, content: String)] = []
  /// Inputs, checksums, software, run time: name and value.
  public var provenance: [(name: String, value: String)] = []
  public var footer = ""

  /// - Parameters:
  ///   - title: what was measured, e.g. "Perito Moreno, 1 to 21 January 2020".
  ///   - frame: the part of the reference image that the maps show.
  ///   - placement: where the grid of points lies on it.
  ///   - motion: what the main map shows.
  ///   - dx: offsets to the right, px.
  ///   - dy: offsets down, px.
  public init(
    title: String, frame: MapFrame, placement: GridPlacement, motion: Quantity, dx: Grid<Float>, dy: Grid<Float>
  ) {
    precondition(
      dx.rows == motion.values.rows && dx.columns == motion.values.columns && dy.rows == dx.rows
        && dy.columns == dx.columns, "all grids of a report have one shape")
    self.title = title
    self.frame = frame
    self.placement = placement
    self.motion = motion
    self.dx = dx
    self.dy = dy
  }
}
