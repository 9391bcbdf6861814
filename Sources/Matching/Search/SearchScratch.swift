// SPDX-License-Identifier: Apache-2.0
import Kernels

/// Memory of one thread, kept from block to block; it only grows.
final class SearchScratch {
  /// One buffer that grows on demand; its contents do not survive a larger request.
  final class Buffer<Element> {
    private var base: UnsafeMutablePointer<Element>
    private var capacity: Int

    init() {
      capacity = 1
      base = .allocate(capacity: 1)
    }

    deinit { base.deallocate() }

    func reserve(_ count: Int) -> UnsafeMutablePointer<Element> {
      if count > capacity {
        base.deallocate()
        capacity = count
        // 64 bytes: no vector of the kernels then crosses more cache lines than it must.
        let raw = UnsafeMutableRawPointer.allocate(byteCount: count * MemoryLayout<Element>.stride, alignment: 64)
        base = raw.bindMemory(to: Element.self, capacity: count)
      }
      return base
    }
  }

  let a = Buffer<Float>(), b = Buffer<Float>()
  let work = Buffer<Float>(), products = Buffer<Float>()
  let table = Buffer<Double>()
  let mean = Buffer<Float>(), inverse = Buffer<Float>()
  let surface = Buffer<Float>(), fourier = Buffer<Float>()
  /// Transforms of the last lone window, kept because the next one mostly has the same shape.
  private var transforms: (layout: WindowLayout, products: FourierProducts)?

  func fourierProducts(_ layout: WindowLayout) -> FourierProducts {
    if let transforms, transforms.layout == layout { return transforms.products }
    let products = FourierProducts(layout)
    transforms = (layout, products)
    return products
  }
}
