// SPDX-License-Identifier: Apache-2.0
import RasterIO

/// Where the standard deviations of one component of a cube are.
enum CubeErrorArray: Sendable {
  /// Metres, one for each pair.
  case perPair([Float])
  /// An array like that of the component, and what turns its numbers into metres for each pair.
  case perPixel(ArrayInfo, factors: [Float])

  var isPerPixel: Bool {
    if case .perPixel = self { return true }
    return false
  }

  /// - Parameter unit: of the component, taken where the array does not name another.
  /// - Returns: nil where the array has neither the axis of the pairs nor the axes of the component.
  /// - Throws: `CubeError` of kind `.badUnit` or `.unreadable`.
  init?(
    _ array: ArrayInfo, of component: ArrayInfo, in file: ArrayFile, _ list: CubePairList, unit: CubeUnit
  ) throws(CubeError) {
    let text = array.unit.isEmpty ? array.text("units") ?? "" : array.unit
    var own = unit
    if !text.isEmpty {
      guard let found = CubeUnit(text), found.metres != nil else {
        throw CubeError(
          .badUnit, file.path,
          "\(file.path): the array \(array.name) is in \"\(text)\", which is none of "
            + "\(CubeUnit.known)")
      }
      own = found
    }
    let factors = list.pairs.map { Float(abs(own.factor($0))) }
    if array.axes == component.axes {
      self = .perPixel(array, factors: factors)
      return
    }
    guard array.axes.isEmpty || (array.axes.count == 1 && array.count == list.places.count) else { return nil }
    let values = try readingCube(file.path) { () throws(RasterError) in try file.floats(array.name) }
    var out = factors.map { _ in Float.nan }
    for (entry, place) in list.places.enumerated() {
      guard let place else { continue }
      let value = values[values.count == 1 ? 0 : entry] * factors[place]
      // A standard deviation of nothing would outweigh all the others.
      out[place] = value > 0 ? value : .nan
    }
    self = .perPair(out)
  }
}
