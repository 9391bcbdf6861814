// SPDX-License-Identifier: Apache-2.0
import Accounts
import Foundation
import Parameters
import Processing

/// Where a job is.
public enum JobState: String, Sendable, CaseIterable {
  /// In the queue, for the first time or to be tried again.
  case accepted
  case running
  /// Stopped for want of space; goes on by itself when there is some.
  case paused
  case successful, failed
  /// Stopped on request.
  case dismissed

  public var isOver: Bool { self == .successful || self == .failed || self == .dismissed }
}

/// How far a job is.
public struct JobProgress: Sendable, Equatable {
  public var stage: String?
  /// Work of the stage, counted in `unit`.
  public var done = 0
  public var total = 0
  public var unit: String?
  public var secondsLeft: Double?
  /// Of the whole job, 0...100; never goes back within an attempt.
  public var percent = 0.0

  public init() {}
}

/// What a job has cost, over all attempts.
public struct JobCost: Sendable, Equatable {
  public var seconds = 0.0
  public var cpuSeconds = 0.0
  public var peakMemory = 0
  /// Bytes of the job's folder.
  public var disk = 0

  public init() {}
}

/// A process with its inputs, whose it is and what has become of it.
public struct Job: Sendable, Equatable, Identifiable {
  public let id: String
  /// Counts up: later jobs have larger numbers.
  public let number: Int
  public let process: String
  public let inputs: JSONObject
  public var title: String
  public var sharing: Sharing
  public var state: JobState
  /// Larger goes first among the jobs of one user.
  public var priority: Int
  /// One sentence for people on where it is or why it ended.
  public var message: String
  /// Stable kind of the error that ended it; nil otherwise.
  public var errorKind: String?
  /// Some results are missing, the others are sound.
  public var isPartial: Bool
  public var progress: JobProgress
  public var warnings: [String]
  public let created: Date
  public var started: Date?
  public var updated: Date
  public var finished: Date?
  /// Attempts begun so far.
  public var attempts: Int
  /// When it is tried again.
  public var retryAt: Date?
  public var estimate: CommandEstimate?
  public var cost: JobCost
  /// Never removed by retention.
  public var isKept: Bool
  /// When retention removes its files; nil while it is not over, and for what is kept.
  public var expires: Date?
  /// Whether its files are gone; the record stays.
  public var isRemoved: Bool
  /// The job that it repeats.
  public let parent: String?
  /// Addresses that are told of its progress: `successUri`, `inProgressUri`, `failedUri`.
  public let subscriber: JSONObject
  /// Which outputs were asked for, and in which form, as the request said it; empty for all.
  public let response: JSONObject

  /// The same as a file that `ogive run` reads.
  public var file: JobFile { JobFile(process: process, inputs: inputs) }
}

/// One attempt at a job, for its page.
public struct AttemptRecord: Sendable, Equatable {
  public let number: Int
  public let started: Date
  public let finished: Date?
  /// How it ended, in words; nil while it runs.
  public let outcome: String?
  public let errorKind: String?
  public let seconds: Double
  public let peakMemory: Int
}

/// What a new job is made of.
public struct JobRequest: Sendable {
  public var process: String
  public var inputs: JSONObject
  public var title: String
  public var sharing: Sharing
  public var priority = 0
  public var subscriber: JSONObject = [:]
  public var response: JSONObject = [:]
  public var parent: String?
  public var estimate: CommandEstimate?

  /// - Parameter title: the name of the process when empty.
  public init(process: String, inputs: JSONObject, title: String = "", sharing: Sharing) {
    (self.process, self.inputs, self.sharing) = (process, inputs, sharing)
    self.title = title.isEmpty ? process : title
  }
}
