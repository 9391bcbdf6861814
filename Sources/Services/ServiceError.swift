// SPDX-License-Identifier: Apache-2.0
import Processing

/// Why a service could not do what it was asked to.
public typealias ServiceError = RunError<ServiceErrorKind>

public enum ServiceErrorKind: String, Sendable {
  case dates = "service.dates"
  case noTexture = "service.no-texture"
  case noData = "service.no-data"
  case imageTooSmall = "service.image-too-small"
  case noPoints = "service.no-points"
  case storedTile = "service.stored-tile"
  case nothingMeasured = "service.nothing-measured"
  case noRunFolder = "service.no-run-folder"
  case pointTable = "service.point-table"
  case noTruth = "service.no-truth"
  case gridMismatch = "service.grid-mismatch"
  case noOverlap = "service.no-overlap"
  case noScenes = "service.no-scenes"
  case deposit = "service.deposit"
  case cancelled = "run.cancelled"
}
