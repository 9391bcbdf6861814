// SPDX-License-Identifier: Apache-2.0
// The calls of libmicrohttpd that take variable arguments, which Swift does not see.
#ifndef OGIVE_SERVE_H
#define OGIVE_SERVE_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <microhttpd.h>

/// What a daemon is started with. Every callback gets `context` first.
struct serve_options {
  /// A socket that listens already and does not block; the daemon closes it in the end.
  int listening_socket;
  unsigned int threads;
  unsigned int connections;
  unsigned int connections_per_address;
  unsigned int idle_seconds;
  /// Bytes of memory of one connection: request line and headers must fit into it.
  size_t connection_memory;
  /// Certificate chain and private key in PEM, both or neither.
  const char *certificate;
  const char *private_key;
  void *context;
  /// Called with the request target as it came, before anything of it is decoded; its result is the request's pointer.
  void *(*begin)(void *context, const char *target, struct MHD_Connection *connection);
  /// Whether a new connection is taken.
  MHD_AcceptPolicyCallback accept;
  MHD_AccessHandlerCallback access;
  MHD_RequestCompletedCallback completed;
  MHD_NotifyConnectionCallback connected;
};

/// Starts a daemon: epoll, its own threads, connections that can be suspended. NULL when it does not start.
struct MHD_Daemon *serve_start(const struct serve_options *options);

/// The socket of a connection; -1 when it is not known.
int serve_descriptor(struct MHD_Connection *connection);

/// What `connected` left with a connection.
void *serve_connection_context(struct MHD_Connection *connection);

/// Writes the client's numeric address, e.g. 127.0.0.1, with its end. Empty when it is not known.
void serve_peer(struct MHD_Connection *connection, char *text, size_t size);

#endif
