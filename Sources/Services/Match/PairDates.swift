// SPDX-License-Identifier: Apache-2.0
import Parameters
import Products

/// When the two images were taken, as far as it is known.
package struct PairDates: Sendable {
  package let reference: AcquisitionDate?
  package let secondary: AcquisitionDate?
  package let notices: [String]

  /// Days between the images; nil when a date is missing.
  package var separation: Double? {
    guard let reference, let secondary else { return nil }
    return reference.days(to: secondary)
  }

  /// - Throws: `ServiceError.dates` where both dates are known and the later image is not the later one.
  package init(_ pair: ImagePair, _ p: MatchParameters) throws {
    var notices: [String] = []
    var unknown: [(role: String, reason: String)] = []
    func find(_ given: CalendarDate?, _ finding: AcquisitionDateFinding, _ role: String) -> AcquisitionDate? {
      if let given { return AcquisitionDate(given.description, source: "given") }
      switch finding {
      case .found(let date): return date
      case .unknown(let reason):
        unknown.append((role, reason))
        return nil
      }
    }
    reference = find(p.referenceDate, AcquisitionDate.find(for: pair.reference), "reference")
    secondary = find(p.secondaryDate, AcquisitionDate.find(for: pair.secondary), "secondary")
    if !unknown.isEmpty {
      let flags = unknown.map { "--\($0.role)-date" }.joined(separator: " and ")
      let isPlain = unknown.count == 2 && unknown.allSatisfy { $0.reason.hasPrefix("there is no date") }
      let reason =
        isPlain
        ? "there are no dates in the names or the metadata of the images"
        : unknown.map(\.reason).joined(separator: "; ")
      notices.append("\(reason); give \(flags) to get velocities")
    }
    self.notices = notices
    if let reference, let secondary, reference >= secondary {
      let same = reference == secondary
      throw ServiceError(
        .dates,
        "the reference image is of \(reference.iso8601) (\(reference.source)) and the secondary of "
          + "\(secondary.iso8601) (\(secondary.source)): "
          + (same
            ? "both are the same moment, so there is no motion to measure; give --reference-date and --secondary-date"
            : "the later image comes first; swap the two images, or give --reference-date and --secondary-date"))
    }
  }
}
