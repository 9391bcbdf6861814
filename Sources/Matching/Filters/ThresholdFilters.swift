// SPDX-License-Identifier: Apache-2.0
import Grids
import Parameters

/// Marks offsets whose standard deviation is above a limit.
///
/// Source: the precision limit of 0.2 px of Debella-Gilo & Kääb 2012.
public struct PrecisionFilter: Sendable {
  public struct Parameters: ParameterSet {
    @Parameter("Largest standard deviation of either component of an offset", unit: "px", in: 0.001...100)
    public var precisionLimit: Double = 0.2

    public init() {}
  }

  private let parameters: Parameters

  public init(parameters: Parameters = Parameters()) { self.parameters = parameters }

  /// `flags` with `imprecise` where a measured point's sigma is above the limit or unknown (NaN); px.
  public func flags(dxSigma: Grid<Float>, dySigma: Grid<Float>, flags: Grid<MatchFlag>) -> Grid<MatchFlag> {
    precondition(dxSigma.window == flags.window && dySigma.window == flags.window, "sigmas and flags differ in shape")
    let limit = Float(parameters.precisionLimit)
    var out = flags
    for index in 0..<flags.cells.count where flags.cells[index] == .measured {
      let isPrecise = dxSigma.cells[index] <= limit && dySigma.cells[index] <= limit
      if !isPrecise { out.cells[index] = .imprecise }
    }
    return out
  }
}

/// Marks matches whose correlation is too low to tell the right place from a wrong one.
public struct CorrelationFilter: Sendable {
  public struct Parameters: ParameterSet {
    @Parameter("Least normalised cross-correlation of a match", in: -1...1)
    public var minimumCorrelation: Double = 0.3

    public init() {}
  }

  private let parameters: Parameters

  public init(parameters: Parameters = Parameters()) { self.parameters = parameters }

  /// `flags` with `ambiguous` where a measured point's correlation is below the limit or unknown (NaN).
  public func flags(ncc: Grid<Float>, flags: Grid<MatchFlag>) -> Grid<MatchFlag> {
    precondition(ncc.window == flags.window, "correlations and flags differ in shape")
    let limit = Float(parameters.minimumCorrelation)
    var out = flags
    for index in 0..<flags.cells.count where flags.cells[index] == .measured {
      let isClear = ncc.cells[index] >= limit
      if !isClear { out.cells[index] = .ambiguous }
    }
    return out
  }
}
