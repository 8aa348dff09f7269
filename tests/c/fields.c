/* Building values, and what is refused before any database is there. */
#include "check.h"

static void values(void) {
  crm_error *err = NULL;
  crm_fields *fields = NULL;
  OK(crm_fields_new(&fields, &err));
  int64_t ids[] = {3, 4};
  OK(crm_fields_set_text(fields, S("name"), S("Fleet lease"), &err));
  OK(crm_fields_set_null(fields, S("team_id"), &err));
  OK(crm_fields_set_bool(fields, S("on_hold"), true, &err));
  OK(crm_fields_set_i64(fields, S("priority"), 2, &err));
  OK(crm_fields_set_f64(fields, S("probability"), 12.5, &err));
  OK(crm_fields_set_decimal(fields, S("expected_revenue"), S("12500.00"), &err));
  OK(crm_fields_set_date(fields, S("date_deadline"), 2026, 3, 2, &err));
  OK(crm_fields_set_time(fields, S("moment"), INT64_C(1772442000000000), &err));
  OK(crm_fields_set_ids(fields, S("tag_ids"), ids, 2, &err));
  OK(crm_fields_set_ids(fields, S("tag_ids"), NULL, 0, &err));
  OK(crm_fields_set_property_text(fields, S("Lead Origin"), S("Fair"), &err));
  OK(crm_fields_set_property_date(fields, S("Since"), 2026, 3, 2, &err));

  FAILS(CRM_E_INVALID, crm_fields_set_date(fields, S("date_deadline"), 2026, 2, 30, &err));
  FAILS(CRM_E_INVALID, crm_fields_set_decimal(fields, S("expected_revenue"), S("12,50"), &err));
  FAILS(CRM_E_INVALID, crm_fields_set_f64(fields, S("probability"), 0.0 / 0.0, &err));
  FAILS(CRM_E_INVALID, crm_fields_set_time(fields, S("moment"), INT64_MAX, &err));
  FAILS(CRM_E_INVALID, crm_fields_set_ids(fields, S("tag_ids"), NULL, 2, &err));
  FAILS(CRM_E_LIMIT, crm_fields_set_ids(fields, S("tag_ids"), ids, SIZE_MAX, &err));
  FAILS(CRM_E_INVALID, crm_fields_set_text(fields, S("name"), (crm_str){NULL, 7}, &err));
  FAILS(CRM_E_INVALID, crm_fields_set_text(fields, S("name"), (crm_str){"caf\xe9", 4}, &err));
  FAILS(CRM_E_INVALID, crm_fields_set_text(fields, S("name"), (crm_str){"x", SIZE_MAX}, &err));

  OK(crm_fields_clear(fields, &err));
  CHECK(crm_fields_free(fields) == CRM_OK);
  CHECK(crm_fields_free(fields) == CRM_E_CLOSED);
  CHECK(crm_fields_free(NULL) == CRM_OK);
  FAILS(CRM_E_CLOSED, crm_fields_set_null(fields, S("name"), &err));
}

static void catalogue(void) {
  crm_error *err = NULL;
  uint32_t number = 0;
  OK(crm_field_number(CRM_KIND_LEAD, S("stage_id"), &number, &err));
  CHECK(number == CRM_LEAD_STAGE_ID);
  CHECK(is(crm_field_name(CRM_KIND_LEAD, CRM_LEAD_STAGE_ID), "stage_id"));
  OK(crm_field_number(CRM_KIND_LEAD, S("type"), &number, &err));
  CHECK(number == CRM_LEAD_KIND && number == CRM_LEAD_TYPE);
  FAILS(CRM_E_INVALID, crm_field_number(CRM_KIND_STAGE, S("type"), &number, &err));
  CHECK(crm_field_type(CRM_KIND_LEAD, CRM_LEAD_EXPECTED_REVENUE) == CRM_TYPE_DECIMAL);
  CHECK(is(crm_kind_name(CRM_KIND_LOST_REASON), "lost_reason"));
  CHECK(crm_field_count(CRM_KIND_LEAD) > CRM_LEAD_STAGE_ID);
  CHECK(crm_kind_name(-1).len == 0 && crm_kind_name(INT32_MAX).len == 0);
  CHECK(crm_field_name(CRM_KIND_LEAD, UINT32_MAX).len == 0);
  CHECK(crm_field_type(99, 0) == 0 && crm_field_count(99) == 0);
  FAILS(CRM_E_INVALID, crm_field_number(CRM_KIND_LEAD, S("stage"), &number, &err));
  FAILS(CRM_E_INVALID, crm_field_number(CRM_KIND_LEAD, S("stage_id"), NULL, &err));
  FAILS(CRM_E_INVALID, crm_field_number(-7, S("stage_id"), &number, &err));
}

static void errors(void) {
  crm_error *err = NULL;
  uint32_t number = 7;
  CHECK(crm_field_number(CRM_KIND_LEAD, S("stage"), &number, &err) == CRM_E_INVALID);
  CHECK(number == 7); /* written on success only */
  CHECK(is(crm_error_kind(err), "invalid") && is(crm_error_field(err), "stage"));
  CHECK(strstr(crm_error_message(err).data, "\"stage_id\"") != NULL);
  CHECK(crm_error_record_id(err) == 0 && crm_error_record_kind(err).len == 0);
  CHECK(!crm_error_retryable(err) && crm_error_line(err) == 0 && crm_error_column(err) == 0);
  CHECK(crm_error_free(err) == CRM_OK && crm_error_free(err) == CRM_E_CLOSED);
  CHECK(crm_error_code(err) == CRM_OK && crm_error_message(err).len == 0);
  CHECK(crm_error_code(NULL) == CRM_OK && crm_error_kind(NULL).len == 0);
  /* Nobody has to take the error. */
  CHECK(crm_field_number(CRM_KIND_LEAD, S("stage"), &number, NULL) == CRM_E_INVALID);
}

static void no_handles_at_all(void) {
  crm_error *err = NULL;
  int local = 0;
  crm_fields *stack = (crm_fields *)(void *)&local;
  FAILS(CRM_E_INVALID, crm_fields_set_null(NULL, S("name"), &err));
  FAILS(CRM_E_INVALID, crm_fields_set_null(stack, S("name"), &err));
  FAILS(CRM_E_INVALID, crm_fields_set_null((crm_fields *)(uintptr_t)0xdeadbeef, S("name"), &err));
  CHECK(crm_fields_free(stack) == CRM_E_INVALID);
  CHECK(crm_list_free((crm_list *)stack) == CRM_E_INVALID);
  CHECK(crm_frame_free(NULL) == CRM_OK && crm_record_free(NULL) == CRM_OK);
  CHECK(crm_frame_rows(NULL) == 0 && crm_list_len(NULL) == 0 && crm_record_id(NULL) == 0);
  CHECK(crm_record_kind(NULL) == -1);

  /* A handle of one kind in another's place. */
  crm_fields *fields = NULL;
  crm_str text = {0};
  OK(crm_fields_new(&fields, &err));
  FAILS(CRM_E_INVALID, crm_record_text((const crm_record *)fields, 0, &text, &err));
  CHECK(crm_record_free((crm_record *)fields) == CRM_E_INVALID);
  CHECK(crm_fields_free(fields) == CRM_OK);
  FAILS(CRM_E_INVALID, crm_fields_new(NULL, &err));
  FAILS(CRM_E_INVALID, crm_fields_new((crm_fields **)(uintptr_t)3, &err));
}

int main(void) {
  CHECK(crm_abi_version() == CRM_ABI_VERSION);
  CHECK(strlen(crm_version_string()) >= 5);
  CHECK(crm_cstr(NULL).len == 0 && crm_cstr("Ada").len == 3);
  for (int again = 0; again < 2; again++) {
    values();
    catalogue();
    errors();
    no_handles_at_all();
  }
  return 0;
}
