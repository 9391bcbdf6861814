// SPDX-License-Identifier: Apache-2.0
#include "transfer.h"

static size_t take(char *bytes, size_t size, size_t count, void *pointer) {
  const struct transfer_callbacks *callbacks = pointer;
  return callbacks->take(callbacks->context, bytes, size * count);
}

static size_t head(char *line, size_t size, size_t count, void *pointer) {
  const struct transfer_callbacks *callbacks = pointer;
  callbacks->head(callbacks->context, line, size * count);
  return size * count;
}

static int check(void *pointer, curl_off_t down, curl_off_t down_now, curl_off_t up, curl_off_t up_now) {
  const struct transfer_callbacks *callbacks = pointer;
  (void)down;
  (void)down_now;
  (void)up;
  (void)up_now;
  return callbacks->check(callbacks->context);
}

// The name is resolved by now: an answer of the name server that changes later changes nothing any more.
static curl_socket_t open_socket(void *pointer, curlsocktype purpose, struct curl_sockaddr *address) {
  const struct transfer_callbacks *callbacks = pointer;
  if (purpose != CURLSOCKTYPE_IPCXN || !callbacks->permits(callbacks->context, &address->addr)) return CURL_SOCKET_BAD;
  return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

int transfer_set_number(CURL *handle, CURLoption option, long value) {
  return (int)curl_easy_setopt(handle, option, value);
}

int transfer_set_size(CURL *handle, CURLoption option, curl_off_t value) {
  return (int)curl_easy_setopt(handle, option, value);
}

int transfer_set_text(CURL *handle, CURLoption option, const char *value) {
  return (int)curl_easy_setopt(handle, option, value);
}

int transfer_set_list(CURL *handle, CURLoption option, struct curl_slist *list) {
  return (int)curl_easy_setopt(handle, option, list);
}

int transfer_set_callbacks(CURL *handle, const struct transfer_callbacks *callbacks, char *error) {
  int failed = 0;
  failed |= curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, error) != CURLE_OK;
  failed |= curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, take) != CURLE_OK;
  failed |= curl_easy_setopt(handle, CURLOPT_WRITEDATA, callbacks) != CURLE_OK;
  failed |= curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, head) != CURLE_OK;
  failed |= curl_easy_setopt(handle, CURLOPT_HEADERDATA, callbacks) != CURLE_OK;
  failed |= curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, check) != CURLE_OK;
  failed |= curl_easy_setopt(handle, CURLOPT_XFERINFODATA, callbacks) != CURLE_OK;
  failed |= curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L) != CURLE_OK;
  failed |= curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, open_socket) != CURLE_OK;
  failed |= curl_easy_setopt(handle, CURLOPT_OPENSOCKETDATA, callbacks) != CURLE_OK;
  return failed;
}

long transfer_status(CURL *handle) {
  long status = 0;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
  return status;
}

const char *transfer_url(CURL *handle) {
  const char *url = NULL;
  curl_easy_getinfo(handle, CURLINFO_EFFECTIVE_URL, &url);
  return url;
}
