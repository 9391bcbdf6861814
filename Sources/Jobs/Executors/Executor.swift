// SPDX-License-Identifier: Apache-2.0
import Foundation

/// One attempt at a job, as an executor needs it.
public struct JobAttempt: Sendable {
  public let id: String
  public let folder: JobFolder
  /// From 1.
  public let number: Int
  /// What `Executor.start` has returned; nil before.
  public var handle: String?
  /// Memory that the job may need, bytes, where an estimate says so.
  public var memory: Int?
  /// Seconds that it may take, where an estimate says so.
  public var seconds: Double?

  public init(
    id: String, folder: JobFolder, number: Int, handle: String? = nil, memory: Int? = nil, seconds: Double? = nil
  ) {
    (self.id, self.folder, self.number, self.handle) = (id, folder, number, handle)
    (self.memory, self.seconds) = (memory, seconds)
  }
}

/// What an executor knows of an attempt.
public enum ExecutionState: Sendable, Equatable {
  /// Handed over and not begun, as in a cluster's queue.
  case waiting(String)
  case running
  case ended(JobEnd)
}

/// Who starts workers and knows what became of them. Nothing else differs between one machine and a cluster.
///
/// An executor keeps no state that matters: what it needs after a restart is in the handle and in the job's folder.
public protocol Executor: Sendable {
  var name: String { get }
  /// How many jobs it takes at once.
  var slots: Int { get }

  /// Starts a worker.
  ///
  /// - Returns: what finds it again, also for another server process.
  /// - Throws: `jobs.locked` when a worker is at the job already; `jobs.executor`.
  func start(_ attempt: JobAttempt) async throws(JobsError) -> String

  /// What became of attempts, in their order. After a restart it is asked about attempts that it did not start itself, and
  /// about some without a handle: the server may have died between starting one and writing that down.
  func states(of attempts: [JobAttempt]) async -> [ExecutionState]

  /// Asks a worker to stop, and ends it some seconds later whether it wants to or not. Returns at once.
  func cancel(_ attempt: JobAttempt) async
}

/// The program that does the work, `ogive work FOLDER`, and its surroundings.
public struct WorkerProgram: Sendable {
  /// Path of the executable.
  public var path: String
  /// Words before the folder.
  public var arguments: [String]
  /// Set besides those of this process.
  public var environment: [String: String]

  public init(path: String, arguments: [String] = ["work"], environment: [String: String] = [:]) {
    (self.path, self.arguments, self.environment) = (path, arguments, environment)
  }

  /// This very program.
  public static var own: WorkerProgram {
    let path = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "ogive"
    return WorkerProgram(path: path)
  }
}
