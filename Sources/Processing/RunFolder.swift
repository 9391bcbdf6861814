// SPDX-License-Identifier: Apache-2.0
import Foundation
import Synchronization

/// The folder that a run writes: products, quicklooks, STAC items, report, log, and the units that make it resumable.
///
/// One process at a time holds the folder (`flock`, which ends with the process, however it ends). Every file is
/// written under `.ogive/partial/` and renamed into place. Files that no run of ours wrote are never replaced.
public final class RunFolder: Sendable {
  public let path: String
  /// What this folder held when it was opened: names of files that an earlier run wrote.
  private let earlierFiles: Set<String>
  private let publishedFiles = Mutex<Set<String>>([])
  private let lock: Int32
  private let isNew: Bool
  /// Whether this process is one of several that compute units for one run: it leaves what is there alone.
  private let isPart = RunShare.ofProcess.isPart
  private let partialFolder: String

  /// Opens or creates a run folder and takes its lock.
  ///
  /// - Parameters:
  ///   - path: the folder; its parents are created.
  ///   - command: what will write a run of its own here, e.g. `match`; nil adds to the run that is there.
  ///   - neededBytes: estimate of what the run will write; compared, less what is there already, with the free space
  ///     before anything starts.
  /// - Throws: `folderIsFile`, `folderNotWritable`, `folderForeign` (holds files and is no run folder),
  ///   `folderLocked` (another run is writing it), `folderOfOtherCommand` (a run of another command is there, whose
  ///   files `finish` would remove), `diskFull`.
  public init(at path: String, for command: String? = nil, neededBytes: Int = 0) throws(ProcessingError) {
    let path = URL(filePath: path).standardizedFileURL.path
    self.path = path
    isNew = try Self.prepare(path)
    partialFolder = isPart ? ".ogive/partial/\(UUID().uuidString)" : ".ogive/partial"
    for folder in [".ogive", ".ogive/units"] { try Self.makeFolder("\(path)/\(folder)") }
    lock = try Self.takeLock(path, isShared: isPart)
    try Self.makeFolder("\(path)/\(partialFolder)")
    earlierFiles = Self.readList("\(path)/.ogive/files")
    if let command, !isPart { try claim(for: command) }
    // What an interrupted run left: the lock is ours, so nobody is writing there.
    if !isPart { Self.removeContents("\(path)/.ogive/partial") }
    do throws(ProcessingError) {
      if neededBytes > 0, !isPart { try requireFreeSpace(neededBytes - heldBytes) }
    } catch {
      discardIfEmpty()
      throw error
    }
  }

  deinit {
    if isPart { Self.remove("\(path)/\(partialFolder)") }
    close(lock)
  }

  /// Writes down whose run this is, unless files of another command's run are here.
  private func claim(for command: String) throws(ProcessingError) {
    let note = "\(path)/.ogive/command"
    let owner = (try? String(contentsOfFile: note, encoding: .utf8))?.trimmingCharacters(in: .whitespacesAndNewlines)
    if owner == command { return }
    if let owner, !earlierFiles.isEmpty {
      throw ProcessingError(
        .folderOfOtherCommand,
        "\(path) holds a run of ogive \(owner), which ogive \(command) would replace; give another --out, or remove the "
          + "folder first")
    }
    do throws(ProcessingError) {
      try AtomicFile.write(command + "\n", to: note)
    } catch {
      discardIfEmpty()
      throw error
    }
  }

  /// The path of a file of the run, e.g. `products/dx.tif`.
  public func path(of name: String) -> String { "\(path)/\(name)" }

  /// Where the stored units of this folder live.
  public var units: UnitStore { UnitStore(folder: "\(path)/.ogive/units", cache: .ofEnvironment) }

  /// Checksums of inputs, kept between runs.
  public var checksums: ChecksumCache { ChecksumCache("\(path)/.ogive/checksums") }
}

// MARK: - Writing

extension RunFolder {
  /// Writes a text file whole or not at all, e.g. `summary.json`.
  public func write(_ text: String, to name: String) throws(ProcessingError) {
    let partial = try partialPath(for: name)
    try AtomicFile.write(text, to: partial, partial: partial + ".part")
    try publish(name)
  }

  /// Lets a writer make a file under a partial name and moves it into place; removes it when the writer throws.
  public func write<Result>(_ name: String, with writer: (_ partialPath: String) throws -> Result) throws -> Result {
    let partial = try partialPath(for: name)
    do {
      let result = try writer(partial)
      try publish(name)
      return result
    } catch {
      Self.remove(partial)
      throw error
    }
  }

  /// Where to write a file that `publish` will then move into place. It keeps the name's ending, for the sake of
  /// libraries that choose a format by it.
  ///
  /// - Throws: `folderForeign` when a file of that name is there that no run wrote.
  public func partialPath(for name: String) throws(ProcessingError) -> String {
    try refuseForeign(name)
    return "\(path)/\(partialFolder)/" + name.replacing("/", with: "__")
  }

  /// Moves a finished partial file into place, replacing that of an earlier run in one step. A folder that is one product,
  /// such as a Zarr store, is moved whole; the old one is gone for a moment before.
  public func publish(_ name: String) throws(ProcessingError) {
    let partial = try partialPath(for: name)
    if let slash = name.lastIndex(of: "/") { try Self.makeFolder("\(path)/\(name[..<slash])") }
    // Listed before it appears: a run that ends in between must not take its own file for a foreign one.
    try record(name)
    // No folder is renamed over another one.
    let old = "\(partial).old"
    if Self.isFolder(path(of: name)) { rename(path(of: name), old) }
    try AtomicFile.move(partial, to: path(of: name))
    Self.remove(old)
  }

  /// Ends a successful run: removes files of an earlier run that this one did not write again, and the units.
  public func finish(keepingUnits: Bool = false) throws(ProcessingError) {
    let kept = publishedFiles.withLock { $0 }
    for name in earlierFiles.subtracting(kept).sorted() where name != RunLog.name {
      Self.remove(path(of: name))
    }
    let list = kept.union([RunLog.name]).sorted().joined(separator: "\n") + "\n"
    try AtomicFile.write(list, to: "\(path)/.ogive/files")
    try markFinished()
    if !keepingUnits { Self.removeContents("\(path)/.ogive/units") }
  }

  /// Takes the folder away again if this run created it and has published nothing: for runs that fail early.
  public func discardIfEmpty() {
    guard isNew, publishedFiles.withLock({ $0.isEmpty }) else { return }
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    guard entries.allSatisfy({ $0 == ".ogive" || $0 == RunLog.name }) else { return }
    try? FileManager.default.removeItem(atPath: path)
  }

  /// Marks a name as ours: a file written in place, such as the log.
  package func record(_ name: String) throws(ProcessingError) {
    let isFirst = publishedFiles.withLock { $0.insert(name).inserted }
    guard isFirst, !earlierFiles.contains(name) else { return }
    let list = "\(path)/.ogive/files"
    guard let file = fopen(list, "a") else { throw AtomicFile.failure("write", list) }
    let isWritten = fputs(name + "\n", file) >= 0
    guard fclose(file) == 0, isWritten else { throw AtomicFile.failure("write", list) }
  }

  package func refuseForeign(_ name: String) throws(ProcessingError) {
    let isOurs = earlierFiles.contains(name) || publishedFiles.withLock { $0.contains(name) }
    guard !isOurs, access(path(of: name), F_OK) == 0 else { return }
    throw ProcessingError(
      .folderForeign,
      "\(path(of: name)) was not written by Ogive and is left alone; move it away or give another --out")
  }
}

// MARK: - Space

extension RunFolder {
  /// Throws `diskFull` when fewer bytes are free than a run is about to write.
  public func requireFreeSpace(_ bytes: Int) throws(ProcessingError) {
    guard let free = Self.freeBytes(at: path), free < bytes else { return }
    throw ProcessingError(
      .diskFull,
      "the run needs about \(Self.text(bytes: bytes)) in \(path) and \(Self.text(bytes: free)) are free; "
        + "free some space, give another --out folder, or a wider --spacing")
  }

  /// Bytes of the files of earlier runs and of stored units: what a run will find done or replace.
  private var heldBytes: Int {
    let units = ((try? FileManager.default.contentsOfDirectory(atPath: "\(path)/.ogive/units")) ?? [])
      .map { ".ogive/units/\($0)" }
    return earlierFiles.union(units).reduce(0) { sum, name in
      var info = stat()
      return stat(self.path(of: name), &info) == 0 ? sum + Int(info.st_size) : sum
    }
  }

  /// Bytes that an ordinary user can still write at `path`; nil when the file system does not tell.
  public static func freeBytes(at path: String) -> Int? {
    var info = statvfs()
    guard statvfs(path, &info) == 0 else { return nil }
    return Int(clamping: UInt64(info.f_bavail).multipliedReportingOverflow(by: UInt64(info.f_frsize)).partialValue)
  }

  private static func text(bytes: Int) -> String {
    bytes < 1_000_000_000 ? "\((bytes + 999_999) / 1_000_000) MB" : "\(Double(bytes / 10_000_000) / 100) GB"
  }
}

// MARK: - Opening

extension RunFolder {
  /// Creates the folder, or checks that an existing one is empty or ours. Returns whether it was created.
  private static func prepare(_ path: String) throws(ProcessingError) -> Bool {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      try makeFolder(path)
      return true
    }
    guard isFolder.boolValue else {
      throw ProcessingError(.folderIsFile, "\(path) is a file; --out needs a folder")
    }
    guard let entries = try? FileManager.default.contentsOfDirectory(atPath: path) else {
      throw ProcessingError(.folderNotWritable, "cannot read the folder \(path): check its permissions")
    }
    if !entries.isEmpty && !entries.contains(".ogive") {
      let some = entries.sorted().prefix(3).joined(separator: ", ")
      throw ProcessingError(
        .folderForeign, "\(path) holds files that Ogive did not write (\(some)); give a new or empty folder as --out")
    }
    return false
  }

  /// `mkdir -p`.
  private static func makeFolder(_ path: String) throws(ProcessingError) {
    if mkdir(path, 0o755) == 0 || errno == EEXIST && isFolder(path) { return }
    let parent = URL(filePath: path).deletingLastPathComponent().path
    if errno == ENOENT && parent != path {
      try makeFolder(parent)
      if mkdir(path, 0o755) == 0 || errno == EEXIST && isFolder(path) { return }
    }
    if errno == ENOSPC || errno == EDQUOT { throw AtomicFile.failure("create the folder", path) }
    let reason = String(cString: strerror(errno))
    throw ProcessingError(
      .folderNotWritable, "cannot create the folder \(path): \(reason); give another folder as --out")
  }

  private static func isFolder(_ path: String) -> Bool {
    var info = stat()
    let code = errno
    defer { errno = code }
    return stat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFDIR
  }

  private static func takeLock(_ path: String, isShared: Bool) throws(ProcessingError) -> Int32 {
    let descriptor = Foundation.open("\(path)/.ogive/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      let reason = String(cString: strerror(errno))
      throw ProcessingError(.folderNotWritable, "cannot write into \(path): \(reason); give another folder as --out")
    }
    guard flock(descriptor, (isShared ? LOCK_SH : LOCK_EX) | LOCK_NB) == 0 else {
      let holder = (try? String(contentsOfFile: "\(path)/.ogive/lock", encoding: .utf8)) ?? ""
      close(descriptor)
      throw ProcessingError(
        .folderLocked,
        "another run\(holder.isEmpty ? "" : " (process \(holder))") is writing to \(path); wait for it "
          + "or give another folder as --out")
    }
    // Only for the message above: the lock itself is the kernel's.
    let text = String(getpid())
    ftruncate(descriptor, 0)
    _ = text.withCString { Foundation.write(descriptor, $0, strlen($0)) }
    return descriptor
  }

  private static func readList(_ path: String) -> Set<String> {
    let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    return Set(text.split(separator: "\n").map(String.init))
  }

  /// Removes a file, or a folder that is one product; nothing where there is none.
  static func remove(_ path: String) {
    if unlink(path) != 0, isFolder(path) { try? FileManager.default.removeItem(atPath: path) }
  }

  private static func removeContents(_ path: String) {
    for entry in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] {
      try? FileManager.default.removeItem(atPath: "\(path)/\(entry)")
    }
  }
}
