// SPDX-License-Identifier: Apache-2.0
import Foundation
import Products
import RasterIO

extension PairVelocityFile {
  /// 1980-01-06, from which ITS_LIVE counts, in seconds since 1970.
  static let epoch = 315_964_800.0

  /// Sides of the compressed blocks.
  private static let block = 512

  /// Axes, variables and attributes of the file. Where ITS_LIVE has unsigned types there are signed ones, the only ones
  /// that CF 1.8 allows.
  var layout: NetCDFLayout {
    let place = pair.place
    var time = NetCDFVariable("time", ["time"], .float64)
    time.attributes = [
      .init("standard_name", "time"), .init("long_name", "middle of the time between the two images"),
      .init("units", "seconds since 1980-01-06"), .init("calendar", "proleptic_gregorian"), .init("axis", "T"),
    ]
    var x = NetCDFVariable("x", ["x"], .float64), y = NetCDFVariable("y", ["y"], .float64)
    x.attributes = mapping.x + [.init("axis", "X")]
    y.attributes = mapping.y + [.init("axis", "Y")]
    var projection = NetCDFVariable("mapping", [], .int32), info = NetCDFVariable("img_pair_info", [], .int32)
    projection.attributes = mapping.attributes
    info.attributes = imagePairInfo
    return NetCDFLayout(
      dimensions: [.init("time", 1), .init("y", place.rows), .init("x", place.columns)],
      variables: [projection, info, time, x, y] + velocities + chipSizes + [interpolation], attributes: fileAttributes
    )
  }

  private var fileAttributes: [NetCDFAttribute] {
    var all: [NetCDFAttribute] = [
      .init("Conventions", "CF-1.8"),
      .init("title", "Velocity between \(pair.earlier.id) and \(pair.later.id)"),
      .init("source", "Ogive \(options.softwareVersion): matching of two images"),
      .init("motion_coordinates", "map"), .init("motion_detection_method", "feature"),
    ]
    // CF asks for a history; without a time the same run gives the same bytes.
    let maker = "made by Ogive \(options.softwareVersion)"
    all += [.init("history", options.processed.isEmpty ? maker : "\(options.processed): \(maker)")]
    if !options.processed.isEmpty {
      all += [.init("date_created", options.processed)]
    }
    return all
  }

  private func raster(
    _ name: String, _ type: RasterLayout.SampleType, _ title: String, unit: String? = nil, missing: Double? = nil,
    _ more: [NetCDFAttribute] = []
  ) -> NetCDFVariable {
    var variable = NetCDFVariable(name, ["time", "y", "x"], type)
    variable.missing = missing
    variable.chunk = [1, min(Self.block, pair.place.rows), min(Self.block, pair.place.columns)]
    variable.attributes = [NetCDFAttribute("long_name", title), NetCDFAttribute("grid_mapping", "mapping")]
    if let unit { variable.attributes.append(.init("units", unit)) }
    variable.attributes += more
    return variable
  }

  private var velocities: [NetCDFVariable] {
    let isTurned = pair.place.crs?.isGeographic == true
    let directions = isTurned ? ("east", "north") : ("x direction of the map", "y direction of the map")
    let names: [(String, String, String?)] = [
      ("vx", "velocity component in \(directions.0)", "land_ice_surface_x_velocity"),
      ("vy", "velocity component in \(directions.1)", "land_ice_surface_y_velocity"),
      ("v", "velocity magnitude", nil),
      ("v_error", "standard deviation of the velocity magnitude", nil),
      ("vx_error", "standard deviation of vx", nil), ("vy_error", "standard deviation of vy", nil),
    ]
    return names.map { name, title, standard in
      var more: [NetCDFAttribute] = []
      if options.isLandIce, !isTurned, let standard { more.append(.init("standard_name", standard)) }
      if options.resolution != 1 {
        // In this order GDAL and others find both.
        more += [.init("scale_factor", .double(options.resolution)), .init("add_offset", .double(0))]
      }
      return raster(name, .int16, title, unit: "meter/year", missing: -32_767, more)
    }
  }

  private var chipSizes: [NetCDFVariable] {
    guard pair.templateWindow != nil else { return [] }
    return [("chip_size_width", "width"), ("chip_size_height", "height")].map {
      raster($0.0, .int16, "\($0.1) of the search template", unit: "m", missing: 0)
    }
  }

  private var interpolation: NetCDFVariable {
    raster(
      "interp_mask", .int16, "whether a velocity was put in from its neighbours",
      [
        .init("flag_values", .shorts([0, 1])), .init("flag_meanings", "measured interpolated"),
      ])
  }

  private var imagePairInfo: [NetCDFAttribute] {
    let (first, second) = (pair.earlier, pair.later)
    var all: [NetCDFAttribute] = [.init("long_name", "the two images and the time between them")]
    for (number, scene) in [(1, first), (2, second)] {
      all += [
        .init("id_img\(number)", scene.id), .init("acquisition_date_img\(number)", Self.instant(scene.date)),
        .init("mission_img\(number)", scene.mission), .init("satellite_img\(number)", scene.satellite),
        .init("sensor_img\(number)", scene.sensor),
      ].filter { $0.value != .text("") }
    }
    all += [
      .init("date_center", Self.instant(seconds: (first.date.seconds + second.date.seconds) / 2)),
      .init("date_dt", .double(pair.separation)), .init("ogive_software_version", options.softwareVersion),
    ]
    if let outline = try? pair.place.geographicOutline(pointsPerSide: 1), outline.count == 4 {
      // Longitudes that may cross the date line are averaged as turns from the first.
      let base = outline[0].longitude
      let turns = outline.map { ($0.longitude - base).remainder(dividingBy: 360) }
      let longitude = (base + turns.reduce(0, +) / 4).remainder(dividingBy: 360)
      all += [
        .init("latitude", .double(outline.map(\.latitude).reduce(0, +) / 4)), .init("longitude", .double(longitude)),
      ]
    }
    return all
  }

  /// `20200131T10:20:30.0`, as ITS_LIVE writes it; noon where only the day is known.
  static func instant(_ date: AcquisitionDate) -> String { instant(seconds: date.seconds) }

  static func instant(seconds: Double) -> String {
    let tenths = Int((seconds * 10).rounded())
    let moment = Date(timeIntervalSince1970: Double(tenths / 10))
    let text = moment.formatted(
      .iso8601.year().month().day().dateSeparator(.omitted).time(includingFractionalSeconds: false))
    return "\(text).\(tenths % 10)"
  }

  enum Axis { case right, down }

  /// What is known of the errors of one component, m/yr.
  func errorAttributes(_ axis: Axis, _ totals: Totals) -> [NetCDFAttribute] {
    let isRight = axis == .right, cell = middleCell.pixelSize
    let metres = abs(yearly) / pair.spacing * (isRight ? cell.width : cell.height)
    let squares = isRight ? totals.squaresRight : totals.squaresDown
    let modelled = totals.measured > 0 ? (squares / Double(totals.measured)).squareRoot() : .nan
    let stable = pair.stable.flatMap { $0.count > 0 ? $0 : nil }
    let stationary = stable.map { (isRight ? $0.spreadRight : $0.spreadDown) * metres }
    var all: [NetCDFAttribute] = [
      .init("error", .double(stationary ?? modelled)),
      .init("error_description", "error_stationary where there is stable ground, else error_modeled"),
      .init("error_modeled", .double(modelled)),
      .init("error_modeled_description", "root mean square of the standard deviations of all points"),
      .init("stable_count_stationary", .integer(Int32(clamping: stable?.count ?? 0))),
      .init("stable_shift_flag", .integer(stable?.shift == nil ? 0 : 1)),
      .init("stable_shift_flag_description", "0: no shift was taken off; 1: that of stable ground was"),
    ]
    if let stationary {
      all += [
        .init("error_stationary", .double(stationary)),
        .init("error_stationary_description", "1.4826 times the median absolute deviation on stable ground"),
      ]
    }
    if let shift = stable?.shift {
      // Along the coordinate axes and with time, as the velocities.
      let sign = (isRight ? axisSigns.x : axisSigns.y) * (pair.isBackward ? -1 : 1)
      all.append(.init("stable_shift", .double(sign * metres * (isRight ? shift.right : shift.down))))
    }
    return all
  }
}
