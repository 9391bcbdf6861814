// SPDX-License-Identifier: Apache-2.0
import Grids

/// What one image shows at a pixel; the numbers are those of the spectral mask of the MPIC services.
public enum SurfaceClass: UInt8, Sendable, CaseIterable {
  case land = 0
  /// No pixel, or one that is broken.
  case null = 1
  case cloud = 2
  /// Shadow of a cloud.
  case shadow = 3
  case snow = 4
  case water = 5
}

extension Grid where Element == SurfaceClass {
  /// A mask that is true where the class is none of `rejected`: the plain mask, which deletes.
  ///
  /// - Parameter rejected: classes that must not be used. The default keeps snow, because ice is what a glacier is.
  public func usable(without rejected: Set<SurfaceClass> = [.null, .cloud, .shadow, .water]) -> Mask {
    let isUsable = SurfaceClass.allCases.map { !rejected.contains($0) }
    return map { isUsable[Int($0.rawValue)] }
  }

  /// A mask that is true where the class is this one.
  public func mask(of wanted: SurfaceClass) -> Mask { map { $0 == wanted } }
}
