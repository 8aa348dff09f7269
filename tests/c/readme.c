#include <stdio.h>
#include <string.h>
#include "crm.h"

static crm_str str(const char *text) { return (crm_str){text, strlen(text)}; }

int main(void) {
  crm_error *err = NULL;
  crm_db *db = NULL;
  crm_session *s = NULL;
  crm_fields *fields = NULL;
  crm_record *lease = NULL, *won = NULL;
  crm_frame *forecast = NULL;
  crm_status failed = crm_open(str(":memory:"), NULL, &db, &err);
  if (!failed) failed = crm_session_open(db, str(""), NULL, &s, &err);
  if (!failed) failed = crm_fields_new(&fields, &err);
  if (!failed) failed = crm_fields_set_text(fields, str("name"), str("Fleet lease"), &err);
  if (!failed) failed = crm_fields_set_decimal(fields, str("expected_revenue"), str("12000.00"), &err);
  if (!failed) failed = crm_lead_create(s, fields, &lease, &err);
  if (!failed) failed = crm_lead_mark_won(s, crm_record_id(lease), &won, &err);
  if (!failed) failed = crm_forecast_weighted(s, str("month"), str(""), str("UTC"), &forecast, &err);
  if (failed) fprintf(stderr, "%s\n", crm_error_message(err).data);
  else printf("%zu line\n", crm_frame_rows(forecast)); /* 1 line */
  crm_error_free(err);
  crm_frame_free(forecast);
  crm_record_free(won);
  crm_record_free(lease);
  crm_fields_free(fields);
  crm_session_close(s);
  crm_db_release(db);
  return failed;
}
