/* Nonsense of every sort, twice: null, handles of another kind, handles that were ended, text that is no UTF-8, sizes that cannot
 * be, ids that lead nowhere, files that are none of ours. Each is answered by a code and words; nothing crashes, nothing changes. */
#include "check.h"

static crm_error *err = NULL;

/* Every room with the desk's functions. */
#define ROOMS(X)                                                                  \
  X(company) X(user) X(team) X(team_member) X(stage) X(lost_reason) X(tag)        \
  X(campaign) X(medium) X(source) X(recurring_plan) X(partner) X(lead) \
  X(activity_type)
/* A lead's verbs without further arguments. */
#define VERBS(X) X(mark_won) X(reopen) X(archive) X(restore) X(copy)

/* All functions of a desk with this session and these fields; each must answer `code`. */
#define DESK(room)                                                                \
  static void desk_##room(crm_status code, crm_session *s, crm_fields *f) {       \
    crm_record *record = NULL;                                                    \
    crm_list *list = NULL;                                                        \
    crm_frame *frame = NULL;                                                      \
    int64_t count = 0, id = 1;                                                    \
    const crm_fields *many[1] = {f};                                              \
    FAILS(code, crm_##room##_create(s, f, &record, &err));                        \
    FAILS(code, crm_##room##_create_many(s, many, 1, &list, &err));               \
    FAILS(code, crm_##room##_get(s, id, &record, &err));                          \
    FAILS(code, crm_##room##_get_external(s, S("erp"), S("1"), &record, &err));   \
    FAILS(code, crm_##room##_find(s, NULL, &list, &err));                         \
    FAILS(code, crm_##room##_count(s, S(""), &count, &err));                      \
    FAILS(code, crm_##room##_frame(s, NULL, &frame, &err));                       \
    FAILS(code, crm_##room##_update(s, id, f, &record, &err));                    \
    FAILS(code, crm_##room##_update_many(s, &id, 1, f, &list, &err));             \
    FAILS(code, crm_##room##_delete(s, id, &err));                                \
    FAILS(code, crm_##room##_delete_many(s, &id, 1, &err));                       \
    CHECK(record == NULL && list == NULL && frame == NULL && count == 0);         \
  }                                                                               \
  static void without_places_##room(crm_session *s, crm_fields *f) {              \
    int64_t id = 1;                                                               \
    const crm_fields *many[1] = {f};                                              \
    crm_record *record = NULL;                                                    \
    crm_list *list = NULL;                                                        \
    FAILS(CRM_E_INVALID, crm_##room##_create(s, f, NULL, &err));                  \
    FAILS(CRM_E_INVALID, crm_##room##_create(s, NULL, &record, &err));            \
    FAILS(CRM_E_INVALID, crm_##room##_create_many(s, many, 1, NULL, &err));       \
    FAILS(CRM_E_INVALID, crm_##room##_create_many(s, NULL, 1, &list, &err));      \
    FAILS(CRM_E_INVALID, crm_##room##_get(s, id, NULL, &err));                    \
    FAILS(CRM_E_INVALID, crm_##room##_find(s, NULL, NULL, &err));                 \
    FAILS(CRM_E_INVALID, crm_##room##_count(s, S(""), NULL, &err));               \
    FAILS(CRM_E_INVALID, crm_##room##_frame(s, NULL, NULL, &err));                \
    FAILS(CRM_E_INVALID, crm_##room##_update(s, id, f, NULL, &err));              \
    FAILS(CRM_E_INVALID, crm_##room##_update_many(s, NULL, 1, f, &list, &err));   \
    FAILS(CRM_E_INVALID, crm_##room##_delete_many(s, NULL, 1, &err));             \
    FAILS(CRM_E_LIMIT, crm_##room##_delete_many(s, &id, SIZE_MAX, &err));         \
    FAILS(CRM_E_NOT_FOUND, crm_##room##_get(s, -1, &record, &err));               \
    FAILS(CRM_E_NOT_FOUND, crm_##room##_get(s, INT64_MIN, &record, &err));        \
    FAILS(CRM_E_NOT_FOUND, crm_##room##_get(s, INT64_MAX, &record, &err));        \
    FAILS(CRM_E_NOT_FOUND, crm_##room##_delete(s, 0, &err));                      \
    FAILS(CRM_E_FORMAT, crm_##room##_count(s, S("id = = 1"), (int64_t[1]){0}, &err)); \
    CHECK(record == NULL && list == NULL);                                        \
  }
ROOMS(DESK)

static void desks(crm_status code, crm_session *s, crm_fields *f) {
#define ALL(room) desk_##room(code, s, f);
  ROOMS(ALL)
#undef ALL
}

/* Everything else that takes a session. */
static void rest(crm_status code, crm_session *s) {
  crm_record *record = NULL;
  crm_list *list = NULL;
  crm_frame *frame = NULL;
  bool truth = false;
  int64_t id = 1;
#define VERB(name)                                                                \
  FAILS(code, crm_lead_##name(s, id, &record, &err));                             \
  FAILS(code, crm_lead_##name##_many(s, &id, 1, &list, &err));
  VERBS(VERB)
#undef VERB
  FAILS(code, crm_lead_mark_lost(s, id, 0, S(""), &record, &err));
  FAILS(code, crm_lead_mark_lost_many(s, &id, 1, 0, S(""), &list, &err));
  FAILS(code, crm_lead_move_to(s, id, 1, &record, &err));
  FAILS(code, crm_lead_move_to_many(s, &id, 1, 1, &list, &err));
  FAILS(code, crm_lead_convert(s, id, 0, 0, 0, &record, &err));
  FAILS(code, crm_lead_convert_many(s, &id, 1, 0, 0, 0, &list, &err));
  FAILS(code, crm_lead_assign_to(s, id, 0, 0, &record, &err));
  FAILS(code, crm_lead_assign_to_many(s, &id, 1, 0, 0, &list, &err));
  FAILS(code, crm_lead_history(s, id, &frame, &err));
  FAILS(code, crm_activity_get(s, id, &record, &err));
  FAILS(code, crm_activity_find(s, NULL, &list, &err));
  FAILS(code, crm_activity_frame(s, NULL, &frame, &err));
  FAILS(code, crm_activity_count(s, S(""), &id, &err));
  FAILS(code, crm_activity_done(s, id, S(""), &record, &err));
  FAILS(code, crm_activity_done_many(s, &id, 1, S(""), &list, &err));
  FAILS(code, crm_activity_reschedule(s, id, 20000, &record, &err));
  FAILS(code, crm_activity_reschedule_many(s, &id, 1, 20000, &list, &err));
  FAILS(code, crm_activity_cancel(s, id, &err));
  FAILS(code, crm_activity_cancel_many(s, &id, 1, &err));
  FAILS(code, crm_activity_status(s, &id, 1, &frame, &err));
  FAILS(code, crm_chatter_post(s, CRM_KIND_LEAD, id, S("hello"), false, &id, &err));
  FAILS(code, crm_chatter_post_many(s, CRM_KIND_LEAD, &id, 1, S("hello"), true, &frame, &err));
  FAILS(code, crm_chatter_list(s, CRM_KIND_LEAD, id, &frame, &err));
  FAILS(code, crm_chatter_get(s, id, &record, &err));
  FAILS(code, crm_chatter_find(s, NULL, &list, &err));
  FAILS(code, crm_chatter_frame(s, NULL, &frame, &err));
  FAILS(code, crm_chatter_count(s, S(""), &id, &err));
  FAILS(code, crm_begin(s, &err));
  FAILS(code, crm_commit(s, &err));
  FAILS(code, crm_rollback(s, &err));
  FAILS(code, crm_setting_all(s, &frame, &err));
  FAILS(code, crm_setting_get_bool(s, S("use_leads"), &truth, &err));
  FAILS(code, crm_setting_set_bool(s, S("use_leads"), true, &err));
  FAILS(code, crm_property_list(s, CRM_KIND_LEAD, &frame, &err));
  FAILS(code, crm_score_configure(s, NULL, &err));
  FAILS(code, crm_score_rebuild(s, NULL, NULL, &frame, &err));
  FAILS(code, crm_score_recompute(s, NULL, NULL, &frame, &err));
  FAILS(code, crm_score_frequencies(s, &frame, &err));
  FAILS(code, crm_score_explain(s, id, &frame, &err));
  FAILS(code, crm_score_explanation(s, id, &frame, &err));
  FAILS(code, crm_duplicates_find(s, CRM_KIND_LEAD, id, NULL, 0, &frame, &err));
  FAILS(code, crm_duplicates_scan(s, CRM_KIND_LEAD, 0, 0, NULL, NULL, &frame, &err));
  FAILS(code, crm_forecast_weighted(s, S("month"), S(""), S(""), &frame, &err));
  FAILS(code, crm_forecast_total(s, S(""), S(""), &frame, &err));
  FAILS(code, crm_forecast_board(s, S(""), &frame, &err));
  CHECK(record == NULL && list == NULL && frame == NULL);
}

static void databases(crm_status code, crm_db *db) {
  crm_session *s = NULL;
  crm_frame *frame = NULL;
  FAILS(code, crm_session_open(db, S(""), NULL, &s, &err));
  FAILS(code, crm_session_open_id(db, 1, NULL, &s, &err));
  FAILS(code, crm_verify(db, &frame, &err));
  FAILS(code, crm_feed(db, 0, 10, &frame, &err));
  FAILS(code, crm_backup(db, S("/nowhere/at/all"), NULL, NULL, &err));
  CHECK(s == NULL && frame == NULL);
}

static void opening(const char *folder) {
  crm_db *db = NULL;
  char path[4096];
  crm_open_options options;
  FAILS(CRM_E_INVALID, crm_open(S(":memory:"), NULL, NULL, &err));
  FAILS(CRM_E_INVALID, crm_open((crm_str){NULL, 3}, NULL, &db, &err));
  FAILS(CRM_E_INVALID, crm_open(S(""), NULL, &db, &err));
  FAILS(CRM_E_INVALID, crm_open((crm_str){"a\0b", 3}, NULL, &db, &err));
  FAILS(CRM_E_INVALID, crm_open((crm_str){"\xff", 1}, NULL, &db, &err));
  memset(&options, 0xa5, sizeof options);
  FAILS(CRM_E_INVALID, crm_open(S(":memory:"), &options, &db, &err)); /* never initialised */
  memset(&options, 0, sizeof options);
  FAILS(CRM_E_INVALID, crm_open(S(":memory:"), &options, &db, &err));
  crm_open_options_init(&options, sizeof options);
  options.flags = UINT64_C(1) << 63;
  FAILS(CRM_E_INVALID, crm_open(S(":memory:"), &options, &db, &err));
  crm_open_options_init(&options, sizeof options);
  options.currency = S("EURO");
  FAILS(CRM_E_INVALID, crm_open(S(":memory:"), &options, &db, &err));
  crm_open_options_init(NULL, sizeof options);

  snprintf(path, sizeof path, "%s/no/such/folder.crm", folder);
  CHECK(crm_open(S(path), NULL, &db, &err) >= CRM_E_STORAGE);
  CHECK(is(crm_error_kind(err), "storage") && crm_error_free(err) == CRM_OK);
  err = NULL;
  snprintf(path, sizeof path, "%s/letter.txt", folder);
  FILE *file = fopen(path, "w");
  CHECK(file != NULL && fputs("Dear Ada,\nthis is not a database, however long it may become.\n", file) >= 0);
  CHECK(fclose(file) == 0);
  FAILS(CRM_E_NOT_OURS, crm_open(S(path), NULL, &db, &err));
  CHECK(db == NULL);
}

static void sessions(crm_db *db) {
  crm_session *s = NULL;
  const int64_t never = INT64_MAX;
  FAILS(CRM_E_INVALID, crm_session_open(db, S(""), NULL, NULL, &err));
  FAILS(CRM_E_INVALID, crm_session_open(db, S(""), &never, &s, &err));
  FAILS(CRM_E_INVALID, crm_session_open(db, (crm_str){"\xc3", 1}, NULL, &s, &err));
  FAILS(CRM_E_NOT_FOUND, crm_session_open(db, S("nobody"), NULL, &s, &err));
  FAILS(CRM_E_NOT_FOUND, crm_session_open_id(db, 4711, NULL, &s, &err));
  FAILS(CRM_E_NOT_FOUND, crm_session_open_id(db, -1, NULL, &s, &err));

  /* Someone who may see less: told by login or by id. */
  crm_session *admin = NULL;
  crm_fields *ben = NULL;
  crm_record *user = NULL;
  OK(crm_session_open(db, S(""), NULL, &admin, &err));
  OK(crm_fields_new(&ben, &err));
  OK(crm_fields_set_text(ben, S("name"), S("Ben"), &err));
  OK(crm_fields_set_text(ben, S("login"), S("ben"), &err));
  OK(crm_fields_set_text(ben, S("role"), S("own"), &err));
  OK(crm_begin(admin, &err));
  OK(crm_user_create(admin, ben, &user, &err));
  OK(crm_commit(admin, &err));
  const int64_t id = crm_record_id(user);
  OK(crm_session_open(db, S("ben"), NULL, &s, &err));
  FAILS(CRM_E_DENIED, crm_setting_set_bool(s, S("use_leads"), true, &err));
  FAILS(CRM_E_DENIED, crm_stage_create(s, ben, &user, &err));
  CHECK(crm_session_close(s) == CRM_OK);
  OK(crm_session_open_id(db, id, NULL, &s, &err));
  FAILS(CRM_E_DENIED, crm_user_delete(s, id, &err));
  CHECK(crm_session_close(s) == CRM_OK && crm_record_free(user) == CRM_OK);
  OK(crm_user_delete(admin, id, &err));
  FAILS(CRM_E_NOT_FOUND, crm_session_open(db, S("ben"), NULL, &s, &err));
  CHECK(crm_session_close(admin) == CRM_OK && crm_fields_free(ben) == CRM_OK);
  CHECK(crm_session_close(NULL) == CRM_OK && crm_db_release(NULL) == CRM_OK);
}

static void requests(crm_session *s) {
  crm_fields *given = NULL;
  crm_record *record = NULL;
  crm_list *list = NULL;
  crm_frame *frame = NULL;
  crm_find_options find;
  OK(crm_fields_new(&given, &err));
  FAILS(CRM_E_INVALID, crm_stage_create(s, given, &record, &err)); /* no name */
  OK(crm_fields_set_text(given, S("nmae"), S("New"), &err));
  CHECK(crm_stage_create(s, given, &record, &err) == CRM_E_INVALID);
  CHECK(is(crm_error_field(err), "nmae") && strstr(crm_error_message(err).data, "\"name\"") != NULL);
  CHECK(crm_error_free(err) == CRM_OK);
  err = NULL;
  OK(crm_fields_clear(given, &err));
  OK(crm_fields_set_text(given, S("name"), S("Nice try"), &err));
  OK(crm_fields_set_text(given, S("won_status"), S("won"), &err));
  FAILS(CRM_E_INVALID, crm_lead_create(s, given, &record, &err));
  OK(crm_fields_clear(given, &err));
  OK(crm_fields_set_text(given, S("name"), S("Cheap"), &err));
  OK(crm_fields_set_decimal(given, S("expected_revenue"), S("1.005"), &err));
  FAILS(CRM_E_INVALID, crm_lead_create(s, given, &record, &err)); /* not rounded */
  OK(crm_fields_set_i64(given, S("expected_revenue"), -1, &err));
  FAILS(CRM_E_INVALID, crm_lead_create(s, given, &record, &err));
  OK(crm_fields_set_bool(given, S("expected_revenue"), true, &err));
  FAILS(CRM_E_INVALID, crm_lead_create(s, given, &record, &err));
  OK(crm_fields_set_null(given, S("expected_revenue"), &err));
  OK(crm_fields_set_property_text(given, S("undeclared"), S("x"), &err));
  FAILS(CRM_E_INVALID, crm_lead_create(s, given, &record, &err));

  crm_find_options_init(&find, sizeof find);
  find.limit = -2;
  FAILS(CRM_E_INVALID, crm_lead_find(s, &find, &list, &err));
  crm_find_options_init(&find, sizeof find);
  find.offset = -1;
  FAILS(CRM_E_INVALID, crm_lead_find(s, &find, &list, &err));
  crm_find_options_init(&find, sizeof find);
  find.order = S("no_such_field desc");
  FAILS(CRM_E_INVALID, crm_lead_find(s, &find, &list, &err));
  crm_find_options_init(&find, sizeof find);
  find.columns = S("name, no_such_field");
  FAILS(CRM_E_INVALID, crm_lead_frame(s, &find, &frame, &err));
  find.struct_size = 3;
  FAILS(CRM_E_INVALID, crm_lead_frame(s, &find, &frame, &err));
  crm_find_options_init(&find, sizeof find);
  find.filter = S("name ilike\n  (((");
  CHECK(crm_lead_find(s, &find, &list, &err) == CRM_E_FORMAT);
  CHECK(is(crm_error_kind(err), "format") && crm_error_line(err) == 2 && crm_error_column(err) > 0);
  CHECK(crm_error_free(err) == CRM_OK);
  err = NULL;
  find.filter = (crm_str){"name = \"\xed\xa0\x80\"", 12};
  FAILS(CRM_E_INVALID, crm_lead_find(s, &find, &list, &err));

  int64_t ids[] = {1, 99999};
  FAILS(CRM_E_NOT_FOUND, crm_lead_mark_won(s, 99999, &record, &err));
  CHECK(crm_stage_delete_many(s, ids + 1, 1, &err) == CRM_E_NOT_FOUND);
  CHECK(crm_error_record_id(err) == 99999 && is(crm_error_record_kind(err), "stage"));
  CHECK(crm_error_free(err) == CRM_OK);
  err = NULL;
  FAILS(CRM_E_INVALID, crm_setting_set_bool(s, S("use_lead"), true, &err));
  FAILS(CRM_E_INVALID, crm_setting_set_text(s, S("use_leads"), S("yes"), &err));
  FAILS(CRM_E_INVALID, crm_property_declare(s, NULL, &err));
  FAILS(CRM_E_INVALID, crm_property_list(s, 1234, &frame, &err));
  crm_score_options score;
  crm_score_options_init(&score, sizeof score);
  score.set_mask = UINT64_C(0xff);
  FAILS(CRM_E_INVALID, crm_score_configure(s, &score, &err));
  score.set_mask = CRM_SCORE_FIELDS;
  score.field_count = 1;
  FAILS(CRM_E_INVALID, crm_score_configure(s, &score, &err));
  score.set_mask = CRM_SCORE_START_DATE;
  score.start_date_days = INT64_MAX;
  FAILS(CRM_E_INVALID, crm_score_configure(s, &score, &err));
  score.set_mask = CRM_SCORE_MODEL;
  score.model = S("crystal ball");
  FAILS(CRM_E_INVALID, crm_score_configure(s, &score, &err));
  FAILS(CRM_E_NOT_FOUND, crm_score_explain(s, 99999, &frame, &err));
  FAILS(CRM_E_NOT_FOUND, crm_score_explanation(s, 99999, &frame, &err));
  FAILS(CRM_E_INVALID, crm_forecast_weighted(s, S("week"), S(""), S(""), &frame, &err));
  FAILS(CRM_E_INVALID, crm_forecast_weighted(s, S(","), S(""), S(""), &frame, &err));
  FAILS(CRM_E_INVALID, crm_forecast_weighted(s, S("month"), S(""), S("Mars/Base"), &frame, &err));
  FAILS(CRM_E_FORMAT, crm_forecast_total(s, S("("), S(""), &frame, &err));
  FAILS(CRM_E_INVALID, crm_forecast_total(s, S(""), S(""), NULL, &err));
  CHECK(record == NULL && list == NULL && frame == NULL);
  CHECK(crm_fields_free(given) == CRM_OK);
}

static void records(crm_session *s) {
  crm_list *list = NULL;
  const crm_record *record = NULL;
  crm_str text = {0};
  int64_t value = 0;
  bool truth = false;
  crm_money money;
  crm_ids ids;
  crm_find_options find;
  crm_find_options_init(&find, sizeof find);
  find.limit = 1;
  OK(crm_stage_find(s, &find, &list, &err));
  OK(crm_list_at(list, 0, &record, &err));
  FAILS(CRM_E_INVALID, crm_record_text(record, UINT32_MAX, &text, &err));
  FAILS(CRM_E_INVALID, crm_record_text(record, CRM_STAGE_SEQUENCE, &text, &err));
  FAILS(CRM_E_INVALID, crm_record_i64(record, CRM_STAGE_NAME, &value, &err));
  FAILS(CRM_E_INVALID, crm_record_bool(record, CRM_STAGE_NAME, &truth, &err));
  FAILS(CRM_E_INVALID, crm_record_money(record, CRM_STAGE_NAME, &money, &err));
  FAILS(CRM_E_INVALID, crm_record_ppm(record, CRM_STAGE_NAME, &value, &err));
  FAILS(CRM_E_INVALID, crm_record_ids(record, CRM_STAGE_NAME, &ids, &err));
  FAILS(CRM_E_INVALID, crm_record_date_days(record, CRM_STAGE_CREATE_DATE, &value, &err));
  FAILS(CRM_E_INVALID, crm_record_time_micros(record, CRM_STAGE_NAME, &value, &err));
  FAILS(CRM_E_INVALID, crm_record_text(record, CRM_STAGE_NAME, NULL, &err));
  FAILS(CRM_E_INVALID, crm_record_get_text(record, S("nmae"), &text, &err));
  FAILS(CRM_E_INVALID, crm_record_get_i64(record, (crm_str){"\x80", 1}, &value, &err));
  FAILS(CRM_E_INVALID, crm_record_property_text(record, S("Seats"), &text, &err));
  CHECK(crm_record_property_count(record) == 0);
  FAILS(CRM_E_INVALID, crm_list_at(list, SIZE_MAX, &record, &err));
  FAILS(CRM_E_INVALID, crm_list_at(list, 0, NULL, &err));
  FAILS(CRM_E_INVALID, crm_list_at((crm_list *)(uintptr_t)record, 0, &record, &err));
  CHECK(crm_list_id(list, 7) == 0);
  CHECK(crm_list_free(list) == CRM_OK && crm_list_free(list) == CRM_E_CLOSED);
  FAILS(CRM_E_CLOSED, crm_list_at(list, 0, &record, &err));
  FAILS(CRM_E_CLOSED, crm_record_text(record, CRM_STAGE_NAME, &text, &err));
}

static void frames(crm_session *s) {
  crm_frame *frame = NULL;
  crm_str text = {0};
  int64_t value = 0;
  size_t column = 0;
  bool truth = false;
  OK(crm_stage_frame(s, NULL, &frame, &err));
  size_t rows = crm_frame_rows(frame);
  CHECK(rows > 0);
  OK(crm_frame_column(frame, S("name"), &column, &err));
  FAILS(CRM_E_INVALID, crm_frame_column(frame, S("nmae"), &column, &err));
  FAILS(CRM_E_INVALID, crm_frame_text(frame, rows, column, &text, &err));
  FAILS(CRM_E_INVALID, crm_frame_text(frame, 0, SIZE_MAX, &text, &err));
  FAILS(CRM_E_INVALID, crm_frame_i64(frame, 0, column, &value, &err));
  FAILS(CRM_E_INVALID, crm_frame_is_null(frame, rows, 0, &truth, &err));
  FAILS(CRM_E_INVALID, crm_frame_text(frame, 0, column, NULL, &err));
  FAILS(CRM_E_INVALID, crm_frame_arrow(frame, NULL, &err));
  CHECK(crm_frame_name(frame, SIZE_MAX).len == 0 && crm_frame_type(frame, SIZE_MAX) == 0);
  CHECK(crm_frame_free(frame) == CRM_OK && crm_frame_free(frame) == CRM_E_CLOSED);
  FAILS(CRM_E_CLOSED, crm_frame_text(frame, 0, 0, &text, &err));
}

static void transactions(crm_session *s) {
  FAILS(CRM_E_CONFLICT, crm_commit(s, &err));
  FAILS(CRM_E_CONFLICT, crm_rollback(s, &err));
  OK(crm_begin(s, &err));
  FAILS(CRM_E_CONFLICT, crm_begin(s, &err));
  OK(crm_rollback(s, &err));
}

static void once(const char *folder) {
  crm_db *db = NULL;
  crm_session *s = NULL;
  crm_fields *given = NULL;
  crm_frame *before = NULL, *after = NULL;
  int local = 0;
  opening(folder);
  OK(crm_open(S(":memory:"), NULL, &db, &err));
  OK(crm_session_open(db, S(""), NULL, &s, &err));
  OK(crm_fields_new(&given, &err));
  OK(crm_fields_set_text(given, S("name"), S("Never"), &err));
  sessions(db);
  OK(crm_feed(db, 0, 100000, &before, &err));

  desks(CRM_E_INVALID, NULL, given);
  desks(CRM_E_INVALID, (crm_session *)db, given);
  desks(CRM_E_INVALID, (crm_session *)&local, given);
  rest(CRM_E_INVALID, NULL);
  rest(CRM_E_INVALID, (crm_session *)given);
  databases(CRM_E_INVALID, NULL);
  databases(CRM_E_INVALID, (crm_db *)s);
#define ALL(room) without_places_##room(s, given);
  ROOMS(ALL)
#undef ALL
  requests(s);
  records(s);
  frames(s);
  transactions(s);

  /* All that nonsense has written nothing. */
  OK(crm_feed(db, 0, 100000, &after, &err));
  CHECK(crm_frame_rows(after) == crm_frame_rows(before));
  CHECK(crm_frame_free(before) == CRM_OK && crm_frame_free(after) == CRM_OK);

  /* An open transaction is undone with its session. */
  crm_session *other = NULL;
  crm_record *record = NULL;
  int64_t count = -1;
  OK(crm_session_open(db, S(""), NULL, &other, &err));
  OK(crm_begin(other, &err));
  OK(crm_lead_create(other, given, &record, &err));
  CHECK(crm_record_free(record) == CRM_OK && crm_session_close(other) == CRM_OK);
  OK(crm_lead_count(s, S("name = \"Never\""), &count, &err));
  CHECK(count == 0);
  desks(CRM_E_CLOSED, other, given);
  rest(CRM_E_CLOSED, other);

  /* Closed for everyone; the handles remain to be ended. */
  OK(crm_close(db, &err));
  OK(crm_close(db, &err));
  desks(CRM_E_CLOSED, s, given);
  rest(CRM_E_CLOSED, s);
  databases(CRM_E_CLOSED, db);
  OK(crm_interrupt(db, &err));
  CHECK(crm_session_close(s) == CRM_OK && crm_session_close(s) == CRM_E_CLOSED);
  CHECK(crm_db_release(db) == CRM_OK && crm_db_release(db) == CRM_E_CLOSED);
  databases(CRM_E_CLOSED, db);
  FAILS(CRM_E_CLOSED, crm_close(db, &err));
  FAILS(CRM_E_CLOSED, crm_interrupt(db, &err));
  CHECK(crm_fields_free(given) == CRM_OK);
}

int main(int count, char **arguments) {
  CHECK(count == 2);
  once(arguments[1]);
  once(arguments[1]);
  return 0;
}
