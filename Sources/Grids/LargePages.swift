// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Asks the system for large pages under memory that is about to be filled for the first time.
///
/// The first touch of a page of 4 KB costs more than filling it; a large one is 512 of them. Systems that know no large
/// pages, or refuse them, lose nothing.
///
/// - Parameters:
///   - base: the first element.
///   - count: elements of the memory.
package func useLargePages<Element>(_ base: UnsafeMutablePointer<Element>, count: Int) {
  #if os(Linux)
    let size = 1 << 21, bytes = count * MemoryLayout<Element>.stride
    // Only pages that lie within wholly: memory of others is not ours to speak for.
    let before = (size - Int(bitPattern: base) & (size - 1)) & (size - 1)
    let within = (bytes - before) & ~(size - 1)
    guard bytes > before, within > 0 else { return }
    _ = madvise(UnsafeMutableRawPointer(base) + before, within, Int32(MADV_HUGEPAGE))
  #endif
}
