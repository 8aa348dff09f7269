/* A monkey with a seed: random calls with random handles (living, ended, of other kinds), ids, texts and numbers. Whatever it does,
 * each call answers a known code, never CRM_E_BUG, and in the end the database is sound. A second argument is another seed. */
#include "check.h"

enum { POOL = 64, STEPS = 4000 };

static uint64_t state;

static uint64_t next(void) { /* xorshift64* */
  state ^= state >> 12;
  state ^= state << 25;
  state ^= state >> 27;
  return state * UINT64_C(2685821657736338717);
}
static uint64_t below(uint64_t limit) { return (next() >> 11) % limit; }

/* Handles of all kinds in one pool; ended ones stay in it. */
static void *pool[POOL];
static crm_db *db;
static crm_session *session;

static void *any(void) {
  switch (below(12)) {
    case 0: return NULL;
    case 1: return (void *)(uintptr_t)next();
    default: return pool[below(POOL)];
  }
}
static crm_session *any_session(void) { return below(8) == 0 ? (crm_session *)any() : session; }
static void keep(void *handle) {
  if (handle != NULL) {
    pool[below(POOL)] = handle; /* what was there may leak: the monkey does not tidy up */
  }
}

static crm_str word(void) {
  static const char *const words[] = {
      "", "name", "Fleet lease", "expected_revenue", "probability", "stage_id", "team_id", "user_id",
      "priority", "12.50", "-1", "99999999999999999999", "100", "opportunity", "lead", "won", "active",
      "date_deadline", "2026-03-02", "tag_ids", "kind", "currency", "JPY", "EUR", "name = \"x\"",
      "name ilike \"%e%\" or priority >= 1", "tag_ids any (1, 2)", "stage_id.is_won = true", "(", "not",
      "id in (1,2,3)", "priority desc, id", "month", "quarter, team_id", "user_id, stage_id", "UTC",
      "Europe/Paris", "properties.Seats > 3", "Seats", "email_from", "ada@harbour.example", "phone",
      "+33123456789", "is_won", "sequence", "true", "null", "partner_id", "lost_reason_id", "manual_probability",
      "write_date < \"2026-01-01T00:00:00Z\"", "{\"and\":[]}", "[", "\xc3\xa9t\xc3\xa9", "login", "parent_id",
      "company_id", "country_code", "FR", "member_ids", "zone", "version", "expected_version", "%", "\\",
  };
  static const char broken[] = "\xff\xfe\x00";
  switch (below(40)) {
    case 0: return (crm_str){broken, 3};
    case 1: return (crm_str){NULL, (size_t)below(3)};
    default: return crm_cstr(words[below(sizeof words / sizeof *words)]);
  }
}
static int64_t id(void) {
  switch (below(12)) {
    case 0: return (int64_t)next();
    case 1: return 0;
    case 2: return -(int64_t)below(5);
    default: return 1 + (int64_t)below(12);
  }
}

static void judge(crm_status status, crm_error *err, const char *what) {
  if (status == CRM_OK) {
    CHECK(err == NULL);
    return;
  }
  const bool known = status % 100 <= 7 && status >= 100 && status <= 900;
  if (!known || crm_error_code(err) != status || crm_error_message(err).len == 0) {
    fprintf(stderr, "%s answered %d: %s\n", what, (int)status, crm_error_message(err).data);
    exit(1);
  }
  CHECK(crm_error_free(err) == CRM_OK);
}

#define TRY(call)                    \
  do {                               \
    crm_error *err = NULL;           \
    crm_status status_ = (call);     \
    judge(status_, err, #call);      \
  } while (0)

static void set_something(crm_fields *f) {
  int64_t ids[3] = {id(), id(), id()};
  switch (below(13)) {
    case 0: TRY(crm_fields_set_null(f, word(), &err)); break;
    case 1: TRY(crm_fields_set_bool(f, word(), below(2) == 0, &err)); break;
    case 2:
    case 3: TRY(crm_fields_set_i64(f, word(), id(), &err)); break;
    case 4: TRY(crm_fields_set_f64(f, word(), (double)id() / 7.0, &err)); break;
    case 5: TRY(crm_fields_set_decimal(f, word(), word(), &err)); break;
    case 6: TRY(crm_fields_set_text(f, word(), word(), &err)); break;
    case 7: TRY(crm_fields_set_date(f, word(), 2026, (uint32_t)below(14), (uint32_t)below(32), &err)); break;
    case 8: TRY(crm_fields_set_time(f, word(), (int64_t)next(), &err)); break;
    case 9: TRY(crm_fields_set_ids(f, word(), ids, below(4), &err)); break;
    case 10: TRY(crm_fields_set_property_f64(f, word(), (double)below(9), &err)); break;
    case 11: TRY(crm_fields_set_external_id(f, word(), word(), &err)); break;
    default: TRY(crm_fields_set_expected_version(f, id(), &err)); break;
  }
}

static crm_fields *draft(void) {
  crm_error *err = NULL;
  crm_fields *f = NULL;
  if (below(10) == 0) {
    return (crm_fields *)any();
  }
  OK(crm_fields_new(&f, &err));
  if (below(8) != 0) {
    OK(crm_fields_set_text(f, S("name"), word().len > 5 ? S("Deal") : S("Bakery"), NULL));
  }
  for (uint64_t more = below(4); more > 0; more--) {
    set_something(f);
  }
  keep(f);
  return f;
}

#define DESK(room)                                                                            \
  static void desk_##room(void) {                                                             \
    crm_record *record = NULL;                                                                \
    crm_list *list = NULL;                                                                    \
    crm_frame *frame = NULL;                                                                  \
    int64_t number = 0, ids[3] = {id(), id(), id()};                                          \
    const crm_fields *two[2] = {draft(), draft()};                                            \
    crm_find_options find;                                                                    \
    crm_find_options_init(&find, sizeof find);                                                \
    find.filter = below(2) == 0 ? word() : S("");                                             \
    find.order = below(4) == 0 ? word() : S("");                                              \
    find.columns = below(4) == 0 ? word() : S("");                                            \
    find.limit = below(3) == 0 ? id() : -1;                                                   \
    find.offset = below(8) == 0 ? id() : 0;                                                   \
    crm_session *s = any_session();                                                           \
    switch (below(11)) {                                                                      \
      case 0:                                                                                 \
      case 1: TRY(crm_##room##_create(s, two[0], &record, &err)); break;                      \
      case 2: TRY(crm_##room##_create_many(s, two, 2, &list, &err)); break;                   \
      case 3: TRY(crm_##room##_get(s, id(), &record, &err)); break;                           \
      case 4: TRY(crm_##room##_get_external(s, word(), word(), &record, &err)); break;        \
      case 5: TRY(crm_##room##_find(s, &find, &list, &err)); break;                           \
      case 6: TRY(crm_##room##_count(s, find.filter, &number, &err)); break;                  \
      case 7: TRY(crm_##room##_frame(s, &find, &frame, &err)); break;                         \
      case 8: TRY(crm_##room##_update(s, id(), two[0], &record, &err)); break;                \
      case 9: TRY(crm_##room##_update_many(s, ids, below(4), two[0], &list, &err)); break;    \
      default:                                                                                \
        if (below(4) == 0) TRY(crm_##room##_delete_many(s, ids, below(3), &err));             \
    }                                                                                         \
    keep(record);                                                                             \
    keep(list);                                                                               \
    keep(frame);                                                                              \
  }
DESK(company) DESK(user) DESK(team) DESK(team_member) DESK(stage) DESK(lost_reason) DESK(tag)
DESK(campaign) DESK(medium) DESK(source) DESK(recurring_plan) DESK(partner) DESK(lead) DESK(activity_type)

static void (*const desks[])(void) = {
    desk_company, desk_user, desk_team, desk_team_member, desk_stage, desk_lost_reason, desk_tag,
    desk_campaign, desk_medium, desk_source, desk_recurring_plan, desk_partner, desk_lead,
    desk_lead, desk_lead, desk_lead, desk_lead, desk_stage, desk_partner, desk_activity_type,
};

static void verb(void) {
  crm_record *record = NULL;
  crm_list *list = NULL;
  crm_frame *frame = NULL;
  int64_t ids[3] = {id(), id(), id()};
  const size_t count = below(4);
  crm_session *s = any_session();
  const int32_t kind = below(6) == 0 ? (int32_t)id() : below(2) == 0 ? CRM_KIND_LEAD : CRM_KIND_PARTNER;
  switch (below(30)) {
    case 0: TRY(crm_lead_mark_won(s, id(), &record, &err)); break;
    case 1: TRY(crm_lead_mark_won_many(s, ids, count, &list, &err)); break;
    case 2: TRY(crm_lead_mark_lost(s, id(), id(), word(), &record, &err)); break;
    case 3: TRY(crm_lead_mark_lost_many(s, ids, count, 0, word(), &list, &err)); break;
    case 4: TRY(crm_lead_reopen(s, id(), &record, &err)); break;
    case 5: TRY(crm_lead_reopen_many(s, ids, count, &list, &err)); break;
    case 6: TRY(crm_lead_archive(s, id(), &record, &err)); break;
    case 7: TRY(crm_lead_restore(s, id(), &record, &err)); break;
    case 8: TRY(crm_lead_move_to(s, id(), id(), &record, &err)); break;
    case 9: TRY(crm_lead_move_to_many(s, ids, count, id(), &list, &err)); break;
    case 10: TRY(crm_lead_convert(s, id(), id(), id(), id(), &record, &err)); break;
    case 11: TRY(crm_lead_assign_to(s, id(), id(), id(), &record, &err)); break;
    case 12: TRY(crm_lead_copy(s, id(), &record, &err)); break;
    case 13: TRY(crm_lead_history(s, id(), &frame, &err)); break;
    case 14: TRY(crm_score_explain(s, id(), &frame, &err)); break;
    case 15: TRY(crm_forecast_weighted(s, word(), word(), word(), &frame, &err)); break;
    case 16: TRY(crm_forecast_board(s, word(), &frame, &err)); break;
    case 17: TRY(crm_score_explanation(s, id(), &frame, &err)); break;
    case 18: TRY(crm_activity_schedule(s, kind, id(), draft(), &record, &err)); break;
    case 19: TRY(crm_activity_schedule_many(s, kind, ids, count, draft(), &list, &err)); break;
    case 20: TRY(crm_activity_done(s, id(), word(), &record, &err)); break;
    case 21: TRY(crm_activity_done_many(s, ids, count, word(), &list, &err)); break;
    case 22: TRY(crm_activity_reschedule(s, id(), id(), &record, &err)); break;
    case 23: TRY(crm_activity_reschedule_many(s, ids, count, id(), &list, &err)); break;
    case 24: TRY(crm_activity_cancel(s, id(), &err)); break;
    case 25: TRY(crm_activity_status(s, ids, count, &frame, &err)); break;
    case 26: TRY(crm_chatter_post(s, kind, id(), word(), below(2) == 0, &ids[0], &err)); break;
    case 27: TRY(crm_chatter_post_many(s, kind, ids, count, word(), false, &frame, &err)); break;
    case 28: TRY(crm_chatter_list(s, kind, id(), &frame, &err)); break;
    default: TRY(crm_score_rebuild(s, NULL, NULL, &frame, &err)); break;
  }
  keep(record);
  keep(list);
  keep(frame);
}

static void read_something(void) {
  crm_str text = {0};
  crm_money money;
  crm_ids ids;
  int64_t number = 0;
  double real = 0;
  bool truth = false;
  const crm_record *lent = NULL;
  void *handle = any();
  const uint32_t field = (uint32_t)below(70);
  const size_t row = below(5), column = below(70);
  switch (below(14)) {
    case 0: TRY(crm_record_text(handle, field, &text, &err)); break;
    case 1: TRY(crm_record_decimal_text(handle, field, &text, &err)); break;
    case 2: TRY(crm_record_money(handle, field, &money, &err)); break;
    case 3: TRY(crm_record_ids(handle, field, &ids, &err)); break;
    case 4: TRY(crm_record_f64(handle, field, &real, &err)); break;
    case 5: TRY(crm_record_json(handle, &text, &err)); break;
    case 6: TRY(crm_record_get_text(handle, word(), &text, &err)); break;
    case 7: TRY(crm_record_property_f64(handle, word(), &real, &err)); break;
    case 8: TRY(crm_list_at(handle, row, &lent, &err)); break;
    case 9: TRY(crm_frame_text(handle, row, column, &text, &err)); break;
    case 10: TRY(crm_frame_decimal_text(handle, row, column, &text, &err)); break;
    case 11: TRY(crm_frame_is_null(handle, row, column, &truth, &err)); break;
    case 12: TRY(crm_frame_time_micros(handle, row, column, &number, &err)); break;
    default: TRY(crm_frame_ids(handle, row, column, &ids, &err)); break;
  }
  keep((void *)(uintptr_t)lent);
  if (text.data != NULL) {
    CHECK(text.data[text.len] == '\0');
  }
}

static void end_something(void) {
  void *handle = any();
  switch (below(6)) {
    case 0: crm_record_free(handle); break;
    case 1: crm_list_free(handle); break;
    case 2: crm_frame_free(handle); break;
    case 3: crm_fields_free(handle); break;
    case 4: crm_error_free(handle); break;
    default:
      if (handle != db && handle != session) crm_session_close(handle);
  }
}

static void administer(void) {
  crm_session *other = NULL;
  crm_frame *frame = NULL;
  crm_property_options property;
  const int64_t now = (int64_t)(next() >> 12);
  crm_property_options_init(&property, sizeof property);
  property.kind = (int32_t)below(14);
  property.name = word();
  property.value_type = below(2) == 0 ? S("number") : word();
  switch (below(8)) {
    case 0: TRY(crm_begin(session, &err)); break;
    case 1: TRY(crm_commit(session, &err)); break;
    case 2: TRY(crm_rollback(session, &err)); break;
    case 3: TRY(crm_property_declare(any_session(), &property, &err)); break;
    case 4: TRY(crm_feed(db, (int64_t)below(300), (int64_t)below(50), &frame, &err)); break;
    case 5: TRY(crm_session_open_id(db, id(), below(2) == 0 ? &now : NULL, &other, &err)); break;
    case 6: TRY(crm_setting_set_bool(any_session(), S("use_leads"), below(2) == 0, &err)); break;
    default: TRY(crm_setting_all(any_session(), &frame, &err)); break;
  }
  keep(other);
  keep(frame);
}

int main(int count, char **arguments) {
  crm_error *err = NULL;
  crm_frame *frame = NULL;
  crm_open_options options;
  CHECK(count >= 2);
  state = count > 2 ? strtoull(arguments[2], NULL, 10) + 1 : UINT64_C(20260302);
  crm_open_options_init(&options, sizeof options);
  options.busy_timeout_ms = 10; /* other sessions of the monkey may hold the file */
  OK(crm_open(S(":memory:"), &options, &db, &err));
  OK(crm_session_open(db, S(""), NULL, &session, &err));
  for (int step = 0; step < STEPS; step++) {
    switch (below(16)) {
      case 0:
      case 1:
      case 2: verb(); break;
      case 3: administer(); break;
      case 4:
      case 5: end_something(); break;
      case 6:
      case 7:
      case 8: read_something(); break;
      default: desks[below(sizeof desks / sizeof *desks)](); break;
    }
  }
  crm_rollback(session, NULL);
  OK(crm_verify(db, &frame, &err));
  for (size_t row = 0; row < crm_frame_rows(frame); row++) {
    crm_str problem;
    OK(crm_frame_text(frame, row, 0, &problem, &err));
    fprintf(stderr, "%s\n", problem.data);
  }
  CHECK(crm_frame_rows(frame) == 0);
  return 0;
}
