// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "CSpawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>

static int add_output(posix_spawn_file_actions_t *actions, int descriptor, const char *path) {
  const char *target = path ? path : "/dev/null";
  const int flags = path ? O_WRONLY | O_CREAT | O_APPEND : O_WRONLY;
  return posix_spawn_file_actions_addopen(actions, descriptor, target, flags, 0644);
}

static int set_actions(posix_spawn_file_actions_t *actions, const CSpawnRequest *request) {
  const int passes = request->passedDescriptor >= 0;
  int error = passes ? posix_spawn_file_actions_adddup2(actions, request->passedDescriptor, 3) : 0;
  if (!error) error = posix_spawn_file_actions_addopen(actions, 0, "/dev/null", O_RDONLY, 0);
  if (!error) error = add_output(actions, 1, request->output);
  if (!error) error = add_output(actions, 2, request->errors);
  if (!error) error = posix_spawn_file_actions_addclosefrom_np(actions, passes ? 4 : 3);
  if (!error && request->folder) error = posix_spawn_file_actions_addchdir_np(actions, request->folder);
  return error;
}

static int set_attributes(posix_spawnattr_t *attributes) {
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  int error = posix_spawnattr_setsigmask(attributes, &none);
  if (!error) error = posix_spawnattr_setsigdefault(attributes, &all);
  if (!error) {
    error = posix_spawnattr_setflags(
        attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  return error;
}

int cspawn_start(const CSpawnRequest *request, pid_t *child) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  int error = posix_spawn_file_actions_init(&actions);
  if (error) return error;
  error = posix_spawnattr_init(&attributes);
  if (error) {
    posix_spawn_file_actions_destroy(&actions);
    return error;
  }
  error = set_actions(&actions, request);
  if (!error) error = set_attributes(&attributes);
  if (!error) {
    error = posix_spawn(child, request->path, &actions, &attributes, request->arguments, request->environment);
  }
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

int cspawn_poll(pid_t child, int *status, long *peakKilobytes, double *cpuSeconds) {
  struct rusage usage;
  const pid_t found = wait4(child, status, WNOHANG, &usage);
  if (found == 0) return 0;
  if (found < 0) return errno == EINTR ? 0 : -1;
  *peakKilobytes = usage.ru_maxrss;
  *cpuSeconds = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
  return 1;
}
