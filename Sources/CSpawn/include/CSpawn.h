// SPDX-License-Identifier: Apache-2.0
#ifndef CSPAWN_H
#define CSPAWN_H

#include <sys/types.h>

/// How a child process is started. Unset texts are NULL.
typedef struct {
  /// Path of the executable, and its arguments and environment, each ending with NULL.
  const char *path;
  char *const *arguments;
  char *const *environment;
  /// Folder that the child starts in.
  const char *folder;
  /// Files to which standard output and standard error are appended; /dev/null when NULL.
  const char *output;
  const char *errors;
  /// Descriptor that the child gets as its descriptor 3, or -1. All others but 0, 1 and 2 are closed.
  int passedDescriptor;
} CSpawnRequest;

/// Starts a process in a session and process group of its own, so that it outlives whoever started it and can be
/// signalled with its children. Standard input is /dev/null; every signal has its default action and none is blocked.
///
/// Returns 0 and sets `child`, or an error number.
int cspawn_start(const CSpawnRequest *request, pid_t *child);

/// The exit status of a child that has ended, without waiting: 1 and the status as of `waitpid`, the peak memory in
/// kilobytes and the CPU seconds; 0 while it runs; -1 when this process has no such child.
int cspawn_poll(pid_t child, int *status, long *peakKilobytes, double *cpuSeconds);

#endif
