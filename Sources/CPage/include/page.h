// SPDX-License-Identifier: Apache-2.0
#ifndef OGIVE_PAGE_H
#define OGIVE_PAGE_H

#include <stddef.h>

/// One file of the web page, as it stood in the checkout when the program was built.
struct page_file {
  /// Path below the folder of the page, such as `components/table.js`.
  const char *path;
  /// Value for the header Content-Type.
  const char *media_type;
  const unsigned char *bytes;
  size_t count;
};

/// All files, sorted by path in byte order.
extern const struct page_file page_files[];
extern const size_t page_file_count;

/// One of them, or null where there is none; for Swift, which can't see an array without a length.
const struct page_file *page_file_at(size_t index);

#endif
