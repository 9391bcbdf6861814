// SPDX-License-Identifier: Apache-2.0
import Storage

extension JobStore {
  /// The tables of jobs. Times are seconds since 1970.
  public static let schema = Schema(
    "jobs",
    [
      """
      CREATE TABLE jobs (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        process TEXT NOT NULL,
        inputs TEXT NOT NULL,
        title TEXT NOT NULL,
        owner TEXT NOT NULL,
        visibility TEXT NOT NULL,
        visibility_group TEXT,
        state TEXT NOT NULL,
        priority INTEGER NOT NULL DEFAULT 0,
        message TEXT NOT NULL DEFAULT '',
        error_kind TEXT,
        is_partial INTEGER NOT NULL DEFAULT 0,
        stage TEXT, stage_unit TEXT, done INTEGER NOT NULL DEFAULT 0, total INTEGER NOT NULL DEFAULT 0,
        percent REAL NOT NULL DEFAULT 0, seconds_left REAL,
        warnings TEXT NOT NULL DEFAULT '[]',
        created REAL NOT NULL, started REAL, updated REAL NOT NULL, finished REAL, retry_at REAL,
        attempts INTEGER NOT NULL DEFAULT 0,
        setbacks INTEGER NOT NULL DEFAULT 0,
        memory_setbacks INTEGER NOT NULL DEFAULT 0,
        units INTEGER NOT NULL DEFAULT 0,
        memory_input INTEGER,
        executor TEXT, handle TEXT,
        intent TEXT,
        estimate TEXT,
        seconds REAL NOT NULL DEFAULT 0, cpu_seconds REAL NOT NULL DEFAULT 0,
        peak_memory INTEGER NOT NULL DEFAULT 0, disk INTEGER NOT NULL DEFAULT 0,
        is_kept INTEGER NOT NULL DEFAULT 0, expires REAL, is_removed INTEGER NOT NULL DEFAULT 0,
        parent TEXT,
        subscriber TEXT NOT NULL DEFAULT '{}'
      );
      CREATE INDEX jobs_by_state ON jobs (state, owner);
      CREATE INDEX jobs_by_owner ON jobs (owner, number);
      CREATE INDEX jobs_by_expiry ON jobs (expires) WHERE expires IS NOT NULL;
      CREATE TABLE job_attempts (
        job TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
        number INTEGER NOT NULL,
        started REAL NOT NULL, finished REAL,
        outcome TEXT, error_kind TEXT,
        seconds REAL NOT NULL DEFAULT 0, peak_memory INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (job, number)
      ) WITHOUT ROWID;
      CREATE TABLE job_callbacks (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        job TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
        address TEXT NOT NULL,
        body TEXT NOT NULL,
        tries INTEGER NOT NULL DEFAULT 0,
        due REAL NOT NULL
      );
      CREATE TABLE job_rates (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        process TEXT NOT NULL,
        time_ratio REAL NOT NULL, memory_ratio REAL, disk_ratio REAL,
        recorded REAL NOT NULL
      );
      CREATE INDEX job_rates_by_process ON job_rates (process, number);
      """,
      """
      CREATE TABLE adopted_runs (path TEXT PRIMARY KEY, job TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE);
      """,
      """
      ALTER TABLE jobs ADD COLUMN response TEXT NOT NULL DEFAULT '{}';
      """,
    ])
}
