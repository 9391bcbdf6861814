// SPDX-License-Identifier: Apache-2.0

/// What a path is for: completion, the web form and the reference page differ by it.
public enum PathRole: String, Sendable, CaseIterable {
  case inputFile = "input file"
  case inputFolder = "input folder"
  case outputFile = "output file"
  case outputFolder = "output folder"

  public var isFolder: Bool { self == .inputFolder || self == .outputFolder }
}

/// A parameter that names a file or a folder. Nothing is opened or checked here.
public protocol PathValue: ParameterValue, ExpressibleByStringLiteral {
  static var role: PathRole { get }
  /// As it was given: absolute, or relative to the folder in which the program runs.
  var path: String { get }
  init(_ path: String)
}

extension PathValue {
  public static var shape: ParameterShape { ParameterShape(.path(role)) }

  public init(json: JSONValue) throws(RefusedValue) {
    guard let path = json.stringValue, !path.isEmpty else { throw RefusedValue(.wrongType, json) }
    self.init(path)
  }

  public init(stringLiteral path: String) { self.init(path) }

  public var json: JSONValue { .string(path) }
}

/// A file that is read.
public struct InputFile: PathValue {
  public static var role: PathRole { .inputFile }
  public let path: String
  public init(_ path: String) { self.path = path }
}

/// A folder that is read.
public struct InputFolder: PathValue {
  public static var role: PathRole { .inputFolder }
  public let path: String
  public init(_ path: String) { self.path = path }
}

/// A file that is written.
public struct OutputFile: PathValue {
  public static var role: PathRole { .outputFile }
  public let path: String
  public init(_ path: String) { self.path = path }
}

/// A folder that is written into and made when absent.
public struct OutputFolder: PathValue {
  public static var role: PathRole { .outputFolder }
  public let path: String
  public init(_ path: String) { self.path = path }
}

/// A part of a map: a box, or the polygons of a vector file.
public enum Area: ParameterValue, Sendable, Equatable {
  /// Edges in the units of the reference image's coordinates; west < east, south < north.
  case box(west: Double, south: Double, east: Double, north: Double)
  case polygons(InputFile)

  public static var shape: ParameterShape { ParameterShape(.area) }

  public init(json: JSONValue) throws(RefusedValue) {
    if let edges = json.arrayValue {
      let numbers = edges.compactMap(\.doubleValue)
      guard numbers.count == edges.count else { throw RefusedValue(.wrongType, json) }
      guard numbers.count == 4 else { throw RefusedValue(.wrongCount, json) }
      guard numbers[0] < numbers[2], numbers[1] < numbers[3] else { throw RefusedValue(.outOfRange, json) }
      self = .box(west: numbers[0], south: numbers[1], east: numbers[2], north: numbers[3])
    } else {
      self = .polygons(try InputFile(json: json))
    }
  }

  public var json: JSONValue {
    switch self {
    case .box(let west, let south, let east, let north):
      [.number(west), .number(south), .number(east), .number(north)]
    case .polygons(let file): file.json
    }
  }

  /// Words that are only numbers and commas are boxes; a file of such a name needs `./` before it.
  static func json(word: String) -> JSONValue {
    let parts = word.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    let numbers = parts.map { ParameterShape(.number).json(word: $0) }
    let isBox = parts.count > 1 && numbers.allSatisfy { $0.doubleValue != nil }
    return isBox ? .array(numbers) : .string(word)
  }
}
