/* The layout of everything that crosses by value, frozen: a change here is a new CRM_ABI_VERSION. On 64-bit machines. */
#include "check.h"

#define SIZE(type, bytes) _Static_assert(sizeof(type) == (bytes), #type " has another size")
#define AT(type, field, byte) \
  _Static_assert(offsetof(type, field) == (byte), #type "." #field " has moved")

_Static_assert(CRM_ABI_VERSION == 1, "freeze the layouts anew");

SIZE(crm_status, 4);
SIZE(crm_str, 16);
AT(crm_str, data, 0);
AT(crm_str, len, 8);
SIZE(crm_ids, 16);
AT(crm_ids, data, 0);
AT(crm_ids, len, 8);
SIZE(crm_money, 16);
AT(crm_money, minor, 0);
AT(crm_money, decimals, 8);
AT(crm_money, currency, 12);
SIZE(crm_pair, 32);
AT(crm_pair, name, 0);
AT(crm_pair, value, 16);

/* Option structs may grow at their end; what is there stays where it is. */
AT(crm_open_options, struct_size, 0);
AT(crm_open_options, currency, 8);
AT(crm_open_options, flags, 24);
AT(crm_open_options, busy_timeout_ms, 32);
AT(crm_open_options, threads, 36);
AT(crm_find_options, struct_size, 0);
AT(crm_find_options, filter, 8);
AT(crm_find_options, order, 24);
AT(crm_find_options, limit, 40);
AT(crm_find_options, offset, 48);
AT(crm_find_options, columns, 56);
AT(crm_score_options, set_mask, 8);
AT(crm_score_options, fields, 16);
AT(crm_score_options, field_count, 24);
AT(crm_score_options, start_date_days, 32);
AT(crm_score_options, model, 40);
AT(crm_property_options, kind, 8);
AT(crm_property_options, name, 16);
AT(crm_property_options, value_type, 32);
AT(crm_property_options, label, 48);
AT(crm_property_options, choices, 64);
AT(crm_property_options, choice_count, 72);
AT(crm_property_options, team_ids, 80);
AT(crm_property_options, team_count, 88);
AT(crm_import_options, kind, 8);
AT(crm_import_options, path, 16);
AT(crm_import_options, data, 32);
AT(crm_import_options, mapping, 48);
AT(crm_import_options, mapping_count, 56);
AT(crm_import_options, policy, 64);
AT(crm_import_options, policy_count, 72);
AT(crm_import_options, flags, 80);
AT(crm_import_options, zone, 88);
AT(crm_import_options, decimal, 104);
AT(crm_import_options, date_format, 120);
AT(crm_import_options, delimiter, 136);
AT(crm_import_options, progress, 152);
AT(crm_import_options, user_data, 160);

/* An older program has smaller structs, a newer one larger: both are understood. */
int main(void) {
  struct {
    crm_find_options known;
    unsigned char later[64];
  } newer;
  crm_error *err = NULL;
  crm_db *db = NULL;
  crm_session *s = NULL;
  crm_list *list = NULL;
  OK(crm_open(S(":memory:"), NULL, &db, &err));
  OK(crm_session_open(db, S(""), NULL, &s, &err));
  memset(&newer, 0xa5, sizeof newer);
  crm_find_options_init(&newer.known, sizeof newer);
  CHECK(newer.known.struct_size == sizeof newer && newer.later[63] == 0);
  newer.known.limit = 1;
  OK(crm_stage_find(s, &newer.known, &list, &err));
  CHECK(crm_list_len(list) == 1 && crm_list_free(list) == CRM_OK);
  newer.known.struct_size = 8;
  FAILS(CRM_E_INVALID, crm_stage_find(s, &newer.known, &list, &err));
  CHECK(crm_session_close(s) == CRM_OK && crm_db_release(db) == CRM_OK);
  return 0;
}
