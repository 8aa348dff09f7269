/* Customers: how they are reached, what they are to us, where to write to them; what leads would tell them; which merges there were. */
#include "check.h"

static const int64_t NOW = INT64_C(1772442000000000); /* Monday 2 March 2026, 09:00 UTC */
static const int64_t TODAY = 20514;

static crm_error *err = NULL;

static crm_fields *said(const char *field, const char *text) {
  crm_fields *made = NULL;
  OK(crm_fields_new(&made, &err));
  OK(crm_fields_set_text(made, S(field), S(text), &err));
  return made;
}

static int64_t end(crm_record *record) {
  const int64_t id = crm_record_id(record);
  CHECK(id > 0 && crm_record_free(record) == CRM_OK);
  return id;
}

static bool says(const crm_record *record, uint32_t field, const char *expected) {
  crm_str text = {0};
  OK(crm_record_text(record, field, &text, &err));
  return is(text, expected);
}

static int64_t partner(crm_session *s, const char *name, const char *email) {
  crm_fields *given = said("name", name);
  crm_record *record = NULL;
  OK(crm_fields_set_text(given, S("email"), S(email), &err));
  OK(crm_partner_create(s, given, &record, &err));
  CHECK(crm_fields_free(given) == CRM_OK);
  return end(record);
}

static void reached(crm_session *s, int64_t ada) {
  crm_fields *given = said("value", "bills@harbour.example");
  crm_record *record = NULL;
  crm_list *list = NULL;
  OK(crm_fields_set_i64(given, S("partner_id"), ada, &err));
  OK(crm_fields_set_text(given, S("channel"), S("email"), &err));
  OK(crm_fields_set_text(given, S("kind"), S("billing"), &err));
  OK(crm_partner_contact_create(s, given, &record, &err));
  CHECK(says(record, CRM_PARTNER_CONTACT_NORMALIZED, "bills@harbour.example"));
  const int64_t bills = end(record);
  OK(crm_partner_contact_find(s, NULL, &list, &err));
  CHECK(crm_list_len(list) == 2 && crm_list_free(list) == CRM_OK);
  CHECK(crm_fields_free(given) == CRM_OK);
  OK(crm_fields_new(&given, &err));
  OK(crm_fields_set_bool(given, S("is_primary"), true, &err));
  OK(crm_partner_contact_update(s, bills, given, &record, &err));
  CHECK(end(record) == bills && crm_fields_free(given) == CRM_OK);
  OK(crm_partner_get(s, ada, &record, &err));
  CHECK(says(record, CRM_PARTNER_EMAIL, "bills@harbour.example"));
  end(record);
  OK(crm_partner_contact_delete(s, bills, &err));
  OK(crm_partner_get(s, ada, &record, &err));
  CHECK(says(record, CRM_PARTNER_EMAIL, "ada@harbour.example"));
  end(record);
}

static void known_as(crm_session *s, int64_t ada) {
  crm_fields *given = said("role", "customer");
  crm_record *record = NULL;
  crm_list *list = NULL;
  OK(crm_fields_set_i64(given, S("partner_id"), ada, &err));
  OK(crm_fields_set_date(given, S("date_start"), 2026, 3, 2, &err));
  OK(crm_partner_role_create(s, given, &record, &err));
  end(record);
  FAILS(CRM_E_CONFLICT, crm_partner_role_create(s, given, &record, &err)); /* it holds already */
  CHECK(crm_fields_free(given) == CRM_OK);
  OK(crm_partner_roles(s, ada, &list, &err));
  CHECK(crm_list_len(list) == 1 && crm_list_free(list) == CRM_OK);
  OK(crm_partner_role_as_of(s, ada, TODAY - 1, &list, &err));
  CHECK(crm_list_len(list) == 0 && crm_list_free(list) == CRM_OK);
  OK(crm_partner_role_as_of(s, ada, TODAY, &list, &err));
  CHECK(crm_list_len(list) == 1 && crm_list_free(list) == CRM_OK);
  given = said("city", "Lyon");
  OK(crm_partner_update(s, ada, given, &record, &err));
  CHECK(end(record) == ada && crm_fields_free(given) == CRM_OK);
  OK(crm_partner_address_for(s, ada, S("invoice"), &record, &err));
  CHECK(says(record, CRM_PARTNER_CITY, "Lyon") && end(record) == ada);
  FAILS(CRM_E_INVALID, crm_partner_address_for(s, ada, S("postal"), &record, &err));
  FAILS(CRM_E_NOT_FOUND, crm_partner_address_for(s, 4711, S("invoice"), &record, &err));
}

static int64_t deal(crm_session *s, const char *name, int64_t customer) {
  crm_fields *given = said("name", name);
  crm_record *record = NULL;
  OK(crm_fields_set_i64(given, S("partner_id"), customer, &err));
  OK(crm_lead_create(s, given, &record, &err));
  CHECK(crm_fields_free(given) == CRM_OK);
  return end(record);
}

static void told(crm_session *s, int64_t lease) {
  crm_frame *frame = NULL;
  OK(crm_lead_partner_updates(s, &lease, 1, &frame, &err));
  CHECK(crm_frame_rows(frame) == 1 && crm_frame_free(frame) == CRM_OK);
  const int64_t nothing = 4711;
  FAILS(CRM_E_NOT_FOUND, crm_lead_partner_updates(s, &nothing, 1, &frame, &err));
}

/* Both kinds list their merges; a filter that names what was merged away means what has its place. */
static void merged(crm_session *s, int64_t ada, int64_t twin, int64_t lease, int64_t vans) {
  const int64_t cards[] = {ada, twin}, leads[] = {lease, vans};
  int64_t merge_id = 0, count = 0;
  crm_record *head = NULL;
  crm_frame *frame = NULL;
  OK(crm_partner_merge(s, cards, 2, ada, 0, &merge_id, &head, &err));
  CHECK(end(head) == ada);
  OK(crm_partner_merges(s, twin, 0, &frame, &err));
  CHECK(crm_frame_rows(frame) == 1 && crm_frame_free(frame) == CRM_OK);
  char filter[64];
  snprintf(filter, sizeof filter, "partner_id = %d", (int)twin);
  OK(crm_lead_count(s, S(filter), &count, &err));
  CHECK(count == 2);
  OK(crm_lead_merges(s, 0, 0, &frame, &err));
  CHECK(crm_frame_rows(frame) == 0 && crm_frame_free(frame) == CRM_OK);
  OK(crm_lead_merge(s, leads, 2, 0, 0, &merge_id, &head, &err));
  end(head);
  OK(crm_lead_merges(s, 0, 1, &frame, &err));
  CHECK(crm_frame_rows(frame) == 1 && crm_frame_free(frame) == CRM_OK);
  FAILS(CRM_E_NOT_FOUND, crm_lead_merges(s, 4711, 0, &frame, &err));
}

static void to_be_done(crm_session *s, int64_t lease) {
  crm_fields *given = NULL;
  crm_record *record = NULL;
  crm_list *list = NULL;
  OK(crm_fields_new(&given, &err));
  OK(crm_fields_set_i64(given, S("activity_type_id"), 3, &err));
  OK(crm_activity_schedule(s, CRM_KIND_LEAD, lease, given, &record, &err));
  CHECK(crm_fields_free(given) == CRM_OK);
  const int64_t call = end(record);
  given = said("summary", "Ask for the fleet's size");
  OK(crm_activity_update(s, call, given, &record, &err));
  CHECK(says(record, CRM_ACTIVITY_SUMMARY, "Ask for the fleet's size") && end(record) == call);
  OK(crm_activity_update_many(s, &call, 1, given, &list, &err));
  CHECK(crm_list_len(list) == 1 && crm_list_free(list) == CRM_OK);
  FAILS(CRM_E_NOT_FOUND, crm_activity_update(s, 4711, given, &record, &err));
  CHECK(crm_fields_free(given) == CRM_OK);
}

int main(int count, char **arguments) {
  CHECK(count == 2);
  char path[4096];
  snprintf(path, sizeof path, "%s/customer.crm", arguments[1]);
  crm_open_options options;
  crm_open_options_init(&options, sizeof options);
  crm_db *db = NULL;
  crm_session *s = NULL;
  OK(crm_open(S(path), &options, &db, &err));
  OK(crm_session_open(db, S(""), &NOW, &s, &err));
  const int64_t ada = partner(s, "Ada", "ada@harbour.example"), twin = partner(s, "Ada L.", "");
  reached(s, ada);
  known_as(s, ada);
  const int64_t lease = deal(s, "Fleet lease", ada), vans = deal(s, "Vans", twin);
  told(s, lease);
  to_be_done(s, lease);
  merged(s, ada, twin, lease, vans);
  CHECK(crm_session_close(s) == CRM_OK && crm_db_release(db) == CRM_OK);
  return 0;
}
