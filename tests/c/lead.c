/* The main job: open, stages, a lead, won, forecast; then the rest of a lead's life. Monday 2 March 2026, 09:00 UTC. */
#include "check.h"

static const int64_t NOW = INT64_C(1772442000000000);

static crm_error *err = NULL;

static crm_fields *fields(void) {
  crm_fields *made = NULL;
  OK(crm_fields_new(&made, &err));
  return made;
}

static crm_fields *named(const char *name) {
  crm_fields *made = fields();
  OK(crm_fields_set_text(made, S("name"), S(name), &err));
  return made;
}

static int64_t number(const crm_record *record, uint32_t field) {
  int64_t value = 0;
  OK(crm_record_i64(record, field, &value, &err));
  return value;
}

static crm_str words(const crm_record *record, uint32_t field) {
  crm_str text = {0};
  OK(crm_record_text(record, field, &text, &err));
  return text;
}

static int64_t id_and_end(crm_record *record) {
  int64_t id = crm_record_id(record);
  CHECK(id > 0);
  CHECK(crm_record_free(record) == CRM_OK);
  return id;
}

static int64_t stage(crm_session *s, const char *name, int64_t sequence, bool is_won) {
  crm_fields *given = named(name);
  crm_record *record = NULL;
  OK(crm_fields_set_i64(given, S("sequence"), sequence, &err));
  OK(crm_fields_set_bool(given, S("is_won"), is_won, &err));
  OK(crm_stage_create(s, given, &record, &err));
  CHECK(crm_record_kind(record) == CRM_KIND_STAGE);
  CHECK(is(words(record, CRM_STAGE_NAME), name));
  CHECK(crm_fields_free(given) == CRM_OK);
  return id_and_end(record);
}

static int64_t deal(crm_session *s, const char *name, const char *revenue) {
  crm_fields *given = named(name);
  crm_record *record = NULL;
  OK(crm_fields_set_decimal(given, S("expected_revenue"), S(revenue), &err));
  OK(crm_fields_set_decimal(given, S("probability"), S("50"), &err));
  OK(crm_fields_set_date(given, S("date_deadline"), 2026, 4, 15, &err));
  OK(crm_lead_create(s, given, &record, &err));
  CHECK(crm_fields_free(given) == CRM_OK);
  return id_and_end(record);
}

static void open_to_forecast(crm_session *s) {
  int64_t first = stage(s, "New", 1, false);
  int64_t last = stage(s, "Won", 9, true);
  int64_t lease = deal(s, "Fleet lease", "12500.50");
  int64_t ovens = deal(s, "Ovens", "1000");

  crm_record *record = NULL;
  OK(crm_lead_get(s, lease, &record, &err));
  CHECK(number(record, CRM_LEAD_STAGE_ID) == first && number(record, CRM_LEAD_VERSION) == 1);
  CHECK(is(words(record, CRM_LEAD_KIND), "opportunity") && is(words(record, CRM_LEAD_CURRENCY), "EUR"));
  crm_money money;
  OK(crm_record_money(record, CRM_LEAD_EXPECTED_REVENUE, &money, &err));
  CHECK(money.minor == 1250050 && money.decimals == 2 && strcmp(money.currency, "EUR") == 0);
  crm_str text = {0};
  OK(crm_record_decimal_text(record, CRM_LEAD_PROBABILITY, &text, &err));
  CHECK(is(text, "50.0000"));
  OK(crm_record_get_decimal_text(record, S("expected_revenue"), &text, &err));
  CHECK(is(text, "12500.50"));
  OK(crm_record_get_text(record, S("name"), &text, &err));
  CHECK(is(text, "Fleet lease"));
  int64_t value = 0;
  OK(crm_record_ppm(record, CRM_LEAD_PROBABILITY, &value, &err));
  CHECK(value == 500000);
  OK(crm_record_date_days(record, CRM_LEAD_DATE_DEADLINE, &value, &err));
  CHECK(value == 20558);
  OK(crm_record_time_micros(record, CRM_LEAD_CREATE_DATE, &value, &err));
  CHECK(value == NOW);
  bool empty = false;
  OK(crm_record_is_null(record, CRM_LEAD_DATE_CLOSED, &empty, &err));
  CHECK(empty);
  crm_ids ids = {0};
  OK(crm_record_ids(record, CRM_LEAD_TAG_IDS, &ids, &err));
  CHECK(ids.len == 0);
  OK(crm_record_json(record, &text, &err));
  CHECK(strstr(text.data, "\"expected_revenue\":\"12500.50\"") != NULL);
  CHECK(crm_record_free(record) == CRM_OK);

  OK(crm_lead_mark_won(s, lease, &record, &err));
  CHECK(number(record, CRM_LEAD_STAGE_ID) == last && is(words(record, CRM_LEAD_WON_STATUS), "won"));
  OK(crm_record_time_micros(record, CRM_LEAD_DATE_CLOSED, &value, &err));
  CHECK(value == NOW);
  CHECK(crm_record_free(record) == CRM_OK);

  crm_frame *frame = NULL;
  OK(crm_forecast_weighted(s, S("month"), S(""), S("Europe/Paris"), &frame, &err));
  CHECK(crm_frame_rows(frame) == 2);
  size_t bucket = 0, start = 0, weighted = 0, count = 0;
  OK(crm_frame_column(frame, S("bucket"), &bucket, &err));
  OK(crm_frame_column(frame, S("period_start"), &start, &err));
  OK(crm_frame_column(frame, S("weighted_revenue"), &weighted, &err));
  OK(crm_frame_column(frame, S("count"), &count, &err));
  bool won = false, open = false;
  for (size_t row = 0; row < 2; row++) {
    double amount = 0;
    OK(crm_frame_text(frame, row, bucket, &text, &err));
    OK(crm_frame_date_days(frame, row, start, &value, &err));
    OK(crm_frame_f64(frame, row, weighted, &amount, &err));
    won = won || (is(text, "won") && value == 20513 && amount == 12500.5);
    open = open || (is(text, "open") && value == 20544 && amount == 500.0);
    OK(crm_frame_i64(frame, row, count, &value, &err));
    CHECK(value == 1);
  }
  CHECK(won && open);
  CHECK(crm_frame_free(frame) == CRM_OK);
  OK(crm_forecast_total(s, S("name = \"Ovens\""), S(""), &frame, &err));
  OK(crm_frame_decimal_text(frame, 0, 2, &text, &err));
  CHECK(crm_frame_rows(frame) == 1 && is(text, "1000.00"));
  CHECK(crm_frame_free(frame) == CRM_OK);

  OK(crm_forecast_board(s, S(""), &frame, &err));
  CHECK(crm_frame_rows(frame) == 2 && crm_frame_free(frame) == CRM_OK); /* one line per stage */

  OK(crm_lead_mark_lost(s, ovens, 0, S("went with a cheaper offer"), &record, &err));
  CHECK(is(words(record, CRM_LEAD_WON_STATUS), "lost"));
  CHECK(crm_record_free(record) == CRM_OK);
}

static void person(crm_session *s) {
  crm_fields *fields = named("Ada Lovelace");
  crm_record *ada = NULL;
  OK(crm_partner_create(s, fields, &ada, &err));
  int64_t id = crm_record_id(ada);
  CHECK(crm_record_free(ada) == CRM_OK && crm_fields_free(fields) == CRM_OK);
  crm_frame *frame = NULL;
  crm_str text;
  OK(crm_partner_subject_export(s, id, &frame, &err));
  OK(crm_frame_text(frame, 0, 0, &text, &err));
  CHECK(crm_frame_rows(frame) == 1 && text.len > 100 && text.data[0] == '{');
  CHECK(crm_frame_free(frame) == CRM_OK);
  int32_t holds[] = {CRM_KIND_LEAD, CRM_KIND_STAGE};
  FAILS(CRM_E_INVALID, crm_partner_subject_erase(s, id, holds, 2, &frame, &err));
  OK(crm_partner_subject_erase(s, id, holds, 1, &frame, &err));
  CHECK(crm_frame_rows(frame) > 5 && crm_frame_free(frame) == CRM_OK);
  OK(crm_partner_get(s, id, &ada, &err));
  OK(crm_record_text(ada, CRM_PARTNER_NAME, &text, &err));
  CHECK(is(text, "erased"));
  CHECK(crm_record_free(ada) == CRM_OK);
}

static void audit(crm_session *s) {
  crm_frame *frame = NULL;
  size_t event = 0, broken = 0;
  crm_str text;
  OK(crm_audit_seal(s, &frame, &err));
  int64_t seq = 0;
  OK(crm_frame_i64(frame, 0, 0, &seq, &err));
  OK(crm_frame_text(frame, 0, 1, &text, &err));
  CHECK(crm_frame_rows(frame) == 1 && seq > 0 && text.len == 64);
  crm_frame *state = NULL;
  OK(crm_audit_verify(s, seq, text, &state, &err));
  OK(crm_frame_column(state, S("broken"), &broken, &err));
  bool holds = false;
  OK(crm_frame_is_null(state, 0, broken, &holds, &err));
  CHECK(holds);
  CHECK(crm_frame_free(state) == CRM_OK);
  CHECK(crm_frame_free(frame) == CRM_OK);
  FAILS(CRM_E_INVALID, crm_audit_verify(s, seq, S(""), &state, &err));

  int64_t now = NOW;
  OK(crm_audit_find(s, CRM_KIND_LEAD, 1, 0, S(""), &now, NULL, 0, 100, &frame, &err));
  size_t rows = crm_frame_rows(frame);
  OK(crm_frame_column(frame, S("event"), &event, &err));
  OK(crm_frame_text(frame, rows - 1, event, &text, &err));
  CHECK(rows > 1 && is(text, "lead.created"));
  CHECK(crm_frame_free(frame) == CRM_OK);
  OK(crm_audit_find(s, -1, 0, 0, S("lead.created"), NULL, &now, 0, 100, &frame, &err));
  CHECK(crm_frame_rows(frame) == 0 && crm_frame_free(frame) == CRM_OK);
  FAILS(CRM_E_INVALID, crm_audit_find(s, -1, 1, 0, S(""), NULL, NULL, 0, 100, &frame, &err));

  crm_fields *who = named("Eve");
  OK(crm_fields_set_text(who, S("role"), S("own"), &err));
  crm_record *eve = NULL;
  OK(crm_user_create(s, who, &eve, &err));
  OK(crm_access_why_can(s, crm_record_id(eve), S("delete"), CRM_KIND_LEAD, 1, &frame, &err));
  bool can = true;
  OK(crm_frame_bool(frame, 0, 0, &can, &err));
  CHECK(crm_frame_rows(frame) == 2 && !can); /* her role, and whose it is */
  CHECK(crm_frame_free(frame) == CRM_OK);
  FAILS(CRM_E_INVALID, crm_access_why_can(s, crm_record_id(eve), S("steal"), CRM_KIND_LEAD, 1, &frame, &err));
  CHECK(crm_record_free(eve) == CRM_OK);
  CHECK(crm_fields_free(who) == CRM_OK);
}

static void lists(crm_session *s) {
  crm_fields *drafts[2] = {named("Bakery"), named("Clinic")};
  crm_list *list = NULL;
  OK(crm_lead_create_many(s, (const crm_fields *const *)drafts, 2, &list, &err));
  CHECK(crm_list_len(list) == 2);
  int64_t ids[3] = {crm_list_id(list, 1), crm_list_id(list, 0), crm_list_id(list, 1)};
  CHECK(crm_list_free(list) == CRM_OK);

  crm_fields *change = fields();
  OK(crm_fields_set_i64(change, S("priority"), 3, &err));
  OK(crm_lead_update_many(s, ids, 3, change, &list, &err));
  CHECK(crm_list_len(list) == 2 && crm_list_id(list, 0) == ids[0]); /* repeated ids once */
  const crm_record *lent = NULL;
  OK(crm_list_at(list, 1, &lent, &err));
  CHECK(number(lent, CRM_LEAD_PRIORITY) == 3 && is(words(lent, CRM_LEAD_NAME), "Bakery"));
  CHECK(crm_record_free((crm_record *)lent) == CRM_E_INVALID);
  FAILS(CRM_E_INVALID, crm_list_at(list, 2, &lent, &err));
  CHECK(crm_list_free(list) == CRM_OK);
  CHECK(crm_record_id(lent) == 0); /* went with its list */

  OK(crm_lead_archive_many(s, ids, 2, &list, &err));
  CHECK(crm_list_free(list) == CRM_OK);
  OK(crm_lead_update_many(s, NULL, 0, change, &list, &err));
  CHECK(crm_list_len(list) == 0 && crm_list_free(list) == CRM_OK);
  int64_t count = -1;
  OK(crm_lead_count(s, S("priority = 3"), &count, &err));
  CHECK(count == 0);
  OK(crm_lead_count(s, S("priority = 3 and active = false"), &count, &err));
  CHECK(count == 2);
  OK(crm_lead_restore_many(s, ids, 2, &list, &err));
  CHECK(crm_list_free(list) == CRM_OK);

  crm_find_options find;
  crm_find_options_init(&find, sizeof find);
  find.filter = S("priority = 3");
  find.order = S("name desc");
  find.limit = 1;
  OK(crm_lead_find(s, &find, &list, &err));
  OK(crm_list_at(list, 0, &lent, &err));
  CHECK(crm_list_len(list) == 1 && is(words(lent, CRM_LEAD_NAME), "Clinic"));
  CHECK(crm_list_free(list) == CRM_OK);

  crm_frame *frame = NULL;
  find.limit = -1;
  find.columns = S("id, name, expected_revenue, tag_ids, stage_id.name, stage_id.is_won");
  OK(crm_lead_frame(s, &find, &frame, &err));
  CHECK(crm_frame_rows(frame) == 2 && crm_frame_columns(frame) == 6);
  CHECK(is(crm_frame_name(frame, 1), "name") && crm_frame_type(frame, 2) == CRM_TYPE_DECIMAL);
  crm_str text = {0};
  OK(crm_frame_text(frame, 1, 1, &text, &err));
  CHECK(is(text, "Bakery"));
  OK(crm_frame_text(frame, 1, 4, &text, &err));
  CHECK(text.len > 0 && crm_frame_type(frame, 5) == CRM_TYPE_BOOL);
  crm_ids tags = {0};
  OK(crm_frame_ids(frame, 0, 3, &tags, &err));
  CHECK(tags.len == 0);
  CHECK(crm_frame_free(frame) == CRM_OK);

  OK(crm_lead_delete_many(s, ids, 2, &err));
  FAILS(CRM_E_NOT_FOUND, crm_lead_delete(s, ids[0], &err));
  CHECK(crm_fields_free(change) == CRM_OK);
  CHECK(crm_fields_free(drafts[0]) == CRM_OK && crm_fields_free(drafts[1]) == CRM_OK);
}

static void other_systems_and_custom_values(crm_session *s) {
  crm_property_options seats;
  crm_property_options_init(&seats, sizeof seats);
  seats.kind = CRM_KIND_LEAD;
  seats.name = S("Seats");
  seats.value_type = S("number");
  OK(crm_property_declare(s, &seats, &err));
  OK(crm_property_declare(s, &seats, &err));
  seats.value_type = S("colour");
  FAILS(CRM_E_INVALID, crm_property_declare(s, &seats, &err));
  crm_str choices[] = {{"fair", 4}, {"web", 3}};
  seats.name = S("Origin");
  seats.value_type = S("selection");
  seats.choices = choices;
  seats.choice_count = 2;
  OK(crm_property_declare(s, &seats, &err));
  crm_frame *frame = NULL;
  OK(crm_property_list(s, CRM_KIND_LEAD, &frame, &err));
  crm_str text = {0};
  OK(crm_frame_text(frame, 1, 3, &text, &err));
  CHECK(crm_frame_rows(frame) == 2 && is(text, "[\"fair\",\"web\"]"));
  CHECK(crm_frame_free(frame) == CRM_OK);

  crm_fields *given = named("Buses");
  crm_record *record = NULL;
  OK(crm_fields_set_external_id(given, S("erp"), S("4711"), &err));
  OK(crm_fields_set_property_f64(given, S("Seats"), 40, &err));
  OK(crm_fields_set_property_text(given, S("Origin"), S("fair"), &err));
  OK(crm_lead_create(s, given, &record, &err));
  int64_t id = id_and_end(record);
  OK(crm_lead_get_external(s, S("erp"), S("4711"), &record, &err));
  double real = 0;
  OK(crm_record_property_f64(record, S("Seats"), &real, &err));
  OK(crm_record_property_text(record, S("Origin"), &text, &err));
  CHECK(crm_record_id(record) == id && real == 40.0 && is(text, "fair"));
  CHECK(crm_record_property_count(record) == 2);
  OK(crm_record_property_name(record, 1, &text, &err));
  CHECK(is(text, "Seats"));
  FAILS(CRM_E_INVALID, crm_record_property_text(record, S("Seats"), &text, &err));
  CHECK(crm_record_free(record) == CRM_OK);

  OK(crm_fields_clear(given, &err));
  OK(crm_fields_set_expected_version(given, 1, &err));
  OK(crm_fields_set_property_null(given, S("Seats"), &err));
  OK(crm_lead_update(s, id, given, &record, &err));
  bool empty = false;
  OK(crm_record_property_is_null(record, S("Seats"), &empty, &err));
  CHECK(empty && crm_record_property_count(record) == 1 && number(record, CRM_LEAD_VERSION) == 2);
  CHECK(crm_record_free(record) == CRM_OK);
  FAILS(CRM_E_CONFLICT, crm_lead_update(s, id, given, &record, &err)); /* someone was faster: we */
  CHECK(crm_fields_free(given) == CRM_OK);
}

static void transactions(crm_session *s) {
  int64_t before = 0, count = 0;
  OK(crm_lead_count(s, S(""), &before, &err));
  OK(crm_begin(s, &err));
  deal(s, "Undone", "1");
  OK(crm_lead_count(s, S(""), &count, &err));
  CHECK(count == before + 1);
  OK(crm_rollback(s, &err));
  OK(crm_lead_count(s, S(""), &count, &err));
  CHECK(count == before);
  OK(crm_begin(s, &err));
  deal(s, "Kept", "1");
  OK(crm_commit(s, &err));
  OK(crm_lead_count(s, S(""), &count, &err));
  CHECK(count == before + 1);
}

static void members(crm_session *s) {
  crm_record *record = NULL;
  crm_frame *frame = NULL;
  crm_fields *given = named("Ben");
  OK(crm_user_create(s, given, &record, &err));
  CHECK(crm_fields_free(given) == CRM_OK);
  const int64_t ben = id_and_end(record);
  given = named("North");
  OK(crm_team_create(s, given, &record, &err));
  CHECK(crm_fields_free(given) == CRM_OK);
  const int64_t north = id_and_end(record);
  OK(crm_team_add_member(s, north, ben, NULL, &record, &err));
  CHECK(number(record, CRM_TEAM_MEMBER_ASSIGNMENT_MAX) == 30);
  id_and_end(record);
  FAILS(CRM_E_CONFLICT, crm_team_add_member(s, north, ben, NULL, &record, &err));
  given = fields();
  OK(crm_fields_set_i64(given, S("assignment_max"), 60, &err));
  OK(crm_team_update_member(s, north, ben, given, &record, &err));
  CHECK(crm_fields_free(given) == CRM_OK);
  CHECK(number(record, CRM_TEAM_MEMBER_ASSIGNMENT_MAX) == 60);
  id_and_end(record);
  OK(crm_team_members(s, north, NULL, &frame, &err));
  CHECK(crm_frame_rows(frame) == 1 && crm_frame_free(frame) == CRM_OK);
  const int64_t day = 20000;
  OK(crm_team_members(s, north, &day, &frame, &err));
  CHECK(crm_frame_rows(frame) == 0 && crm_frame_free(frame) == CRM_OK);
  OK(crm_team_workload(s, &frame, &err));
  CHECK(crm_frame_rows(frame) > 0 && crm_frame_free(frame) == CRM_OK);
  OK(crm_team_rollup(s, &frame, &err));
  CHECK(crm_frame_rows(frame) > 0 && crm_frame_free(frame) == CRM_OK);
  OK(crm_team_remove_member(s, north, ben, &record, &err));
  id_and_end(record);
  FAILS(CRM_E_NOT_FOUND, crm_team_remove_member(s, north, ben, &record, &err));
}

static void targets(crm_session *s) {
  crm_record *record = NULL;
  crm_frame *frame = NULL;
  crm_str text = {0};
  crm_fields *given = fields();
  OK(crm_fields_set_i64(given, S("team_id"), 1, &err));
  OK(crm_fields_set_text(given, S("metric"), S("lines"), &err));
  OK(crm_fields_set_i64(given, S("count"), 500, &err));
  OK(crm_fields_set_date(given, S("date_from"), 2026, 1, 1, &err));
  OK(crm_fields_set_date(given, S("date_to"), 2026, 12, 31, &err));
  OK(crm_target_create(s, given, &record, &err));
  FAILS(CRM_E_CONFLICT, crm_target_create(s, given, &record, &err));
  CHECK(crm_fields_free(given) == CRM_OK);
  const int64_t lines = id_and_end(record);
  OK(crm_target_attainment(s, S(""), false, &frame, &err));
  CHECK(crm_frame_rows(frame) == 1);
  OK(crm_frame_text(frame, 0, 15, &text, &err));
  CHECK(is(text, "unknown"));
  CHECK(crm_frame_free(frame) == CRM_OK);
  const int64_t reached = 125, micros = NOW;
  FAILS(CRM_E_INVALID, crm_target_feed(s, lines, S(""), NULL, NULL, &record, &err));
  FAILS(CRM_E_INVALID, crm_target_feed(s, lines, S("12,5"), NULL, NULL, &record, &err));
  OK(crm_target_feed(s, lines, S(""), &reached, &micros, &record, &err));
  CHECK(number(record, CRM_TARGET_ACTUAL_COUNT) == 125);
  id_and_end(record);
  OK(crm_target_attainment(s, S("metric = \"lines\""), true, &frame, &err));
  OK(crm_frame_decimal_text(frame, 0, 12, &text, &err));
  CHECK(is(text, "0.25"));
  CHECK(crm_frame_free(frame) == CRM_OK);
}

static void assigning(crm_session *s) {
  crm_frame *plan = NULL, *frame = NULL;
  crm_record *record = NULL;
  crm_str text = {0};
  FAILS(CRM_E_INVALID, crm_assignment_plan(s, S("random"), NULL, 0, 0, 0, 0, -1, &plan, &err));
  FAILS(CRM_E_INVALID, crm_assignment_plan(s, S(""), NULL, 0, 0x80, 0, 0, -1, &plan, &err));
  OK(crm_assignment_plan(s, S("reference"), NULL, 0, CRM_ASSIGN_FORCE | CRM_ASSIGN_WITHOUT_AFFINITY, 7, 0, -1, &plan, &err));
  OK(crm_frame_text(plan, 0, 0, &text, &err));
  OK(crm_assignment_steps(s, text, &frame, &err));
  CHECK(crm_frame_free(frame) == CRM_OK);
  OK(crm_assignment_head(s, text, &frame, &err));
  CHECK(crm_frame_rows(frame) > 6 && crm_frame_free(frame) == CRM_OK);
  OK(crm_assignment_run(s, text, &frame, &err));
  CHECK(crm_frame_rows(frame) == 1 && crm_frame_free(frame) == CRM_OK);
  FAILS(CRM_E_FORMAT, crm_assignment_run(s, S("{"), &frame, &err));
  CHECK(crm_frame_free(plan) == CRM_OK);
  FAILS(CRM_E_INVALID, crm_lead_claim(s, deal(s, "Claimed", "1.00"), &record, &err));
  crm_fields *given = named("Leaving");
  OK(crm_user_create(s, given, &record, &err));
  CHECK(crm_fields_free(given) == CRM_OK);
  const int64_t leaving = id_and_end(record);
  given = named("Staying");
  OK(crm_user_create(s, given, &record, &err));
  CHECK(crm_fields_free(given) == CRM_OK);
  const int64_t staying = id_and_end(record);
  given = named("Their customer");
  OK(crm_fields_set_i64(given, S("user_id"), leaving, &err));
  OK(crm_partner_create(s, given, &record, &err));
  CHECK(crm_fields_free(given) == CRM_OK);
  const int64_t theirs = id_and_end(record);
  OK(crm_plan_hand_over(s, leaving, staying, -1, S(""), &frame, &err));
  CHECK(crm_frame_rows(frame) == 1 && crm_frame_free(frame) == CRM_OK);
  FAILS(CRM_E_INVALID, crm_hand_over(s, leaving, staying, -1, S("name = \"x\""), &frame, &err));
  FAILS(CRM_E_INVALID, crm_hand_over(s, leaving, leaving, -1, S(""), &frame, &err));
  FAILS(CRM_E_INVALID, crm_hand_over(s, leaving, staying, CRM_KIND_TAG, S(""), &frame, &err));
  OK(crm_hand_over(s, leaving, staying, CRM_KIND_PARTNER, S("name = \"Their customer\""), &frame, &err));
  CHECK(crm_frame_rows(frame) == 1 && crm_frame_free(frame) == CRM_OK);
  OK(crm_partner_get(s, theirs, &record, &err));
  CHECK(number(record, CRM_PARTNER_USER_ID) == staying);
  id_and_end(record);
}

static void converting(crm_session *s, int64_t one) {
  crm_frame *frame = NULL;
  crm_list *list = NULL;
  OK(crm_lead_plan_convert(s, &one, 1, 0, NULL, 0, 0, CRM_CONVERT_CREATE_PARTNER, &frame, &err));
  CHECK(crm_frame_rows(frame) == 1 && crm_frame_free(frame) == CRM_OK);
  FAILS(CRM_E_INVALID, crm_lead_convert_all(s, &one, 1, 0, NULL, 0, 0, 0x80, S(""), &list, &err));
  for (int again = 0; again < 2; again++) {
    OK(crm_lead_convert_all(s, &one, 1, 0, NULL, 0, 0, CRM_CONVERT_CREATE_PARTNER | CRM_CONVERT_KEEP_OWNERS, S("once"), &list, &err));
    CHECK(crm_list_len(list) == 1 && crm_list_free(list) == CRM_OK);
  }
}

static void merging(crm_session *s, int64_t one, int64_t two) {
  const int64_t both[] = {one, two};
  const size_t sizes[] = {2};
  int64_t merge_id = 0, into = 0;
  crm_frame *frame = NULL;
  crm_record *head = NULL;
  OK(crm_lead_plan_merge(s, both, 2, 0, 0, &frame, &err));
  CHECK(crm_frame_rows(frame) > 2 && crm_frame_free(frame) == CRM_OK);
  FAILS(CRM_E_INVALID, crm_lead_merge(s, both, 1, 0, 0, &merge_id, &head, &err));
  OK(crm_lead_merge(s, both, 2, 0, 0, &merge_id, &head, &err));
  const int64_t kept = crm_record_id(head), gone = kept == one ? two : one;
  CHECK(merge_id > 0 && crm_record_free(head) == CRM_OK);
  OK(crm_lead_merged_into(s, gone, &into, &err));
  CHECK(into == kept);
  OK(crm_lead_get(s, gone, &head, &err));
  CHECK(crm_record_id(head) == kept && crm_record_free(head) == CRM_OK);
  FAILS(CRM_E_NOT_FOUND, crm_lead_mark_won(s, gone, &head, &err));
  OK(crm_lead_unmerge(s, merge_id, &frame, &err));
  CHECK(crm_frame_rows(frame) == 0 && crm_frame_free(frame) == CRM_OK);
  FAILS(CRM_E_INVALID, crm_lead_merge_clusters(s, both, 1, sizes, 1, 0, 0, &frame, &err));
  OK(crm_lead_merge_clusters(s, both, 2, sizes, 1, 0, 0, &frame, &err));
  CHECK(crm_frame_rows(frame) == 1 && crm_frame_free(frame) == CRM_OK);
  FAILS(CRM_E_NOT_FOUND, crm_lead_plan_convert(s, both, 2, 0, NULL, 0, 0, 0, &frame, &err));
  OK(crm_lead_unmerge(s, merge_id + 1, &frame, &err));
  CHECK(crm_frame_rows(frame) == 0 && crm_frame_free(frame) == CRM_OK);
}

static int64_t card(crm_session *s, const char *name) {
  crm_fields *fields = NULL;
  crm_record *record = NULL;
  OK(crm_fields_new(&fields, &err));
  OK(crm_fields_set_text(fields, S("name"), S(name), &err));
  OK(crm_partner_create(s, fields, &record, &err));
  const int64_t id = crm_record_id(record);
  CHECK(crm_record_free(record) == CRM_OK && crm_fields_free(fields) == CRM_OK);
  return id;
}

static void merging_partners(crm_session *s) {
  const int64_t both[] = {card(s, "Azure Bakery"), card(s, "Azure bakery")};
  const size_t sizes[] = {2};
  int64_t merge_id = 0, into = 0;
  crm_frame *frame = NULL;
  crm_record *head = NULL;
  OK(crm_partner_plan_merge(s, both, 2, 0, 0, &frame, &err));
  CHECK(crm_frame_rows(frame) > 2 && crm_frame_free(frame) == CRM_OK);
  FAILS(CRM_E_INVALID, crm_partner_merge(s, both, 1, 0, 0, &merge_id, &head, &err));
  OK(crm_partner_merge(s, both, 2, both[1], 0, &merge_id, &head, &err));
  CHECK(merge_id > 0 && crm_record_id(head) == both[1] && crm_record_free(head) == CRM_OK);
  OK(crm_partner_merged_into(s, both[0], &into, &err));
  CHECK(into == both[1]);
  FAILS(CRM_E_NOT_FOUND, crm_lead_unmerge(s, merge_id, &frame, &err));
  OK(crm_partner_unmerge(s, merge_id, &frame, &err));
  CHECK(crm_frame_rows(frame) == 0 && crm_frame_free(frame) == CRM_OK);
  OK(crm_partner_merge_clusters(s, both, 2, sizes, 1, 0, &frame, &err));
  CHECK(crm_frame_rows(frame) == 1 && crm_frame_free(frame) == CRM_OK);
}

static void verbs(crm_session *s) {
  int64_t id = deal(s, "Cycles", "250");
  int64_t middle = stage(s, "Talks", 5, false);
  crm_record *record = NULL, *copy = NULL;
  OK(crm_lead_move_to(s, id, middle, &record, &err));
  CHECK(number(record, CRM_LEAD_STAGE_ID) == middle && crm_record_free(record) == CRM_OK);
  OK(crm_lead_mark_lost(s, id, 0, S(""), &record, &err));
  CHECK(crm_record_free(record) == CRM_OK);
  FAILS(CRM_E_INVALID, crm_lead_restore(s, id, &record, &err)); /* a lost one is reopened */
  OK(crm_lead_reopen(s, id, &record, &err));
  CHECK(is(words(record, CRM_LEAD_WON_STATUS), "pending") && crm_record_free(record) == CRM_OK);
  OK(crm_lead_assign_to(s, id, 0, 0, &record, &err));
  CHECK(number(record, CRM_LEAD_USER_ID) == 0 && crm_record_free(record) == CRM_OK);
  OK(crm_lead_convert(s, id, 0, 0, 0, &record, &err));
  CHECK(crm_record_free(record) == CRM_OK);
  OK(crm_lead_copy(s, id, &copy, &err));
  CHECK(crm_record_id(copy) != id);
  merging(s, id, crm_record_id(copy));
  merging_partners(s);
  converting(s, id);
  members(s);
  targets(s);
  assigning(s);
  CHECK(crm_record_free(copy) == CRM_OK);
  crm_frame *frame = NULL;
  OK(crm_lead_history(s, id, &frame, &err));
  CHECK(crm_frame_rows(frame) >= 3 && crm_frame_free(frame) == CRM_OK);
}

static void notes(crm_session *s) {
  const int64_t id = deal(s, "Vans", "900"), both[] = {id, deal(s, "Trucks", "800")};
  const int64_t day = 20000; /* 2024-10-04 */
  int64_t count = 0, message = 0;
  crm_fields *plan = NULL;
  crm_record *call = NULL, *done = NULL;
  crm_list *calls = NULL;
  crm_frame *frame = NULL;
  crm_str said = {0};
  OK(crm_fields_new(&plan, &err));
  OK(crm_fields_set_text(plan, S("name"), S("Ring"), &err));
  OK(crm_fields_set_i64(plan, S("delay_count"), 2, &err));
  OK(crm_activity_type_create(s, plan, &call, &err));
  const int64_t ring = crm_record_id(call);
  CHECK(crm_record_free(call) == CRM_OK && crm_fields_free(plan) == CRM_OK);
  OK(crm_fields_new(&plan, &err));
  OK(crm_fields_set_i64(plan, S("activity_type_id"), ring, &err));
  OK(crm_fields_set_text(plan, S("summary"), S("Ask for the fleet's size"), &err));
  OK(crm_activity_schedule(s, CRM_KIND_LEAD, id, plan, &call, &err));
  const int64_t first = crm_record_id(call);
  CHECK(number(call, CRM_ACTIVITY_LEAD_ID) == id && is(words(call, CRM_ACTIVITY_STATE), "planned"));
  CHECK(crm_record_free(call) == CRM_OK);
  OK(crm_activity_schedule_many(s, CRM_KIND_LEAD, both, 2, plan, &calls, &err));
  CHECK(crm_list_len(calls) == 2);
  const int64_t ids[] = {crm_list_id(calls, 0), crm_list_id(calls, 1)};
  OK(crm_activity_reschedule(s, ids[0], day, &call, &err));
  CHECK(is(words(call, CRM_ACTIVITY_STATE), "overdue") && crm_record_free(call) == CRM_OK);
  FAILS(CRM_E_INVALID, crm_activity_reschedule(s, first, INT64_MAX, &call, &err));
  OK(crm_activity_status(s, both, 2, &frame, &err));
  CHECK(crm_frame_rows(frame) == 2);
  OK(crm_frame_text(frame, 0, 1, &said, &err));
  CHECK(is(said, "overdue") && crm_frame_free(frame) == CRM_OK);
  OK(crm_activity_done(s, first, S("forty vans"), &done, &err));
  CHECK(is(words(done, CRM_ACTIVITY_FEEDBACK), "forty vans") && crm_record_free(done) == CRM_OK);
  FAILS(CRM_E_INVALID, crm_activity_cancel(s, first, &err));
  OK(crm_activity_cancel_many(s, ids, 2, &err));
  CHECK(crm_list_free(calls) == CRM_OK);
  OK(crm_activity_count(s, S(""), &count, &err));
  CHECK(count == 0);
  OK(crm_activity_count(s, S("state = \"done\""), &count, &err));
  CHECK(count == 1);
  OK(crm_chatter_post(s, CRM_KIND_LEAD, id, S("They want the blue ones."), true, &message, &err));
  FAILS(CRM_E_INVALID, crm_chatter_post(s, CRM_KIND_STAGE, 1, S("hello"), false, &message, &err));
  FAILS(CRM_E_INVALID, crm_chatter_post(s, 4711, 1, S("hello"), false, &message, &err));
  FAILS(CRM_E_INVALID, crm_chatter_post(s, CRM_KIND_LEAD, id, S(" "), false, &message, &err));
  OK(crm_chatter_post_many(s, CRM_KIND_LEAD, both, 2, S("hello"), false, &frame, &err));
  CHECK(crm_frame_rows(frame) == 2 && crm_frame_free(frame) == CRM_OK);
  OK(crm_chatter_list(s, CRM_KIND_LEAD, id, &frame, &err));
  CHECK(crm_frame_rows(frame) == 4 && crm_frame_free(frame) == CRM_OK);
  OK(crm_chatter_get(s, message, &done, &err));
  CHECK(is(words(done, CRM_MESSAGE_BODY), "They want the blue ones.") && crm_record_free(done) == CRM_OK);
  FAILS(CRM_E_INVALID, crm_activity_schedule(s, CRM_KIND_TAG, 1, plan, &call, &err));
  OK(crm_fields_set_text(plan, S("feedback"), S("x"), &err));
  FAILS(CRM_E_INVALID, crm_activity_schedule(s, CRM_KIND_LEAD, id, plan, &call, &err));
  CHECK(crm_fields_free(plan) == CRM_OK);
}

static void settings_and_score(crm_session *s) {
  bool value = true;
  OK(crm_setting_get_bool(s, S("use_leads"), &value, &err));
  CHECK(!value);
  OK(crm_setting_set_bool(s, S("use_leads"), true, &err));
  OK(crm_setting_get_bool(s, S("use_leads"), &value, &err));
  CHECK(value);
  OK(crm_setting_set_bool(s, S("use_leads"), false, &err));
  crm_frame *frame = NULL;
  OK(crm_setting_all(s, &frame, &err));
  CHECK(crm_frame_rows(frame) >= 1 && crm_frame_free(frame) == CRM_OK);

  crm_score_options score;
  crm_str evidence[] = {{"source_id", 9}, {"properties.Origin", 17}};
  crm_score_options_init(&score, sizeof score);
  score.set_mask = CRM_SCORE_FIELDS | CRM_SCORE_START_DATE;
  score.start_date_days = 20454; /* 2026-01-01: the file itself is of today */
  score.fields = evidence;
  score.field_count = 2;
  OK(crm_score_configure(s, &score, &err));
  OK(crm_score_configuration(s, &frame, &err));
  crm_str known = {0};
  OK(crm_frame_text(frame, 0, 3, &known, &err));
  CHECK(is(known, "[\"source_id\",\"properties.Origin\"]") && crm_frame_free(frame) == CRM_OK);
  OK(crm_score_parameters(s, &frame, &err));
  OK(crm_frame_text(frame, 0, 0, &known, &err));
  CHECK(known.len > 100 && known.data[0] == '{' && crm_frame_free(frame) == CRM_OK);
  crm_frame *whole = NULL;
  OK(crm_score_health(s, NULL, NULL, &frame, &whole, &err));
  CHECK(crm_frame_rows(frame) == 2 && is(crm_frame_name(whole, 4), "outcomes_needed"));
  CHECK(crm_frame_free(frame) == CRM_OK && crm_frame_free(whole) == CRM_OK);
  OK(crm_score_rebuild(s, NULL, NULL, &frame, &err));
  CHECK(crm_frame_rows(frame) == 1 && is(crm_frame_name(frame, 1), "counted"));
  CHECK(crm_frame_free(frame) == CRM_OK);
  OK(crm_score_recompute(s, NULL, NULL, &frame, &err));
  CHECK(crm_frame_free(frame) == CRM_OK);
  OK(crm_score_frequencies(s, &frame, &err));
  CHECK(crm_frame_rows(frame) > 0 && is(crm_frame_name(frame, 4), "won_count"));
  CHECK(crm_frame_free(frame) == CRM_OK);
  int64_t id = deal(s, "Judged", "1");
  crm_frame *summary = NULL, *bins = NULL;
  OK(crm_score_backtest(s, NULL, S("stage_entry"), NULL, NULL, &frame, &summary, &bins, &err));
  CHECK(is(crm_frame_name(frame, 3), "base_rate") && crm_frame_rows(summary) == 3);
  CHECK(is(crm_frame_name(bins, 1), "predicted") && crm_frame_free(frame) == CRM_OK);
  CHECK(crm_frame_free(summary) == CRM_OK && crm_frame_free(bins) == CRM_OK);
  CHECK(crm_score_backtest(s, NULL, S("closed"), NULL, NULL, &frame, &summary, &bins, &err) ==
        CRM_E_INVALID);
  CHECK(crm_error_free(err) == CRM_OK);
  err = NULL;
  OK(crm_score_predict(s, S("name = \"Judged\""), NULL, NULL, NULL, &frame, &err));
  CHECK(crm_frame_rows(frame) == 1 && is(crm_frame_name(frame, 2), "probability"));
  CHECK(crm_frame_free(frame) == CRM_OK);
  int64_t past = 0;
  OK(crm_score_predict(s, S(""), &past, NULL, NULL, &frame, &err));
  CHECK(crm_frame_rows(frame) == 0 && crm_frame_free(frame) == CRM_OK);
  OK(crm_score_nearest(s, id, &frame, &err));
  CHECK(is(crm_frame_name(frame, 1), "likeness") && crm_frame_free(frame) == CRM_OK);
  OK(crm_score_explain(s, id, &frame, &err));
  crm_str text = {0};
  OK(crm_frame_text(frame, 0, 0, &text, &err));
  CHECK(is(text, "base") && crm_frame_free(frame) == CRM_OK);
  OK(crm_score_explanation(s, id, &frame, &err));
  CHECK(crm_frame_rows(frame) == 1 && is(crm_frame_name(frame, 7), "policy"));
  OK(crm_frame_text(frame, 0, 7, &text, &err));
  CHECK(is(text, "blend") && is(crm_frame_name(frame, 6), "stage_probability"));
  CHECK(crm_frame_free(frame) == CRM_OK);
}

static bool count_calls(void *user_data, uint64_t done, uint64_t total) {
  (void)done;
  (void)total;
  ++*(int *)user_data;
  return true;
}

static bool refuse(void *user_data, uint64_t done, uint64_t total) {
  (void)user_data;
  (void)done;
  (void)total;
  return false;
}

static void care(crm_db *db, const char *folder) {
  crm_frame *frame = NULL;
  OK(crm_verify(db, &frame, &err));
  CHECK(crm_frame_rows(frame) == 0 && crm_frame_free(frame) == CRM_OK);
  OK(crm_repair(db, &frame, &err));
  CHECK(crm_frame_rows(frame) == 0 && crm_frame_free(frame) == CRM_OK);
  OK(crm_feed(db, 0, 3, &frame, &err));
  crm_str text = {0};
  OK(crm_frame_text(frame, 0, 3, &text, &err));
  CHECK(crm_frame_rows(frame) == 3 && text.len > 0);
  CHECK(crm_frame_free(frame) == CRM_OK);
  FAILS(CRM_E_INVALID, crm_feed(db, 0, -1, &frame, &err));

  char path[4096];
  int calls = 0;
  snprintf(path, sizeof path, "%s/backup.crm", folder);
  OK(crm_backup(db, S(path), count_calls, &calls, &err));
  CHECK(calls > 0);
  crm_db *copy = NULL;
  crm_session *s = NULL;
  int64_t count = 0;
  OK(crm_open(S(path), NULL, &copy, &err));
  OK(crm_session_open(copy, S(""), NULL, &s, &err));
  OK(crm_lead_count(s, S("name = \"Kept\""), &count, &err));
  CHECK(count == 1);
  CHECK(crm_db_release(copy) == CRM_OK); /* before its session */
  OK(crm_lead_count(s, S("name = \"Kept\""), &count, &err));
  CHECK(crm_session_close(s) == CRM_OK);
  snprintf(path, sizeof path, "%s/refused.crm", folder);
  FAILS(CRM_E_CANCELLED, crm_backup(db, S(path), refuse, NULL, &err));
}

/* The deal was open on Monday and is won on Tuesday. */
static void as_of_then(crm_db *db, crm_session *s) {
  int64_t id = deal(s, "Racks", "700"), tuesday = NOW + INT64_C(86400000000), count = 0;
  crm_session *later = NULL;
  crm_record *record = NULL;
  crm_frame *frame = NULL;
  OK(crm_session_open(db, S(""), &tuesday, &later, &err));
  OK(crm_lead_mark_won(later, id, &record, &err));
  CHECK(crm_record_free(record) == CRM_OK);

  OK(crm_lead_get_as_of(later, id, NOW, S(""), &record, &err));
  CHECK(is(words(record, CRM_LEAD_WON_STATUS), "pending") && crm_record_free(record) == CRM_OK);
  crm_str racks = S("name = \"Racks\" and won_status = \"pending\"");
  OK(crm_lead_count(later, racks, &count, &err));
  CHECK(count == 0);
  OK(crm_lead_count_as_of(later, racks, NOW, S("known"), &count, &err));
  CHECK(count == 1);
  crm_find_options find;
  crm_find_options_init(&find, sizeof find);
  find.filter = racks;
  find.columns = S("won_status");
  find.as_of_micros = &NOW;
  OK(crm_lead_frame(later, &find, &frame, &err));
  CHECK(crm_frame_rows(frame) == 1 && crm_frame_free(frame) == CRM_OK);

  crm_str text = {0};
  OK(crm_forecast_weighted_as_of(later, S(""), S("name = \"Racks\""), S(""), NOW, S(""), &frame, &err));
  OK(crm_frame_text(frame, 0, 1, &text, &err));
  CHECK(crm_frame_rows(frame) == 1 && is(text, "open") && crm_frame_free(frame) == CRM_OK);
  OK(crm_forecast_total_as_of(later, S("name = \"Racks\""), S(""), NOW, S("effective"), &frame, &err));
  OK(crm_frame_decimal_text(frame, 0, 3, &text, &err));
  CHECK(is(text, "350.00") && crm_frame_free(frame) == CRM_OK);
  OK(crm_forecast_board_as_of(later, S(""), NOW, S(""), &frame, &err));
  CHECK(crm_frame_rows(frame) >= 2 && crm_frame_free(frame) == CRM_OK);

  FAILS(CRM_E_INVALID, crm_lead_get_as_of(s, id, tuesday, S(""), &record, &err)); /* still to come */
  FAILS(CRM_E_INVALID, crm_lead_count_as_of(later, racks, NOW, S("sideways"), &count, &err));
  crm_find_options_init(&find, sizeof find);
  find.as_of_micros = &NOW;
  FAILS(CRM_E_INVALID, crm_stage_frame(later, &find, &frame, &err)); /* no history */
  CHECK(crm_session_close(later) == CRM_OK);
}

/* Who is probably the same as one, as one that may be created, and as each other. */
static void duplicates(crm_session *s) {
  crm_fields *given = named("Charter");
  crm_record *record = NULL;
  crm_frame *found = NULL;
  OK(crm_fields_set_text(given, S("email_from"), S("Ada <ada@harbour.com>"), &err));
  OK(crm_lead_create(s, given, &record, &err));
  const int64_t ada = id_and_end(record);
  OK(crm_duplicates_find(s, CRM_KIND_LEAD, 0, given, 0, &found, &err));
  CHECK(crm_frame_rows(found) == 1);
  CHECK(crm_frame_free(found) == CRM_OK);
  OK(crm_duplicates_find(s, CRM_KIND_LEAD, ada, NULL, CRM_DUPLICATES_INCLUDE_LOST, &found, &err));
  CHECK(crm_frame_rows(found) == 0);
  CHECK(crm_frame_free(found) == CRM_OK);
  OK(crm_lead_create(s, given, &record, &err));
  CHECK(id_and_end(record) > ada);
  OK(crm_duplicates_scan(s, CRM_KIND_LEAD, 0, 0, NULL, NULL, &found, &err));
  CHECK(crm_frame_rows(found) == 2);
  CHECK(crm_frame_free(found) == CRM_OK);
  found = NULL;
  FAILS(CRM_E_INVALID, crm_duplicates_find(s, CRM_KIND_LEAD, ada, given, 0, &found, &err));
  FAILS(CRM_E_INVALID, crm_duplicates_find(s, CRM_KIND_LEAD, ada, NULL, 4, &found, &err));
  FAILS(CRM_E_INVALID, crm_duplicates_find(s, CRM_KIND_STAGE, 1, NULL, 0, &found, &err));
  FAILS(CRM_E_NOT_FOUND, crm_duplicates_find(s, CRM_KIND_LEAD, 4711, NULL, 0, &found, &err));
  CHECK(found == NULL && crm_fields_free(given) == CRM_OK);
}

int main(int count, char **arguments) {
  CHECK(count == 2);
  char path[4096];
  snprintf(path, sizeof path, "%s/lead.crm", arguments[1]);
  crm_open_options options;
  crm_open_options_init(&options, sizeof options);
  options.flags = CRM_OPEN_BARE;
  crm_db *db = NULL;
  crm_session *s = NULL;
  OK(crm_open(S(path), &options, &db, &err));
  OK(crm_session_open(db, S(""), &NOW, &s, &err));
  open_to_forecast(s);
  audit(s);
  person(s);
  lists(s);
  other_systems_and_custom_values(s);
  transactions(s);
  verbs(s);
  notes(s);
  duplicates(s);
  as_of_then(db, s);
  settings_and_score(s);
  care(db, arguments[1]);
  CHECK(crm_session_close(s) == CRM_OK && crm_session_close(s) == CRM_E_CLOSED);
  CHECK(crm_db_release(db) == CRM_OK && crm_db_release(db) == CRM_E_CLOSED);
  return 0;
}
