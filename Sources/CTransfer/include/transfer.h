// SPDX-License-Identifier: Apache-2.0
// The calls of libcurl that take variable arguments, which Swift does not see.
#ifndef OGIVE_TRANSFER_H
#define OGIVE_TRANSFER_H

#include <stddef.h>
#include <sys/socket.h>
#include <curl/curl.h>

/// What a transfer calls back; each gets `context` first.
struct transfer_callbacks {
  void *context;
  /// Takes bytes of the body; anything but `count` ends the transfer.
  size_t (*take)(void *context, const char *bytes, size_t count);
  /// Takes one line of a head.
  void (*head)(void *context, const char *line, size_t count);
  /// Called about once a second and more often while bytes come; non-zero ends the transfer.
  int (*check)(void *context);
  /// Whether a resolved address may be connected to.
  int (*permits)(void *context, const struct sockaddr *address);
};

int transfer_set_number(CURL *handle, CURLoption option, long value);
int transfer_set_size(CURL *handle, CURLoption option, curl_off_t value);
int transfer_set_text(CURL *handle, CURLoption option, const char *value);
/// The list must live until the transfer is over.
int transfer_set_list(CURL *handle, CURLoption option, struct curl_slist *list);
/// Sets the callbacks, which must live until the transfer is over, and the buffer of CURL_ERROR_SIZE for the error.
int transfer_set_callbacks(CURL *handle, const struct transfer_callbacks *callbacks, char *error);

long transfer_status(CURL *handle);
/// The address that answered in the end, after redirects; NULL when there is none. Lives as long as the handle.
const char *transfer_url(CURL *handle);

#endif
