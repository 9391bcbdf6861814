// SPDX-License-Identifier: Apache-2.0
import Foundation
import RasterIO

/// The date of an image, or why it is not known.
public enum AcquisitionDateFinding: Hashable, Sendable {
  case found(AcquisitionDate)
  case unknown(reason: String)

  public var date: AcquisitionDate? {
    if case .found(let date) = self { return date }
    return nil
  }
}

extension AcquisitionDate {
  /// Metadata items that say when an image was taken, the surest first.
  static let acquisitionTags = [
    "ACQUISITIONDATETIME", "DATATAKE_1_DATATAKE_SENSING_START", "SENSING_TIME", "SENSING_START", "PRODUCT_START_TIME",
    "ACQUISITION_START_TIME", "ACQUISITION_DATETIME", "ACQUISITION_DATE", "ACQUISITIONDATE", "DATE_ACQUIRED",
    "ACQUIRED",
    "START_DATETIME", "START_TIME", "DATETIME", "EXIF_DATETIMEORIGINAL", "DATE", "FIRST_DATE",
  ]

  /// Items that often hold the time of processing: used only where nothing else is there.
  static let weakTags = ["TIFFTAG_DATETIME", "EXIF_DATETIME"]

  /// The date of an open image, from its metadata or its name.
  public static func find(for image: RasterImage) -> AcquisitionDateFinding {
    find(path: image.info.path, metadata: image.info.metadata)
  }

  /// The date of an image from its metadata or its name.
  ///
  /// In this order: metadata items about the acquisition, the file's name, the names of the four folders above it, and
  /// last the TIFF and EXIF time stamp, which may be that of processing. In a name the first date counts: products
  /// of Sentinel, Landsat and PlanetScope have the sensing date first. Two different dates side by side in another
  /// name are a pair, and none is taken.
  ///
  /// - Parameters:
  ///   - path: of the file; it is not opened.
  ///   - now: dates more than a year after it are not believed.
  public static func find(
    path: String, metadata: [RasterTag] = [], now: Date = Date()
  ) -> AcquisitionDateFinding {
    let latest = now.timeIntervalSince1970 + 366 * 86_400
    if let date = fromMetadata(metadata, acquisitionTags, before: latest) { return .found(date) }
    let parts = path.split(separator: "/").map(String.init)
    var reasons: [String] = []
    for (level, name) in parts.reversed().prefix(5).enumerated() {
      let source = level == 0 ? "file name" : "folder name \(name)"
      switch fromName(name, source: source, before: latest) {
      case .found(let date): return .found(date)
      case .unknown(let reason): if level == 0 { reasons.append(reason) }
      }
    }
    if let date = fromMetadata(metadata, weakTags, before: latest) { return .found(date) }
    return .unknown(reason: reasons.first ?? "there is no date in the name or the metadata")
  }

  private static func fromMetadata(_ tags: [RasterTag], _ names: [String], before latest: Double) -> AcquisitionDate?
  {
    for name in names {
      guard let tag = tags.first(where: { $0.name.uppercased() == name }) else { continue }
      var text = tag.value
      if name == "DATE_ACQUIRED", let time = tags.first(where: { $0.name.uppercased() == "SCENE_CENTER_TIME" }) {
        text += "T" + time.value.trimmingCharacters(in: CharacterSet(charactersIn: "\""))
      }
      let source = "metadata item \(tag.name)"
      if let date = DateScanner(text, source: source).candidates.first?.date, date.isPlausible(before: latest) {
        return date
      }
    }
    return nil
  }

  private func isPlausible(before latest: Double) -> Bool { year >= 1900 && seconds <= latest }

  private static func fromName(_ name: String, source: String, before latest: Double) -> AcquisitionDateFinding {
    let scan = DateScanner(name, source: source)
    let all = scan.candidates.filter { $0.date.isPlausible(before: latest) }
    let sure = all.filter { !$0.isWeak }
    guard let first = sure.first ?? all.first else {
      if let digits = scan.unclear {
        return .unknown(reason: "\(digits) in \(name) may have the day or the month first")
      }
      return .unknown(reason: "there is no date in the name \(name) or the metadata")
    }
    let known = ProductName(name)
    if known == .oldSentinel2 {
      // The time of sensing follows a V; where there is none, the stamp is that of creation, on the same day or later.
      let characters = Array(name)
      let sensed = sure.first { $0.start > 0 && characters[$0.start - 1] == "V" }
      return .found(sensed?.date ?? first.date.withoutTime().from("\(source) (day of creation)"))
    }
    if known == .other, sure.count > 1, sure[1].start == first.end + 1,
      first.date.withoutTime().seconds != sure[1].date.withoutTime().seconds
    {
      return .unknown(
        reason: "\(name) names two dates, \(first.date.iso8601) and \(sure[1].date.iso8601): say which is meant")
    }
    return .found(first.date)
  }
}

/// Naming rules of missions, as far as dates need them.
enum ProductName: Hashable {
  case sentinel1, sentinel2, oldSentinel2, landsat, planetScope, other

  init(_ name: String) {
    let upper = name.uppercased()
    if upper.contains(/S2[A-D]_OPER_/) {
      self = .oldSentinel2
    } else if upper.contains(/S2[A-D]_MSIL|_T[0-9]{2}[A-Z]{3}_|^T[0-9]{2}[A-Z]{3}_/) {
      self = .sentinel2
    } else if upper.contains(/S1[A-D]_(IW|EW|SM|WV|S[1-6])_/) {
      self = .sentinel1
    } else if upper.contains(/L[CEMOT]0?[1-9]/) {
      self = .landsat
    } else if upper.contains(/^[0-9]{8}_[0-9]{6}_.*_3[AB]/) {
      self = .planetScope
    } else {
      self = .other
    }
  }
}
