/* Many threads on one database and on one session: calls serialise or run side by side, never fail, never tear. */
#define _POSIX_C_SOURCE 200809L
#include <pthread.h>
#include <time.h>

#include "check.h"

enum { THREADS = 8, ROUNDS = 12 };

static crm_db *db = NULL;
static crm_session *shared = NULL;
static crm_record *one = NULL;

static void *write_and_read(void *argument) {
  crm_error *err = NULL;
  const int number = *(const int *)argument;
  for (int round = 0; round < ROUNDS; round++) {
    char name[32];
    crm_fields *given = NULL;
    crm_record *record = NULL;
    crm_list *list = NULL;
    crm_str text = {0};
    snprintf(name, sizeof name, "Deal %d-%d", number, round);
    OK(crm_fields_new(&given, &err));
    OK(crm_fields_set_text(given, S("name"), S(name), &err));
    OK(crm_fields_set_i64(given, S("expected_revenue"), 100, &err));
    OK(crm_lead_create(shared, given, &record, &err));
    OK(crm_record_text(record, CRM_LEAD_NAME, &text, &err));
    CHECK(is(text, name));
    const int64_t id = crm_record_id(record);
    CHECK(crm_record_free(record) == CRM_OK);
    if (round % 3 == 0) {
      OK(crm_lead_mark_won(shared, id, &record, &err));
      CHECK(crm_record_free(record) == CRM_OK);
    }
    OK(crm_lead_find(shared, NULL, &list, &err));
    CHECK(crm_list_len(list) > 0 && crm_list_free(list) == CRM_OK);
    /* The same record and the same text, from everywhere. */
    OK(crm_record_text(one, CRM_LEAD_NAME, &text, &err));
    CHECK(is(text, "Shared"));
    /* Mistakes of one thread are its own. */
    CHECK(crm_lead_get(shared, INT64_MAX - number, &record, &err) == CRM_E_NOT_FOUND);
    CHECK(crm_error_record_id(err) == INT64_MAX - number && crm_error_free(err) == CRM_OK);
    err = NULL;
    CHECK(crm_fields_free(given) == CRM_OK);
  }
  return NULL;
}

static void *own_session(void *argument) {
  crm_error *err = NULL;
  (void)argument;
  for (int round = 0; round < ROUNDS; round++) {
    crm_session *s = NULL;
    int64_t count = 0;
    OK(crm_session_open(db, S(""), NULL, &s, &err));
    OK(crm_lead_count(s, S(""), &count, &err));
    CHECK(count >= 1 && crm_session_close(s) == CRM_OK);
  }
  return NULL;
}

enum { ROWS = 20000 };

/* Long work; it answers its status. */
static void *import_many(void *argument) {
  crm_error *err = NULL;
  crm_frame *report = NULL;
  crm_import_options options;
  crm_import_options_init(&options, sizeof options);
  options.kind = CRM_KIND_LEAD;
  options.data = S((const char *)argument);
  const crm_status status = crm_csv_import(shared, &options, &report, NULL, &err);
  CHECK((status == CRM_OK) == (report != NULL) && (status == CRM_OK) == (err == NULL));
  CHECK(crm_frame_free(report) == CRM_OK && crm_error_free(err) == CRM_OK);
  return (void *)(intptr_t)status;
}

/* Interrupted again and again: all or nothing. */
static void interrupting(void) {
  crm_error *err = NULL;
  pthread_t worker;
  void *status = NULL;
  int64_t before = 0, after = 0;
  char *text = malloc(16 + ROWS * 8);
  CHECK(text != NULL);
  size_t end = (size_t)sprintf(text, "name\n");
  for (int row = 0; row < ROWS; row++) {
    end += (size_t)sprintf(text + end, "D%d\n", row);
  }
  OK(crm_lead_count(shared, S(""), &before, &err));
  CHECK(pthread_create(&worker, NULL, import_many, text) == 0);
  for (int again = 0; again < 20; again++) {
    const struct timespec moment = {0, 5000000};
    nanosleep(&moment, NULL);
    OK(crm_interrupt(db, &err));
  }
  CHECK(pthread_join(worker, &status) == 0);
  free(text);
  OK(crm_lead_count(shared, S(""), &after, &err));
  if ((intptr_t)status == CRM_OK) {
    CHECK(after == before + ROWS);
  } else {
    CHECK((intptr_t)status == CRM_E_CANCELLED && after == before);
  }
}

/* On the same session, while another thread has a transaction open. */
static void *stand_by(void *argument) {
  (void)argument;
  crm_fields *given = NULL;
  crm_record *record = NULL;
  int64_t count = 0;
  CHECK(crm_fields_new(&given, NULL) == CRM_OK);
  CHECK(crm_fields_set_text(given, S("name"), S("Bystander"), NULL) == CRM_OK);
  for (int round = 0; round < ROUNDS; round++) {
    CHECK(crm_lead_create(shared, given, &record, NULL) == CRM_E_CONFLICT);
    CHECK(crm_lead_count(shared, S(""), &count, NULL) == CRM_E_CONFLICT);
    CHECK(crm_commit(shared, NULL) == CRM_E_CONFLICT);
    CHECK(crm_rollback(shared, NULL) == CRM_E_CONFLICT);
  }
  CHECK(crm_fields_free(given) == CRM_OK);
  return NULL;
}

/* A transaction belongs to the thread that began it; nobody else is in the way of its end. */
static void owning(crm_fields *given) {
  crm_error *err = NULL;
  pthread_t worker;
  int64_t before = 0, after = 0;
  OK(crm_lead_count(shared, S(""), &before, &err));
  OK(crm_begin(shared, &err));
  CHECK(pthread_create(&worker, NULL, stand_by, NULL) == 0);
  for (int round = 0; round < ROUNDS; round++) {
    crm_record *record = NULL;
    OK(crm_lead_create(shared, given, &record, &err));
    CHECK(crm_record_free(record) == CRM_OK);
  }
  CHECK(pthread_join(worker, NULL) == 0);
  OK(crm_commit(shared, &err));
  OK(crm_lead_count(shared, S(""), &after, &err));
  CHECK(after == before + ROUNDS);
}

static void *until_closed(void *argument) {
  crm_status status = CRM_OK;
  (void)argument;
  while (status == CRM_OK) {
    crm_error *err = NULL;
    int64_t count = 0;
    status = crm_lead_count(shared, S(""), &count, &err);
    CHECK(status == CRM_OK || status == CRM_E_CLOSED);
    CHECK(crm_error_free(err) == CRM_OK);
  }
  return NULL;
}

static void *fill(void *argument) {
  crm_error *err = NULL;
  for (int round = 0; round < 1000; round++) {
    OK(crm_fields_set_i64((crm_fields *)argument, S("priority"), round % 4, &err));
  }
  return NULL;
}

static void *free_it(void *argument) {
  return (void *)(uintptr_t)(crm_record_free((crm_record *)argument) == CRM_OK);
}

static void join(pthread_t *threads, int count) {
  for (int at = 0; at < count; at++) {
    CHECK(pthread_join(threads[at], NULL) == 0);
  }
}

int main(int count, char **arguments) {
  crm_error *err = NULL;
  crm_fields *given = NULL;
  pthread_t threads[2 * THREADS];
  int numbers[THREADS];
  char path[4096];
  CHECK(count == 2);
  snprintf(path, sizeof path, "%s/threads.crm", arguments[1]);
  OK(crm_open(S(path), NULL, &db, &err));
  OK(crm_session_open(db, S(""), NULL, &shared, &err));
  OK(crm_fields_new(&given, &err));
  OK(crm_fields_set_text(given, S("name"), S("Shared"), &err));
  OK(crm_lead_create(shared, given, &one, &err));

  for (int at = 0; at < THREADS; at++) {
    numbers[at] = at;
    CHECK(pthread_create(&threads[at], NULL, write_and_read, &numbers[at]) == 0);
    CHECK(pthread_create(&threads[THREADS + at], NULL, own_session, NULL) == 0);
  }
  join(threads, 2 * THREADS);
  int64_t number = 0;
  OK(crm_lead_count(shared, S(""), &number, &err));
  CHECK(number == THREADS * ROUNDS + 1);
  OK(crm_lead_count(shared, S("won_status = \"won\""), &number, &err));
  CHECK(number == THREADS * ROUNDS / 3);
  crm_frame *frame = NULL;
  OK(crm_verify(db, &frame, &err));
  CHECK(crm_frame_rows(frame) == 0 && crm_frame_free(frame) == CRM_OK);

  for (int at = 0; at < THREADS; at++) {
    CHECK(pthread_create(&threads[at], NULL, fill, given) == 0);
  }
  join(threads, THREADS);
  owning(given);

  /* Of many threads that end one handle, one does. */
  int done = 0;
  for (int at = 0; at < THREADS; at++) {
    CHECK(pthread_create(&threads[at], NULL, free_it, one) == 0);
  }
  for (int at = 0; at < THREADS; at++) {
    void *ended = NULL;
    CHECK(pthread_join(threads[at], &ended) == 0);
    done += ended != NULL;
  }
  CHECK(done == 1);

  interrupting();

  /* Closed while everyone is at work: each call is done or told. */
  for (int at = 0; at < THREADS; at++) {
    CHECK(pthread_create(&threads[at], NULL, until_closed, NULL) == 0);
  }
  OK(crm_close(db, &err));
  join(threads, THREADS);

  CHECK(crm_fields_free(given) == CRM_OK);
  CHECK(crm_db_release(db) == CRM_OK && crm_session_close(shared) == CRM_OK);
  return 0;
}
