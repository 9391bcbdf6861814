// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters
import Processing

/// `ogive simulate`: an image pair whose motion is known exactly.
public struct SimulateCommand: EstimatingCommand {
  public let id = "simulate"
  public let summary = "Make an image pair with exactly known motion from one image"
  public let discussion = """
    Moves an image by an analytic displacement field and adds independent noise to both images, as in section 3.1 of \
    Debella-Gilo & Kääb 2012: a test of any matcher on your own scene, with the answer beside it.

    Writes `reference.tif` and `secondary.tif` with the source's type and map coordinates, the true offsets \
    `truth_dx.tif` and `truth_dy.tif` (px, right and down) for each pixel of the reference, their gradients \
    (`truth_dx_dy.tif` is the change of dx by one step down), the strain of the interval in axes along and across \
    the motion (shear is the tensor shear, the vertical strain is that of ice), and `simulation.json`, which \
    `ogive simulate --config` turns into the same files again. The same seed gives the same bytes.

    At the border the secondary image shows ground from outside the source: it is mirrored there, so leave a margin \
    when comparing.
    """
  public let examples = [
    "simulate scene.tif --out truth --field glacier --noise-variance 0.01 --seed 1",
    "simulate texture --rows 2048 --columns 2048 --out truth --field landslide --maximum-displacement 6",
  ]

  public init() {}

  public func estimate(_ parameters: Parameters) throws -> CommandEstimate {
    try SimulationRun(
      parameters, progress: ProgressReporter(.quiet), cancellation: Cancellation(), version: ""
    ).estimate
  }

  public func run(_ invocation: Invocation<Parameters>) throws -> ExitCode {
    let parameters = invocation.parameters
    let progress = ProgressReporter(parameters.quiet ? .quiet : .automatic)
    let run = try SimulationRun(
      parameters, progress: progress, cancellation: .watchingSignals(), version: invocation.tool.identity.version)
    for notice in run.source.notices { progress.note(notice) }
    let found = try run.run()
    let largest = parameters.motion.maximumDisplacement
    invocation.console.print(
      "\(parameters.out.path): \(run.source.rows) × \(run.source.columns) px, \(parameters.motion.field.rawValue), "
        + "up to \(text(largest)) px, steepest gradient \(text(run.field.steepestGradient)) px/px, "
        + "noise \(text(found["noiseDeviation"]?.doubleValue ?? 0)) grey levels in each image")
    return .done
  }

  private func text(_ value: Double) -> String {
    let scale = pow(10, 3 - (value > 0 ? log10(value).rounded(.up) : 0))
    let rounded = (value * scale).rounded() / scale
    return rounded == rounded.rounded() && abs(rounded) < 1e15 ? "\(Int(rounded))" : "\(rounded)"
  }
}

/// Cores that this process may use.
var availableCores: Int { max(1, ProcessInfo.processInfo.activeProcessorCount) }
