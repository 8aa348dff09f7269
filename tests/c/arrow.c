/* A frame as an Arrow C stream, read by hand: it outlives the frame, the session and the database. */
#include <inttypes.h>

#include "check.h"

/* The Arrow C data and stream interfaces, as Arrow defines them. */
struct ArrowSchema {
  const char *format, *name, *metadata;
  int64_t flags, n_children;
  struct ArrowSchema **children, *dictionary;
  void (*release)(struct ArrowSchema *);
  void *private_data;
};
struct ArrowArray {
  int64_t length, null_count, offset, n_buffers, n_children;
  const void **buffers;
  struct ArrowArray **children, *dictionary;
  void (*release)(struct ArrowArray *);
  void *private_data;
};
struct ArrowArrayStream {
  int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *);
  int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *);
  const char *(*get_last_error)(struct ArrowArrayStream *);
  void (*release)(struct ArrowArrayStream *);
  void *private_data;
};

static void lead(crm_session *s, const char *name, const char *revenue) {
  crm_error *err = NULL;
  crm_fields *given = NULL;
  crm_record *record = NULL;
  OK(crm_fields_new(&given, &err));
  OK(crm_fields_set_text(given, S("name"), S(name), &err));
  OK(crm_fields_set_decimal(given, S("expected_revenue"), S(revenue), &err));
  OK(crm_lead_create(s, given, &record, &err));
  CHECK(crm_record_free(record) == CRM_OK && crm_fields_free(given) == CRM_OK);
}

static void stream_of(struct ArrowArrayStream *stream) {
  crm_error *err = NULL;
  crm_db *db = NULL;
  crm_session *s = NULL;
  crm_frame *frame = NULL;
  crm_find_options find;
  OK(crm_open(S(":memory:"), NULL, &db, &err));
  OK(crm_session_open(db, S(""), NULL, &s, &err));
  lead(s, "Fleet lease", "12500.50");
  lead(s, "Ovens", "7");
  crm_find_options_init(&find, sizeof find);
  find.order = S("id");
  find.columns = S("name, expected_revenue, date_deadline, create_date, tag_ids");
  OK(crm_lead_frame(s, &find, &frame, &err));
  OK(crm_frame_arrow(frame, stream, &err));
  CHECK(crm_frame_free(frame) == CRM_OK && crm_session_close(s) == CRM_OK);
  CHECK(crm_db_release(db) == CRM_OK);
}

int main(void) {
  struct ArrowArrayStream stream;
  struct ArrowSchema schema;
  struct ArrowArray batch;
  stream_of(&stream);
  CHECK(stream.get_schema(&stream, &schema) == 0);
  CHECK(strcmp(schema.format, "+s") == 0 && schema.n_children == 5);
  const char *formats[] = {"u", "d:38,2", "tdD", "tsu:UTC", "+l"};
  for (int at = 0; at < 5; at++) {
    CHECK(strcmp(schema.children[at]->format, formats[at]) == 0);
  }
  CHECK(strcmp(schema.children[1]->name, "expected_revenue") == 0);
  CHECK(stream.get_next(&stream, &batch) == 0 && batch.length == 2);
  const int32_t *offsets = batch.children[0]->buffers[1];
  const char *texts = batch.children[0]->buffers[2];
  CHECK(offsets[1] - offsets[0] == 11 && memcmp(texts + offsets[0], "Fleet lease", 11) == 0);
  const int64_t *cents = batch.children[1]->buffers[1]; /* 128 bits each, little end first */
  CHECK(cents[0] == 1250050 && cents[1] == 0 && cents[2] == 700);
  CHECK(batch.children[2]->null_count == 2);
  batch.release(&batch);
  CHECK(batch.release == NULL);
  CHECK(stream.get_next(&stream, &batch) == 0 && batch.release == NULL); /* the end */
  schema.release(&schema);
  stream.release(&stream);
  CHECK(stream.release == NULL);
  return 0;
}
