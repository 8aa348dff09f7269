/* CSV in and out: a dry run, an import with new customers, bad rows told, an export that changes nothing when it comes back. */
#include "check.h"

static crm_error *err = NULL;

static const char *const DEALS =
    "Deal,Customer,Value,Closes\n"
    "Fleet lease,Azure Bakery,\"12000,50\",15.04.2026\n"
    "Spare parts,Azure Bakery,,\n"
    "Ovens,Brook Cycles,a lot,\n";

static const crm_pair MAPPING[] = {
    {{"Deal", 4}, {"name", 4}},
    {{"Customer", 8}, {"partner_id.name", 15}},
    {{"Value", 5}, {"expected_revenue", 16}},
    {{"Closes", 6}, {"date_deadline", 13}},
};
static const crm_pair POLICY[] = {{{"partner_id", 10}, {"create", 6}}};

static crm_import_options deals(void) {
  crm_import_options options;
  crm_import_options_init(&options, sizeof options);
  options.kind = CRM_KIND_LEAD;
  options.data = S(DEALS);
  options.mapping = MAPPING;
  options.mapping_count = 4;
  options.policy = POLICY;
  options.policy_count = 1;
  options.decimal = S(",");
  options.date_format = S("%d.%m.%Y");
  return options;
}

static int64_t count(const crm_frame *frame, const char *name) {
  size_t column = 0;
  int64_t value = -1;
  OK(crm_frame_column(frame, S(name), &column, &err));
  OK(crm_frame_i64(frame, 0, column, &value, &err));
  return value;
}

static int64_t leads(crm_session *s) {
  int64_t value = -1;
  OK(crm_lead_count(s, S(""), &value, &err));
  return value;
}

static void importing(crm_session *s) {
  crm_import_options options = deals();
  crm_frame *report = NULL, *problems = NULL;
  crm_str plan = {0}, hint = {0};
  char dry_plan[256];
  options.flags = CRM_IMPORT_DRY_RUN;
  OK(crm_csv_import(s, &options, &report, NULL, &err));
  CHECK(count(report, "created") == 2 && count(report, "failed") == 1 && leads(s) == 0);
  OK(crm_frame_text(report, 0, 6, &plan, &err));
  snprintf(dry_plan, sizeof dry_plan, "%s", plan.data);
  CHECK(crm_frame_free(report) == CRM_OK);

  options.flags = CRM_IMPORT_ABORT;
  CHECK(crm_csv_import(s, &options, &report, NULL, &err) == CRM_E_INVALID);
  CHECK(strstr(crm_error_message(err).data, "a lot") != NULL);
  CHECK(crm_error_free(err) == CRM_OK);
  err = NULL;
  CHECK(leads(s) == 0);

  options.flags = 0;
  OK(crm_csv_import(s, &options, &report, &problems, &err));
  CHECK(count(report, "rows") == 3 && count(report, "created") == 2 && leads(s) == 2);
  OK(crm_frame_text(report, 0, 6, &plan, &err));
  CHECK(is(plan, dry_plan));
  CHECK(crm_frame_rows(problems) == 1 && count(problems, "record") == 3 && count(problems, "line") == 4);
  size_t column = 0;
  OK(crm_frame_column(problems, S("value"), &column, &err));
  OK(crm_frame_text(problems, 0, column, &hint, &err));
  CHECK(is(hint, "a lot"));
  CHECK(crm_frame_free(report) == CRM_OK && crm_frame_free(problems) == CRM_OK);
}

static bool stop(void *user_data, uint64_t done, uint64_t total) {
  (void)done;
  (void)total;
  *(bool *)user_data = true;
  return false;
}

static void cancelling(crm_session *s) {
  crm_import_options options;
  crm_frame *report = NULL;
  bool called = false;
  enum { ROWS = 20000 };
  char *text = malloc(16 + ROWS * 8);
  CHECK(text != NULL);
  size_t end = (size_t)sprintf(text, "name\n");
  for (int row = 0; row < ROWS; row++) {
    end += (size_t)sprintf(text + end, "D%d\n", row);
  }
  crm_import_options_init(&options, sizeof options);
  options.kind = CRM_KIND_LEAD;
  options.data = S(text);
  options.progress = stop;
  options.user_data = &called;
  FAILS(CRM_E_CANCELLED, crm_csv_import(s, &options, &report, NULL, &err));
  CHECK(called && report == NULL && leads(s) == 2);
  free(text);
}

/* A callback works within the call that calls it: the same database answers it with a conflict, at once. */
static int meddled = 0;
static crm_db *database = NULL;

static bool meddle(void *user_data, uint64_t done, uint64_t total) {
  crm_error *own = NULL;
  crm_fields *given = NULL;
  crm_record *record = NULL;
  (void)done;
  (void)total;
  CHECK(crm_fields_new(&given, &own) == CRM_OK);
  CHECK(crm_fields_set_text(given, S("name"), S("Meddler"), &own) == CRM_OK);
  CHECK(crm_lead_create((crm_session *)user_data, given, &record, &own) == CRM_E_CONFLICT);
  CHECK(crm_error_free(own) == CRM_OK && crm_fields_free(given) == CRM_OK);
  own = NULL;
  /* Questions, ends and openings too; only a wish to stop is heard. */
  crm_session *s = (crm_session *)user_data, *other = NULL;
  crm_frame *problems = NULL;
  crm_db *second = NULL;
  int64_t number = 0;
  const crm_status told[] = {
      crm_lead_count(s, S(""), &number, NULL),
      crm_commit(s, NULL),
      crm_session_close(s),
      crm_session_open(database, S(""), NULL, &other, NULL),
      crm_verify(database, &problems, NULL),
      crm_close(database, NULL),
      crm_db_release(database),
      crm_open(S(":memory:"), NULL, &second, NULL),
  };
  for (size_t at = 0; at < sizeof told / sizeof *told; at++) {
    CHECK(told[at] == CRM_E_CONFLICT);
  }
  meddled++;
  return true;
}

static void meddling(crm_session *s) {
  crm_import_options options = deals();
  crm_frame *report = NULL;
  options.flags = CRM_IMPORT_DRY_RUN;
  options.progress = meddle;
  options.user_data = s;
  OK(crm_csv_import(s, &options, &report, NULL, &err));
  CHECK(meddled > 0 && crm_frame_free(report) == CRM_OK && leads(s) == 2);
}

static void exporting(crm_session *s, const char *folder) {
  char path[4096];
  int64_t rows = 0;
  crm_import_options options;
  crm_frame *report = NULL;
  snprintf(path, sizeof path, "%s/deals.csv", folder);
  OK(crm_csv_export(s, CRM_KIND_LEAD, S(path), S(""), S("name, expected_revenue"), 0, &rows, &err));
  CHECK(rows == 2);
  char text[256] = {0};
  FILE *file = fopen(path, "rb");
  CHECK(file != NULL && fread(text, 1, sizeof text - 1, file) > 0 && fclose(file) == 0);
  CHECK(strcmp(text, "name,expected_revenue\nFleet lease,12000.50\nSpare parts,0.00\n") == 0);

  const uint64_t safe = CRM_EXPORT_SAFE_FOR_SPREADSHEETS;
  FAILS(CRM_E_INVALID, crm_csv_export(s, CRM_KIND_LEAD, S(path), S(""), S("name"), 8, &rows, &err));
  OK(crm_csv_export(s, CRM_KIND_LEAD, S(path), S(""), S(""), safe, &rows, &err));
  crm_import_options_init(&options, sizeof options);
  options.flags = CRM_IMPORT_SAFE_FOR_SPREADSHEETS;
  options.kind = CRM_KIND_LEAD;
  options.path = S(path);
  OK(crm_csv_import(s, &options, &report, NULL, &err));
  CHECK(count(report, "unchanged") == 2 && count(report, "created") == 0 && leads(s) == 2);
  CHECK(crm_frame_free(report) == CRM_OK);
}

/* What stands under the name is never lost: a crm file is refused, open or not. */
static int64_t told;

static bool count_rows(void *seen, uint64_t done, uint64_t total) {
  CHECK(done <= total);
  told = (int64_t)total;
  return seen == NULL;
}

/* A whole database at another place. */
static void moves(const char *from, const char *folder) {
  char to[4096];
  crm_frame *report = NULL;
  snprintf(to, sizeof to, "%s/moved.crm", folder);
  FAILS(CRM_E_CANCELLED, crm_copy(S(from), S(to), count_rows, &told, &report, &err));
  CHECK(report == NULL && fopen(to, "rb") == NULL);
  OK(crm_copy(S(from), S(to), count_rows, NULL, &report, &err));
  CHECK(told > 0 && crm_frame_rows(report) > 20 && crm_frame_columns(report) == 3);
  CHECK(crm_frame_free(report) == CRM_OK);
  report = NULL;
  FAILS(CRM_E_CONFLICT, crm_copy(S(from), S(to), NULL, NULL, &report, &err));
  FAILS(CRM_E_NOT_FOUND, crm_copy(S("/nowhere/at/all"), S(to), NULL, NULL, &report, &err));
  FAILS(CRM_E_INVALID, crm_copy(S(from), S(":memory:"), NULL, NULL, &report, &err));
  FAILS(CRM_E_INVALID, crm_copy(S(""), S(to), NULL, NULL, &report, &err));
  FAILS(CRM_E_INVALID, crm_copy(S(from), S(to), NULL, NULL, NULL, &err));
}

static void exporting_over(crm_session *s, const char *folder) {
  char path[4096];
  int64_t rows = -1;
  crm_frame *problems = NULL;
  snprintf(path, sizeof path, "%s/csv.crm", folder);
  FAILS(CRM_E_CONFLICT, crm_csv_export(s, CRM_KIND_LEAD, S(path), S(""), S("name"), 0, &rows, &err));
  OK(crm_verify(database, &problems, &err));
  CHECK(rows == -1 && crm_frame_rows(problems) == 0 && crm_frame_free(problems) == CRM_OK && leads(s) == 2);
  snprintf(path, sizeof path, "%s/copy.crm", folder);
  OK(crm_backup(database, S(path), NULL, NULL, &err));
  FAILS(CRM_E_CONFLICT, crm_backup(database, S(path), NULL, NULL, &err));
  FAILS(CRM_E_INVALID, crm_backup(database, S(":memory:"), NULL, NULL, &err));
  moves(path, folder);
  FAILS(CRM_E_CONFLICT, crm_csv_export(s, CRM_KIND_LEAD, S(path), S(""), S("name"), 0, &rows, &err));
}

static void nonsense(crm_session *s, const char *folder) {
  crm_import_options options = deals();
  crm_frame *report = NULL, *problems = NULL;
  int64_t rows = -1;
  char path[4096];
  FAILS(CRM_E_INVALID, crm_csv_import(s, &options, NULL, &problems, &err));
  FAILS(CRM_E_INVALID, crm_csv_import(NULL, &options, &report, &problems, &err));
  FAILS(CRM_E_INVALID, crm_csv_import(s, NULL, &report, &problems, &err)); /* no kind */
  options.flags = 64;
  FAILS(CRM_E_INVALID, crm_csv_import(s, &options, &report, &problems, &err));
  options = deals();
  options.path = S("/both/path/and.data");
  FAILS(CRM_E_INVALID, crm_csv_import(s, &options, &report, &problems, &err));
  options.data = S("");
  FAILS(CRM_E_HOST, crm_csv_import(s, &options, &report, &problems, &err));
  options = deals();
  options.decimal = S("..");
  FAILS(CRM_E_INVALID, crm_csv_import(s, &options, &report, &problems, &err));
  options = deals();
  options.mapping = NULL;
  FAILS(CRM_E_INVALID, crm_csv_import(s, &options, &report, &problems, &err));
  options = deals();
  options.policy = MAPPING;
  FAILS(CRM_E_INVALID, crm_csv_import(s, &options, &report, &problems, &err));
  options = deals();
  options.data = (crm_str){"Deal,Customer\n\xff\n", 16};
  FAILS(CRM_E_INVALID, crm_csv_import(s, &options, &report, &problems, &err));
  options = deals();
  options.kind = 77;
  FAILS(CRM_E_INVALID, crm_csv_import(s, &options, &report, &problems, &err));

  snprintf(path, sizeof path, "%s/no/such/folder.csv", folder);
  FAILS(CRM_E_HOST, crm_csv_export(s, CRM_KIND_LEAD, S(path), S(""), S(""), 0, &rows, &err));
  FAILS(CRM_E_INVALID, crm_csv_export(s, CRM_KIND_LEAD, S(""), S(""), S(""), 0, &rows, &err));
  FAILS(CRM_E_INVALID, crm_csv_export(s, CRM_KIND_LEAD, S(path), S(""), S(""), 0, NULL, &err));
  snprintf(path, sizeof path, "%s/kept.csv", folder);
  OK(crm_csv_export(s, CRM_KIND_LEAD, S(path), S(""), S("name"), 0, &rows, &err));
  FAILS(CRM_E_INVALID, crm_csv_export(s, CRM_KIND_LEAD, S(path), S(""), S("nmae"), 0, &rows, &err));
  FILE *file = fopen(path, "rb");
  CHECK(file != NULL && fclose(file) == 0); /* a failure leaves the file that was there */
  snprintf(path, sizeof path, "%s/kept.csv.part", folder);
  CHECK(fopen(path, "rb") == NULL);
  CHECK(report == NULL && problems == NULL && leads(s) == 2);
}

int main(int arguments, char **argument) {
  crm_db *db = NULL;
  crm_session *s = NULL;
  char path[4096];
  CHECK(arguments == 2);
  snprintf(path, sizeof path, "%s/csv.crm", argument[1]);
  OK(crm_open(S(path), NULL, &db, &err));
  database = db;
  OK(crm_session_open(db, S(""), NULL, &s, &err));
  importing(s);
  cancelling(s);
  meddling(s);
  exporting(s, argument[1]);
  exporting_over(s, argument[1]);
  nonsense(s, argument[1]);
  CHECK(crm_session_close(s) == CRM_OK && crm_db_release(db) == CRM_OK);
  return 0;
}
