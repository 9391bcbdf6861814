// SPDX-License-Identifier: Apache-2.0
import OgiveKit
import Synchronization

/// What is measured, in the order of the table. A case has the name of the peers' case that it stands beside.
enum Cases {
  static let all: [BenchmarkCase] = [
    search("search", .crossCorrelation, .parabola),
    search("search-upsampled", .crossCorrelation, .upsampled),
    search("phase", .phase, .upsampled),
    coarse,
    leastSquares("least-squares", spacing: 8),
    leastSquares("least-squares-16", spacing: 16),
    denseBlock("dense", window: 51),
    denseBlock("dense-automatic", window: nil),
    denseBlock("dense-gaussian", window: 51, weights: .gaussian),
    denseBlock("dense-automatic-gaussian", window: nil, weights: .gaussian),
    denseTiles("dense-tiles", window: 51),
    denseTiles("dense-automatic-tiles", window: nil),
  ]

  /// A full search of ± 16 px, 51 × 51, every 16 px.
  private static func search(_ name: String, _ method: SearchMethod, _ peak: PeakInterpolation) -> BenchmarkCase {
    BenchmarkCase(name: name) { pair in
      { threads in
        let found = Matchers.search(pair, method: method, peak: peak, threads: threads)
        return points(found, times: 1)
      }
    }
  }

  /// The first look at a pair with nothing known.
  private static let coarse = BenchmarkCase(name: "coarse") { pair in
    { threads in
      _ = CoarseSearch.run(reference: pair.reference, secondary: pair.secondary, threads: threads)
      return .init(work: Double(pair.size * pair.size), workUnit: "px")
    }
  }

  /// 51 × 51, with coarse search and preparation.
  private static func leastSquares(_ name: String, spacing: Int) -> BenchmarkCase {
    BenchmarkCase(name: name) { pair in
      { threads in
        let found = Matchers.leastSquares(pair, spacing: spacing, threads: threads)
        return points(found, times: 1)
      }
    }
  }

  /// The whole image as one block, a solution every 4 px, all layers with sigmas. Each thread has a block of its own.
  private static func denseBlock(_ name: String, window: Int?, weights: WindowWeights = .box) -> BenchmarkCase {
    BenchmarkCase(name: name) { pair in
      let run = DenseRun(pair, window: window, weights: weights, spacing: 4)
      return { threads in
        let last = Mutex<FoundPoints?>(nil)
        Threads.run(threads, threads: threads) { _ in
          let found = run.oneBlock()
          last.withLock { $0 = found }
        }
        let found = last.withLock { $0! }
        return points(found, times: threads)
      }
    }
  }

  /// The same image in the tiles of `ogive match`, which cost a margin each.
  private static func denseTiles(_ name: String, window: Int?) -> BenchmarkCase {
    BenchmarkCase(name: name) { pair in
      let run = DenseRun(pair, window: window, spacing: 4)
      return { threads in
        let found = run.tiles(threads: threads)
        return points(found, times: 1)
      }
    }
  }

  private static func points(_ found: FoundPoints, times: Int) -> BenchmarkCase.Outcome {
    .init(work: Double(times * found.lattice.rows * found.lattice.columns), workUnit: "points", found: found)
  }
}
