// SPDX-License-Identifier: Apache-2.0

/// Rows of few coefficients that are the same for all pixels: what pairs of images measure of the unknowns, or what is read
/// off the solution.
package final class SparseRows: Sendable {
  package struct Entry: Sendable {
    let unknown: Int32
    let value: Double

    package init(_ unknown: Int, _ value: Double) {
      self.unknown = Int32(unknown)
      self.value = value
    }
  }

  /// A product of two coefficients of a row and where it belongs in the matrix.
  private struct Product {
    let place: Int32
    let value: Double
    /// Twice the value off the diagonal, which stands for both halves of the matrix.
    let whole: Double
  }

  private let entries: [Entry], products: [Product]
  private let entryStart: [Int32], productStart: [Int32]

  /// - Parameter rows: each unknown once in a row; every two of a row lie in the envelope of `layout`.
  package init(_ rows: [[Entry]], in layout: EnvelopeLayout) {
    var products: [Product] = []
    var entryStart: [Int32] = [0], productStart: [Int32] = [0]
    for row in rows {
      for (index, a) in row.enumerated() {
        for b in row[0...index] {
          precondition(layout.holds(Int(a.unknown), Int(b.unknown)), "a row reaches beyond the envelope")
          let value = a.value * b.value
          products.append(
            Product(
              place: Int32(layout.place(Int(a.unknown), Int(b.unknown))), value: value,
              whole: a.unknown == b.unknown ? value : 2 * value))
        }
      }
      entryStart.append(entryStart[entryStart.count - 1] + Int32(row.count))
      productStart.append(Int32(products.count))
    }
    entries = rows.flatMap { $0 }
    self.products = products
    self.entryStart = entryStart
    self.productStart = productStart
  }

  package var count: Int { entryStart.count - 1 }

  /// Adds Σ w a aᵀ over the rows a.
  package func add(weights: UnsafePointer<WideLanes>, to matrix: UnsafeMutablePointer<WideLanes>) {
    products.withUnsafeBufferPointer { products in
      for row in 0..<count {
        let weight = weights[row]
        for index in Int(productStart[row])..<Int(productStart[row + 1]) {
          let product = products[index]
          matrix[Int(product.place)].addProduct(product.value, weight)
        }
      }
    }
  }

  /// Adds Σ w d a over the rows a and their data d.
  package func add(
    weights: UnsafePointer<WideLanes>, data: UnsafePointer<WideLanes>, to right: UnsafeMutablePointer<WideLanes>
  ) {
    entries.withUnsafeBufferPointer { entries in
      for row in 0..<count {
        let value = weights[row] * data[row]
        for index in Int(entryStart[row])..<Int(entryStart[row + 1]) {
          right[Int(entries[index].unknown)].addProduct(entries[index].value, value)
        }
      }
    }
  }

  /// What a solution says of one row.
  @inline(__always)
  package func value(_ row: Int, of solution: UnsafePointer<WideLanes>) -> WideLanes {
    entries.withUnsafeBufferPointer { entries in
      var sum = WideLanes(repeating: 0)
      for index in Int(entryStart[row])..<Int(entryStart[row + 1]) {
        sum.addProduct(entries[index].value, solution[Int(entries[index].unknown)])
      }
      return sum
    }
  }

  /// The variance of one row's value; `covariance` is an inverse in the envelope.
  @inline(__always)
  package func variance(_ row: Int, of covariance: UnsafePointer<WideLanes>) -> WideLanes {
    products.withUnsafeBufferPointer { products in
      var sum = WideLanes(repeating: 0)
      for index in Int(productStart[row])..<Int(productStart[row + 1]) {
        sum.addProduct(products[index].whole, covariance[Int(products[index].place)])
      }
      return sum
    }
  }
}
