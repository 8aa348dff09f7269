/* What the C programs share: CHECK ends the program with the place and the library's words. */
#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crm.h"

#define CHECK(condition)                                                          \
  do {                                                                            \
    if (!(condition)) {                                                           \
      fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);     \
      exit(1);                                                                    \
    }                                                                             \
  } while (0)

/* The call succeeds. `err` is the program's crm_error pointer, null before. */
#define OK(call)                                                                  \
  do {                                                                            \
    crm_status status_ = (call);                                                  \
    if (status_ != CRM_OK) {                                                      \
      fprintf(stderr, "%s:%d: %s answered %d: %s\n", __FILE__, __LINE__, #call,   \
              (int)status_, crm_error_message(err).data);                         \
      exit(1);                                                                    \
    }                                                                             \
    CHECK(err == NULL);                                                           \
  } while (0)

/* The call fails with that code and leaves an error that says the same; the error is ended. */
#define FAILS(code, call)                                                         \
  do {                                                                            \
    crm_status status_ = (call);                                                  \
    if (status_ != (code)) {                                                      \
      fprintf(stderr, "%s:%d: %s answered %d, not %d: %s\n", __FILE__, __LINE__,  \
              #call, (int)status_, (int)(code), crm_error_message(err).data);     \
      exit(1);                                                                    \
    }                                                                             \
    CHECK(err != NULL && crm_error_code(err) == (code));                          \
    CHECK(crm_error_message(err).len > 0);                                        \
    CHECK(crm_error_free(err) == CRM_OK);                                         \
    err = NULL;                                                                   \
  } while (0)

static inline crm_str S(const char *text) { return crm_cstr(text); }

static inline int is(crm_str text, const char *expected) {
  return text.len == strlen(expected) && memcmp(text.data, expected, text.len) == 0 &&
         text.data[text.len] == '\0';
}

#endif
