/* crm.h - the C ABI of the CRM engine: one library, one file, no server. C11, also C++17 (see crm.hpp).
 *
 * Written by cbindgen from crm-ffi/src; `CRM_UPDATE=1 cargo test -p crm-ffi --test header` writes it anew.
 *
 * STATUS AND ERRORS. A function that can fail answers a crm_status: CRM_OK or a CRM_E_ code; more codes may come, so keep a
 * `default:`. Its last parameter `err` may be NULL; otherwise it receives a crm_error on failure, and only then, without looking at
 * what was there: start with NULL, and end the error with crm_error_free. Other outputs are written on success only. Nothing is done
 * by halves: a call that fails has changed nothing.
 *
 * HANDLES come from one call and go to one crm_..._free, _close or _release, in any order; sessions keep their database, records and
 * frames need neither. They are numbers in the clothes of pointers: never follow one, never pass one to free(). NULL, a handle of
 * another kind and a handle that was released before are recognised, always, and answered by CRM_E_INVALID or CRM_E_CLOSED.
 * Ending NULL does nothing.
 *
 * POINTERS of yours (outputs, arrays, text, option structs) must be valid during the call. NULL and misaligned ones are refused;
 * other wild pointers cannot be recognised.
 *
 * TEXT is UTF-8 with a length. {NULL, 0} is the empty text; where a text is optional, the empty one means "not given". Text that is
 * not UTF-8 is refused. Text that you receive is borrowed from the object that the function's comment names, and ends with a NUL
 * byte outside `len`, so that printf("%s", text.data) works. crm_cstr("Ada") makes a crm_str.
 *
 * VALUES. Ids are positive numbers. Money is exact: decimal text in major units, or crm_money in minor units. Percent is decimal
 * text, or parts per million. Dates are days, instants are microseconds UTC. Omitted is not empty: a field that is not set keeps
 * its default or its value; a field that is set to null is emptied.
 *
 * OPTION STRUCTS begin with their size. Fill them with crm_..._options_init(&options, sizeof options), never by hand.
 *
 * THREADS. Any function may be called on any thread at any time, also on one handle at once: calls serialise, or run side by side as
 * readers. An open crm_begin belongs to the thread that called it: others on that session are told CRM_E_CONFLICT until it ends. A
 * crm_fields is yours to fill by one thread. Ending a handle while another thread still reads text that it lent is the one thing to avoid.
 *
 * ONE LIBRARY PER FILE AND PROCESS. Do not open the same file with another SQLite in the same process (Python's sqlite3, a second
 * copy of this library): POSIX file locks belong to the process, and closing one copy drops the locks of the other. Prefer the
 * shared library to the static one, whose SQLite can clash with the program's own.
 */

#ifndef CRM_H
#define CRM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The Arrow C stream interface; its definition comes with Arrow.
struct ArrowArrayStream;

// The ABI's number; a program compares it with `crm_abi_version()` when it starts. It rises when the ABI breaks.
#define CRM_ABI_VERSION 1

// A truth; `crm_record_bool`.
#define CRM_TYPE_BOOL 1

// A whole number or an id; `crm_record_i64`.
#define CRM_TYPE_INT 2

// A binary number; `crm_record_f64`.
#define CRM_TYPE_FLOAT 3

// Money in major units or percent; `crm_record_decimal_text`, `crm_record_money`, `crm_record_ppm`.
#define CRM_TYPE_DECIMAL 4

// Text, or the word of a choice; `crm_record_text`.
#define CRM_TYPE_TEXT 5

// A civil date; `crm_record_date_days`.
#define CRM_TYPE_DATE 6

// An instant; `crm_record_time_micros`.
#define CRM_TYPE_TIME 7

// Ids of several records; `crm_record_ids`.
#define CRM_TYPE_IDS 8

// Custom values by name; `crm_record_property_…`.
#define CRM_TYPE_PROPERTIES 9

// `crm_open_options.flags`: do not put stages, reasons and plans into a new file.
#define CRM_OPEN_BARE 1

// `crm_open_options.flags`: wait for the disk at every commit.
#define CRM_OPEN_FULL_SYNC 2

// `crm_score_options.set_mask`: `fields` is given; an empty list means the stage alone.
#define CRM_SCORE_FIELDS 1

// `flags` of a conversion: a lead without customer gets the one that it names, found or created.
#define CRM_CONVERT_CREATE_PARTNER 1

// `flags` of a conversion: leads are merged first with the open ones of the same address or customer.
#define CRM_CONVERT_DEDUPLICATE 2

// `flags` of a conversion: leads that have a salesperson keep salesperson and team.
#define CRM_CONVERT_KEEP_OWNERS 4

// `crm_score_options.set_mask`: `start_date_days` is given.
#define CRM_SCORE_START_DATE 2

// `crm_score_options.set_mask`: `model` is given.
#define CRM_SCORE_MODEL 4

// `crm_import_options.flags`: find out what would happen, and write nothing.
#define CRM_IMPORT_DRY_RUN 1

// `crm_import_options.flags`: the first bad row ends it all; otherwise bad rows are left out and told.
#define CRM_IMPORT_ABORT 2

// `crm_import_options.flags`: the file was written with `CRM_EXPORT_SAFE_FOR_SPREADSHEETS`.
#define CRM_IMPORT_SAFE_FOR_SPREADSHEETS 4

// `crm_csv_export`: a text that a spreadsheet would take for a formula gains an apostrophe in front.
#define CRM_EXPORT_SAFE_FOR_SPREADSHEETS 1

// What was given in the last 24 hours does not count, and leads of any age are given.
#define CRM_ASSIGN_FORCE 1

// A customer's lead goes to whom the rules say, whoever has the customer.
#define CRM_ASSIGN_WITHOUT_AFFINITY 2

// `crm_duplicates_find`, `crm_duplicates_scan`: lost leads too, archived opportunities and archived partners.
#define CRM_DUPLICATES_INCLUDE_LOST 1

// `crm_duplicates_find`: won leads too, and archived ones of any kind: everything there is.
#define CRM_DUPLICATES_INCLUDE_WON 2

// An open database; shared by any number of threads.
typedef struct crm_db crm_db;

// What went wrong in one call; it never changes.
typedef struct crm_error crm_error;

// Named values for `create` and `update`.
typedef struct crm_fields crm_fields;

// A table of typed columns.
typedef struct crm_frame crm_frame;

// A list of records.
typedef struct crm_list crm_list;

// One record as it was stored when the call answered; it never changes.
typedef struct crm_record crm_record;

// One database as one user; any threads, any time.
typedef struct crm_session crm_session;

// UTF-8 text, borrowed. `{NULL, 0}` is the empty text. What the library gives ends with a NUL byte outside `len`.
typedef struct {
  // The first byte.
  const char *data;
  // The number of bytes.
  size_t len;
} crm_str;

// What every fallible function answers: 0, or one of `CRM_E_…`. More codes may come: keep a `default:`.
typedef int32_t crm_status;

// How to open a database. Fill it with `crm_open_options_init`.
typedef struct {
  // Its size.
  size_t struct_size;
  // Of company 1 in a new file, ISO 4217; empty: EUR.
  crm_str currency;
  // `CRM_OPEN_…`.
  uint64_t flags;
  // How long a write waits for another process; 5000.
  uint32_t busy_timeout_ms;
  // How many threads may read a file at once for one call that goes through all leads: 0 for as many as the machine runs, 1 for the
  // calling thread alone, at most 8. What comes out is the same.
  uint32_t threads;
} crm_open_options;

// Told how far long work is; `false` cancels it, and nothing is written. It is called on the calling thread, sometimes within a
// transaction: calls on a database or a session answer `CRM_E_CONFLICT` there, except `crm_interrupt`; it must not throw or jump.
// `total` is 0 when it is not known.
typedef bool (*crm_progress_fn)(void *user_data, uint64_t done, uint64_t total);

// An amount: `{1250, 2, "EUR"}` is 12.50 EUR.
typedef struct {
  // Minor units, such as cents.
  int64_t minor;
  // Decimals of the currency.
  int32_t decimals;
  // ISO 4217, with a NUL behind it.
  char currency[4];
} crm_money;

// Ids, borrowed from the object that gave them.
typedef struct {
  // The first id.
  const int64_t *data;
  // How many.
  size_t len;
} crm_ids;

// Which records to find. Fill it with `crm_find_options_init`.
typedef struct {
  // Its size.
  size_t struct_size;
  // Such as `name ilike "%fleet%" and stage_id.is_won = false`, or canonical JSON; empty: every active record.
  crm_str filter;
  // Such as `priority desc, name`; empty: the kind's own order.
  crm_str order;
  // At most so many; -1: all.
  int64_t limit;
  // Leave out so many first.
  int64_t offset;
  // For frames, such as `name, partner_id.name, properties.Seats, external_id(erp)`; empty: every field.
  crm_str columns;
  // Null: as they are. Else leads as they were at that instant, in microseconds since 1970-01-01T00:00:00Z.
  const int64_t *as_of_micros;
  // `effective` (empty: so): what was true then; `known`: what was known then.
  crm_str axis;
} crm_find_options;

// A custom field to declare. Fill it with `crm_property_options_init`.
typedef struct {
  // Its size.
  size_t struct_size;
  // `CRM_KIND_LEAD` or `CRM_KIND_PARTNER`.
  int32_t kind;
  // 0.
  uint32_t reserved;
  // Its name: any text without control characters.
  crm_str name;
  // `text`, `number`, `date`, `boolean` or `selection`.
  crm_str value_type;
  // What people read; empty: its name.
  crm_str label;
  // What a selection may be.
  const crm_str *choices;
  // How many.
  size_t choice_count;
  // The teams that are shown it; none: all.
  const int64_t *team_ids;
  // How many.
  size_t team_count;
} crm_property_options;

// How leads are scored; what `set_mask` leaves out stays as it was. Fill it with `crm_score_options_init`.
typedef struct {
  // Its size.
  size_t struct_size;
  // `CRM_SCORE_…`.
  uint64_t set_mask;
  // Names of fields, such as `source_id` or `properties.Origin`.
  const crm_str *fields;
  // How many.
  size_t field_count;
  // Leads created before this day do not count; days since 1970-01-01.
  int64_t start_date_days;
  // `bayes`, `weighted`, `stage` or `base`.
  crm_str model;
} crm_score_options;

// A named text: a CSV column and the field it fills, a link and what to do when it leads nowhere.
typedef struct {
  // The name.
  crm_str name;
  // What it stands for.
  crm_str value;
} crm_pair;

// How to read a CSV file. Fill it with `crm_import_options_init`.
typedef struct {
  // Its size.
  size_t struct_size;
  // The kind of record, `CRM_KIND_…`.
  int32_t kind;
  // 0.
  uint32_t reserved;
  // The file; empty: `data` is read.
  crm_str path;
  // The CSV text itself.
  crm_str data;
  // Column → field, such as `Customer` → `partner_id.name`.
  const crm_pair *mapping;
  // How many.
  size_t mapping_count;
  // Field → `create`, `error` or `skip`: what to do when a link leads nowhere.
  const crm_pair *policy;
  // How many.
  size_t policy_count;
  // `CRM_IMPORT_…`.
  uint64_t flags;
  // Of instants without a zone; empty: UTC.
  crm_str zone;
  // The decimal sign; empty: a point.
  crm_str decimal;
  // Of dates; empty: `%Y-%m-%d`.
  crm_str date_format;
  // What stands between cells; empty: a comma.
  crm_str delimiter;
  // Told how far it is; may be null.
  crm_progress_fn progress;
  // Given to `progress`.
  void *user_data;
} crm_import_options;

// Done.
#define CRM_OK 0

// A value or a request that the rules refuse; the error names the field. Also null, bad UTF-8 and handles of the wrong kind.
#define CRM_E_INVALID 100

// No such record, or none that this user may see.
#define CRM_E_NOT_FOUND 200

// Visible, but not theirs to change.
#define CRM_E_DENIED 300

// Someone was faster, a unique name is taken, or the record is in use.
#define CRM_E_CONFLICT 400

// A limit of the library was reached; the message names it.
#define CRM_E_LIMIT 500

// The handle was closed or released.
#define CRM_E_CLOSED 600

// Cancelled or interrupted; nothing was written.
#define CRM_E_CANCELLED 601

// The database failed in another way than the next seven.
#define CRM_E_STORAGE 700

// Another writer held the file longer than the busy timeout; try again.
#define CRM_E_BUSY 701

// The file was written by a newer library.
#define CRM_E_NEWER 702

// The file is not one of ours.
#define CRM_E_NOT_OURS 703

// The file or its folder cannot be written.
#define CRM_E_READ_ONLY 704

// The file is damaged; nothing was touched.
#define CRM_E_CORRUPT 705

// The disk is full.
#define CRM_E_FULL 706

// The connection to the server was lost; try again.
#define CRM_E_LOST 707

// Unreadable CSV or filter text; the error has line and column.
#define CRM_E_FORMAT 800

// A callback of the host failed.
#define CRM_E_HOST 900

// A mistake of the library's.
#define CRM_E_BUG 999

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// The number of the library's ABI; a program that was compiled with another `CRM_ABI_VERSION` must not go on.
uint32_t crm_abi_version(void);

// The library's version, such as "0.1.0"; lives for ever.
const char *crm_version_string(void);

// A NUL-terminated string as a `crm_str` that borrows it; null is the empty text.
crm_str crm_cstr(const char *text);

// Its status code, as the failed call answered it; 0 for null.
crm_status crm_error_code(const crm_error *error);

// Its family in a word: invalid `not_found` denied conflict limit closed cancelled storage format host bug.
crm_str crm_error_kind(const crm_error *error);

// What was wrong, and what would be right. Lives as long as the error.
crm_str crm_error_message(const crm_error *error);

// The field to blame; empty if none is. Lives as long as the error.
crm_str crm_error_field(const crm_error *error);

// The kind of the record to blame, such as "lead"; empty if none is. Lives as long as the error.
crm_str crm_error_record_kind(const crm_error *error);

// The id of the record to blame; 0 if none is.
int64_t crm_error_record_id(const crm_error *error);

// Whether the same call may succeed when it is tried again unchanged.
bool crm_error_retryable(const crm_error *error);

// The line, from 1, of the text that could not be read; 0 if there is none.
uint64_t crm_error_line(const crm_error *error);

// The column, from 1, within that line; 0 if there is none.
uint64_t crm_error_column(const crm_error *error);

// Ends an error and the texts it gave. Null is fine; twice is `CRM_E_CLOSED`.
crm_status crm_error_free(crm_error *error);

// Fills the options with what they are unless said otherwise; pass `sizeof *options`.
void crm_open_options_init(crm_open_options *options, size_t struct_size);

// Opens a database, and makes it if it is not there. `target` is a path or ":memory:"; `options` may be null. End `out` with
// `crm_db_release`.
crm_status crm_open(crm_str target,
                    const crm_open_options *options,
                    crm_db **out,
                    crm_error **err);

// Closes the database for everyone, now: later calls on it and on its sessions answer `CRM_E_CLOSED`. Twice is fine.
crm_status crm_close(const crm_db *db,
                     crm_error **err);

// Ends the handle; the database stays open until its last session is closed. Null is fine; twice is `CRM_E_CLOSED`.
crm_status crm_db_release(crm_db *db);

// Stops what is running on the database, from any thread; it answers `CRM_E_CANCELLED` and has changed nothing.
crm_status crm_interrupt(const crm_db *db,
                         crm_error **err);

// Copies the database into a new file while it is in use; a file of that name is never overwritten (`CRM_E_CONFLICT`). `progress`
// may be null.
crm_status crm_backup(const crm_db *db,
                      crm_str target,
                      crm_progress_fn progress,
                      void *user_data,
                      crm_error **err);

// Moves a whole database to another place, which must hold none (`CRM_E_CONFLICT`): from a file to a server, back, or between two of a
// kind. `from` and `to` are what `crm_open` takes, but for ":memory:". Ids, history and the feed's numbers are kept. `progress` may be
// null; it counts rows, each as it is written and as it is read back. `out` has a row per table: `table`, `rows`, `digest`, which is
// the same for the same content everywhere. After a failure `to` holds nothing.
crm_status crm_copy(crm_str from,
                    crm_str to,
                    crm_progress_fn progress,
                    void *user_data,
                    crm_frame **out,
                    crm_error **err);

// What is wrong with the database, in words: a table with the column `problem`, one row each; no rows: it is sound.
crm_status crm_verify(const crm_db *db,
                      crm_frame **out,
                      crm_error **err);

// Counts anew what is kept beside the leads, for boards, forecasts and scores; `out` says what was wrong with it, as `crm_verify`
// does. Leads are never changed; damage of the file itself is not mended, that takes a backup.
crm_status crm_repair(const crm_db *db,
                      crm_frame **out,
                      crm_error **err);

// What happened after the entry `after` (0: from the start), at most `limit` entries: a table with the columns `seq`, `date`,
// `user_id`, `event`, `record_kind`, `record_id`, `data` (JSON).
crm_status crm_feed(const crm_db *db,
                    int64_t after,
                    int64_t limit,
                    crm_frame **out,
                    crm_error **err);

// The database as the user with that login; empty: the administrator. `now_micros` may be null (the clock) or point to the moment
// that the session takes for now, in microseconds since 1970-01-01T00:00:00Z. End `out` with `crm_session_close`.
crm_status crm_session_open(const crm_db *db,
                            crm_str user_login,
                            const int64_t *now_micros,
                            crm_session **out,
                            crm_error **err);

// The database as the user with that id. The rest is as for `crm_session_open`.
crm_status crm_session_open_id(const crm_db *db,
                               int64_t user_id,
                               const int64_t *now_micros,
                               crm_session **out,
                               crm_error **err);

// Ends a session; what an open `crm_begin` did is undone. Null is fine; twice is `CRM_E_CLOSED`.
crm_status crm_session_close(crm_session *session);

// Joins the verbs that follow, until `crm_commit` or `crm_rollback`, in one transaction. It belongs to the calling thread: on this
// session others are told `CRM_E_CONFLICT` until it ends.
crm_status crm_begin(const crm_session *session,
                     crm_error **err);

// Keeps what was done since `crm_begin`.
crm_status crm_commit(const crm_session *session, crm_error **err);

// Undoes what was done since `crm_begin`.
crm_status crm_rollback(const crm_session *session, crm_error **err);

// The name of a kind of record, such as "lead"; empty for nonsense. Lives for ever.
crm_str crm_kind_name(int32_t kind_number);

// One more than the greatest field number of a kind; 0 for nonsense.
uint32_t crm_field_count(int32_t kind_number);

// The name of a field, such as `stage_id`; empty for numbers without a shown field. Lives for ever.
crm_str crm_field_name(int32_t kind_number, uint32_t field);

// The type of a field, `CRM_TYPE_…`; 0 for numbers without a shown field.
int32_t crm_field_type(int32_t kind_number, uint32_t field);

// The number of a field by its name.
crm_status crm_field_number(int32_t kind_number, crm_str name, uint32_t *out, crm_error **err);

// No values yet. Release it with `crm_fields_free`.
crm_status crm_fields_new(crm_fields **out, crm_error **err);

// Forgets all values, to start anew.
crm_status crm_fields_clear(crm_fields *fields, crm_error **err);

// Empties a field.
crm_status crm_fields_set_null(crm_fields *fields, crm_str name, crm_error **err);

// A truth.
crm_status crm_fields_set_bool(crm_fields *fields, crm_str name, bool value, crm_error **err);

// A whole number, the id of a record, or an amount in whole major units.
crm_status crm_fields_set_i64(crm_fields *fields, crm_str name, int64_t value, crm_error **err);

// A finite float. For money and percent prefer `crm_fields_set_decimal`.
crm_status crm_fields_set_f64(crm_fields *fields, crm_str name, double value, crm_error **err);

// An exact number written out: money in major units ("1250.50"), percent ("12.5").
crm_status crm_fields_set_decimal(crm_fields *fields, crm_str name, crm_str value, crm_error **err);

// Text, or the word of a choice. It is copied.
crm_status crm_fields_set_text(crm_fields *fields, crm_str name, crm_str value, crm_error **err);

// A civil date.
crm_status crm_fields_set_date(crm_fields *fields,
                               crm_str name,
                               int32_t year,
                               uint32_t month,
                               uint32_t day,
                               crm_error **err);

// An instant in microseconds since 1970-01-01T00:00:00Z.
crm_status crm_fields_set_time(crm_fields *fields, crm_str name, int64_t micros, crm_error **err);

// Ids of several records, such as `tag_ids`. They are copied.
crm_status crm_fields_set_ids(crm_fields *fields,
                              crm_str name,
                              const int64_t *ids,
                              size_t count,
                              crm_error **err);

// Clears a custom value.
crm_status crm_fields_set_property_null(crm_fields *fields, crm_str name, crm_error **err);

// A custom truth.
crm_status crm_fields_set_property_bool(crm_fields *fields,
                                        crm_str name,
                                        bool value,
                                        crm_error **err);

// A custom number.
crm_status crm_fields_set_property_f64(crm_fields *fields,
                                       crm_str name,
                                       double value,
                                       crm_error **err);

// A custom text, or the word of a selection.
crm_status crm_fields_set_property_text(crm_fields *fields,
                                        crm_str name,
                                        crm_str value,
                                        crm_error **err);

// A custom civil date.
crm_status crm_fields_set_property_date(crm_fields *fields,
                                        crm_str name,
                                        int32_t year,
                                        uint32_t month,
                                        uint32_t day,
                                        crm_error **err);

// What another system calls the record: `crm_…_get_external(session, system, external_id, …)` finds it again. An update puts it
// in place of what that system called the record before.
crm_status crm_fields_set_external_id(crm_fields *fields,
                                      crm_str system,
                                      crm_str external_id,
                                      crm_error **err);

// The version that the caller has seen: an update answers `CRM_E_CONFLICT` if the record has another.
crm_status crm_fields_set_expected_version(crm_fields *fields,
                                           int64_t version,
                                           crm_error **err);

// Ends the fields. Null is fine; twice is `CRM_E_CLOSED`.
crm_status crm_fields_free(crm_fields *fields);

// The record's id; 0 for nonsense.
int64_t crm_record_id(const crm_record *record);

// The record's kind, `CRM_KIND_…`; -1 for nonsense.
int32_t crm_record_kind(const crm_record *record);

// Whether the field is empty.
crm_status crm_record_is_null(const crm_record *record, uint32_t field, bool *out, crm_error **err);

// A truth.
crm_status crm_record_bool(const crm_record *record, uint32_t field, bool *out, crm_error **err);

// A whole number, or the id of a record.
crm_status crm_record_i64(const crm_record *record, uint32_t field, int64_t *out, crm_error **err);

// Any number as the nearest float: for charts, not for sums.
crm_status crm_record_f64(const crm_record *record, uint32_t field, double *out, crm_error **err);

// Text, or the word of a choice. Lives as long as the record.
crm_status crm_record_text(const crm_record *record, uint32_t field, crm_str *out, crm_error **err);

// An exact number as text: money in major units ("1250.50"), percent ("12.5000"). Lives as long as the record.
crm_status crm_record_decimal_text(const crm_record *record,
                                   uint32_t field,
                                   crm_str *out,
                                   crm_error **err);

// Money in minor units with its currency.
crm_status crm_record_money(const crm_record *record,
                            uint32_t field,
                            crm_money *out,
                            crm_error **err);

// A percentage in parts per million: 125000 is 12.5 %.
crm_status crm_record_ppm(const crm_record *record, uint32_t field, int64_t *out, crm_error **err);

// A civil date in days since 1970-01-01.
crm_status crm_record_date_days(const crm_record *record,
                                uint32_t field,
                                int64_t *out,
                                crm_error **err);

// An instant in microseconds since 1970-01-01T00:00:00Z.
crm_status crm_record_time_micros(const crm_record *record,
                                  uint32_t field,
                                  int64_t *out,
                                  crm_error **err);

// Ids of several records, ascending. They live as long as the record.
crm_status crm_record_ids(const crm_record *record, uint32_t field, crm_ids *out, crm_error **err);

// As `crm_record_text`, by name.
crm_status crm_record_get_text(const crm_record *record,
                               crm_str name,
                               crm_str *out,
                               crm_error **err);

// As `crm_record_i64`, by name.
crm_status crm_record_get_i64(const crm_record *record,
                              crm_str name,
                              int64_t *out,
                              crm_error **err);

// As `crm_record_decimal_text`, by name.
crm_status crm_record_get_decimal_text(const crm_record *record,
                                       crm_str name,
                                       crm_str *out,
                                       crm_error **err);

// The whole record as a JSON object: decimals, dates and instants as text. Lives as long as the record.
crm_status crm_record_json(const crm_record *record,
                           crm_str *out,
                           crm_error **err);

// Ends a record and the texts it gave. Null is fine; twice is `CRM_E_CLOSED`; a list's record is `CRM_E_INVALID`.
crm_status crm_record_free(crm_record *record);

// How many custom values the record has; 0 for nonsense.
size_t crm_record_property_count(const crm_record *record);

// The name of the custom value at `index`, from 0, in alphabetical order. Lives as long as the record.
crm_status crm_record_property_name(const crm_record *record,
                                    size_t index,
                                    crm_str *out,
                                    crm_error **err);

// Whether the record lacks that custom value.
crm_status crm_record_property_is_null(const crm_record *record,
                                       crm_str name,
                                       bool *out,
                                       crm_error **err);

// A custom truth.
crm_status crm_record_property_bool(const crm_record *record,
                                    crm_str name,
                                    bool *out,
                                    crm_error **err);

// A custom number.
crm_status crm_record_property_f64(const crm_record *record,
                                   crm_str name,
                                   double *out,
                                   crm_error **err);

// A custom text, or the word of a selection. Lives as long as the record.
crm_status crm_record_property_text(const crm_record *record,
                                    crm_str name,
                                    crm_str *out,
                                    crm_error **err);

// A custom date in days since 1970-01-01.
crm_status crm_record_property_date_days(const crm_record *record,
                                         crm_str name,
                                         int64_t *out,
                                         crm_error **err);

// How many records it has; 0 for nonsense.
size_t crm_list_len(const crm_list *list);

// The id of the record at `index`, from 0; 0 outside.
int64_t crm_list_id(const crm_list *list, size_t index);

// The record at `index`, from 0. It belongs to the list and goes with it.
crm_status crm_list_at(const crm_list *list, size_t index, const crm_record **out, crm_error **err);

// Ends a list, its records and the texts they gave. Null is fine; twice is `CRM_E_CLOSED`.
crm_status crm_list_free(crm_list *list);

// How many rows it has; 0 for nonsense.
size_t crm_frame_rows(const crm_frame *frame);

// How many columns it has; 0 for nonsense.
size_t crm_frame_columns(const crm_frame *frame);

// The name of a column; empty outside. Lives as long as the frame.
crm_str crm_frame_name(const crm_frame *frame, size_t column);

// The type of a column, `CRM_TYPE_…`; 0 outside.
int32_t crm_frame_type(const crm_frame *frame, size_t column);

// The number of the column of that name.
crm_status crm_frame_column(const crm_frame *frame, crm_str name, size_t *out, crm_error **err);

// Whether the cell is empty.
crm_status crm_frame_is_null(const crm_frame *frame,
                             size_t row,
                             size_t column,
                             bool *out,
                             crm_error **err);

// A truth.
crm_status crm_frame_bool(const crm_frame *frame,
                          size_t row,
                          size_t column,
                          bool *out,
                          crm_error **err);

// A whole number, or the id of a record.
crm_status crm_frame_i64(const crm_frame *frame,
                         size_t row,
                         size_t column,
                         int64_t *out,
                         crm_error **err);

// Any number as the nearest float: for charts, not for sums.
crm_status crm_frame_f64(const crm_frame *frame,
                         size_t row,
                         size_t column,
                         double *out,
                         crm_error **err);

// Text, or the word of a choice. Lives as long as the frame.
crm_status crm_frame_text(const crm_frame *frame,
                          size_t row,
                          size_t column,
                          crm_str *out,
                          crm_error **err);

// An exact number as text. Lives as long as the frame.
crm_status crm_frame_decimal_text(const crm_frame *frame,
                                  size_t row,
                                  size_t column,
                                  crm_str *out,
                                  crm_error **err);

// A civil date in days since 1970-01-01.
crm_status crm_frame_date_days(const crm_frame *frame,
                               size_t row,
                               size_t column,
                               int64_t *out,
                               crm_error **err);

// An instant in microseconds since 1970-01-01T00:00:00Z.
crm_status crm_frame_time_micros(const crm_frame *frame,
                                 size_t row,
                                 size_t column,
                                 int64_t *out,
                                 crm_error **err);

// Ids of several records. They live as long as the frame.
crm_status crm_frame_ids(const crm_frame *frame,
                         size_t row,
                         size_t column,
                         crm_ids *out,
                         crm_error **err);

// The whole frame as an Arrow C stream of one batch. The caller ends it by its `release`; it outlives the frame and the database.
crm_status crm_frame_arrow(const crm_frame *frame,
                           struct ArrowArrayStream *out,
                           crm_error **err);

// Ends a frame and the texts it gave. Null is fine; twice is `CRM_E_CLOSED`.
crm_status crm_frame_free(crm_frame *frame);

// Fills the options with what they are unless said otherwise; pass `sizeof *options`.
void crm_find_options_init(crm_find_options *options, size_t struct_size);

// Creates a lead. `out` receives it as stored; end it with `crm_record_free`.
crm_status crm_lead_create(const crm_session *session,
                           const crm_fields *fields,
                           crm_record **out,
                           crm_error **err);

// Creates several, all or none. `out` receives them in the same order; end it with `crm_list_free`.
crm_status crm_lead_create_many(const crm_session *session,
                                const crm_fields *const *fields,
                                size_t count,
                                crm_list **out,
                                crm_error **err);

// The lead with that id, archived or not.
crm_status crm_lead_get(const crm_session *session, int64_t id, crm_record **out, crm_error **err);

// The lead that another system knows by that id.
crm_status crm_lead_get_external(const crm_session *session,
                                 crm_str system,
                                 crm_str external_id,
                                 crm_record **out,
                                 crm_error **err);

// What the options look for; null: all active ones. End `out` with `crm_list_free`.
crm_status crm_lead_find(const crm_session *session,
                         const crm_find_options *find,
                         crm_list **out,
                         crm_error **err);

// How many match the filter; empty: all active ones.
crm_status crm_lead_count(const crm_session *session,
                          crm_str filter,
                          int64_t *out,
                          crm_error **err);

// As `crm_lead_find`, as a table with the columns asked for. End `out` with `crm_frame_free`.
crm_status crm_lead_frame(const crm_session *session,
                          const crm_find_options *find,
                          crm_frame **out,
                          crm_error **err);

// Changes the fields that are set, and no other. `out` receives the lead as stored.
crm_status crm_lead_update(const crm_session *session,
                           int64_t id,
                           const crm_fields *fields,
                           crm_record **out,
                           crm_error **err);

// Changes several in the same way, all or none.
crm_status crm_lead_update_many(const crm_session *session,
                                const int64_t *ids,
                                size_t count,
                                const crm_fields *fields,
                                crm_list **out,
                                crm_error **err);

// Deletes a lead; `CRM_E_CONFLICT` while others refer to it.
crm_status crm_lead_delete(const crm_session *session, int64_t id, crm_error **err);

// Deletes several, all or none.
crm_status crm_lead_delete_many(const crm_session *session,
                                const int64_t *ids,
                                size_t count,
                                crm_error **err);

// Wins a lead: in the first won stage its team can use, closed now. Winning twice changes nothing.
crm_status crm_lead_mark_won(const crm_session *session,
                             int64_t id,
                             crm_record **out,
                             crm_error **err);

// As `crm_lead_mark_won`, on several.
crm_status crm_lead_mark_won_many(const crm_session *session,
                                  const int64_t *ids,
                                  size_t count,
                                  crm_list **out,
                                  crm_error **err);

// Loses a lead: archived, with a reason (0: none) and a note (empty: none), which becomes a message of the lead (`crm_chatter_list`) and
// is read in the feed: `note` in the data of the entry `lead.lost`, or of `lead.changed` if the lead was lost before.
crm_status crm_lead_mark_lost(const crm_session *session,
                              int64_t id,
                              int64_t lost_reason_id,
                              crm_str note,
                              crm_record **out,
                              crm_error **err);

// As `crm_lead_mark_lost`, on several.
crm_status crm_lead_mark_lost_many(const crm_session *session,
                                   const int64_t *ids,
                                   size_t count,
                                   int64_t lost_reason_id,
                                   crm_str note,
                                   crm_list **out,
                                   crm_error **err);

// Takes a won or lost lead back into the pipeline.
crm_status crm_lead_reopen(const crm_session *session,
                           int64_t id,
                           crm_record **out,
                           crm_error **err);

// As `crm_lead_reopen`, on several.
crm_status crm_lead_reopen_many(const crm_session *session,
                                const int64_t *ids,
                                size_t count,
                                crm_list **out,
                                crm_error **err);

// Hides a lead; its outcome stays.
crm_status crm_lead_archive(const crm_session *session,
                            int64_t id,
                            crm_record **out,
                            crm_error **err);

// As `crm_lead_archive`, on several.
crm_status crm_lead_archive_many(const crm_session *session,
                                 const int64_t *ids,
                                 size_t count,
                                 crm_list **out,
                                 crm_error **err);

// Shows an archived lead again; a lost one is reopened instead.
crm_status crm_lead_restore(const crm_session *session,
                            int64_t id,
                            crm_record **out,
                            crm_error **err);

// As `crm_lead_restore`, on several.
crm_status crm_lead_restore_many(const crm_session *session,
                                 const int64_t *ids,
                                 size_t count,
                                 crm_list **out,
                                 crm_error **err);

// Moves a lead into a stage; a won stage wins it.
crm_status crm_lead_move_to(const crm_session *session,
                            int64_t id,
                            int64_t stage_id,
                            crm_record **out,
                            crm_error **err);

// As `crm_lead_move_to`, on several.
crm_status crm_lead_move_to_many(const crm_session *session,
                                 const int64_t *ids,
                                 size_t count,
                                 int64_t stage_id,
                                 crm_list **out,
                                 crm_error **err);

// Makes a lead an opportunity, with a customer, a salesperson and a team (0: as they are).
crm_status crm_lead_convert(const crm_session *session,
                            int64_t id,
                            int64_t partner_id,
                            int64_t user_id,
                            int64_t team_id,
                            crm_record **out,
                            crm_error **err);

// As `crm_lead_convert`, on several.
crm_status crm_lead_convert_many(const crm_session *session,
                                 const int64_t *ids,
                                 size_t count,
                                 int64_t partner_id,
                                 int64_t user_id,
                                 int64_t team_id,
                                 crm_list **out,
                                 crm_error **err);

// Gives a lead to a salesperson and a team (0: nobody, none).
crm_status crm_lead_assign_to(const crm_session *session,
                              int64_t id,
                              int64_t user_id,
                              int64_t team_id,
                              crm_record **out,
                              crm_error **err);

// As `crm_lead_assign_to`, on several.
crm_status crm_lead_assign_to_many(const crm_session *session,
                                   const int64_t *ids,
                                   size_t count,
                                   int64_t user_id,
                                   int64_t team_id,
                                   crm_list **out,
                                   crm_error **err);

// Makes a new open lead out of one. `out` receives the copy.
crm_status crm_lead_copy(const crm_session *session, int64_t id, crm_record **out, crm_error **err);

// As `crm_lead_copy`, on several.
crm_status crm_lead_copy_many(const crm_session *session,
                              const int64_t *ids,
                              size_t count,
                              crm_list **out,
                              crm_error **err);

// What leads would tell their customers if what they say of their contact were written again: a row for each that has a customer, with
// `lead_id`, `partner_id`, `partner_email_update`, `partner_phone_update`. End `out` with `crm_frame_free`.
crm_status crm_lead_partner_updates(const crm_session *session,
                                    const int64_t *ids,
                                    size_t count,
                                    crm_frame **out,
                                    crm_error **err);

// Every interval of a lead's life in the pipeline, oldest first. End `out` with `crm_frame_free`.
crm_status crm_lead_history(const crm_session *session,
                            int64_t id,
                            crm_frame **out,
                            crm_error **err);

// The lead with that id as it was at an instant, in microseconds since 1970-01-01T00:00:00Z, by what is known now (`axis` empty or
// `effective`) or was known then (`known`). What has no history, such as its name, is as it is now.
crm_status crm_lead_get_as_of(const crm_session *session,
                              int64_t id,
                              int64_t as_of_micros,
                              crm_str axis,
                              crm_record **out,
                              crm_error **err);

// How many leads matched the filter at an instant; as `crm_lead_get_as_of`.
crm_status crm_lead_count_as_of(const crm_session *session,
                                crm_str filter,
                                int64_t as_of_micros,
                                crm_str axis,
                                int64_t *out,
                                crm_error **err);

// What `crm_lead_merge` will do with these leads; writes nothing. Rows of `what`: `head` (the lead that is kept), `merged` (one that goes),
// `field` (what the kept lead will be, and in `record_id` of whom that is), `dropped` (what is not kept of whom), `moved` (`count` rows
// that hang on a lead and move). `name` is the field, or the table of the rows; `value` is text. End `out` with `crm_frame_free`.
crm_status crm_lead_plan_merge(const crm_session *session,
                               const int64_t *ids,
                               size_t count,
                               int64_t user_id,
                               int64_t team_id,
                               crm_frame **out,
                               crm_error **err);

// Makes one lead of several, of that salesperson and team (0: as the leads say). `merge_id` receives the number by which it can be taken
// back, `out` the lead that was kept; the ids of the others go on naming it.
crm_status crm_lead_merge(const crm_session *session,
                          const int64_t *ids,
                          size_t count,
                          int64_t user_id,
                          int64_t team_id,
                          int64_t *merge_id,
                          crm_record **out,
                          crm_error **err);

// Makes one lead of each of several sets, all or none: `sizes` says how many of `ids` are in each, one set behind the other. A row per
// set: `merge_id`, `head` (the lead that was kept). End `out` with `crm_frame_free`.
crm_status crm_lead_merge_clusters(const crm_session *session,
                                   const int64_t *ids,
                                   size_t count,
                                   const size_t *sizes,
                                   size_t clusters,
                                   int64_t user_id,
                                   int64_t team_id,
                                   crm_frame **out,
                                   crm_error **err);

// Takes a merge back. A row per conflict, none if everything is as it was: `record` (its kind), `record_id`, `field`, and as text what it
// was `before`, what was `merged`, and what it is `now` and stays, since it has changed in the meantime. End `out` with `crm_frame_free`.
crm_status crm_lead_unmerge(const crm_session *session,
                            int64_t merge_id,
                            crm_frame **out,
                            crm_error **err);

// The merges that there were, the newest first and at most `limit` of them (0: all): those that lead `id` was part of, kept or merged away
// (0: of all leads). A row for each lead that was merged away: `merge_id`, `date`, `user_id`, `head_id` (the lead that was kept),
// `merged_id`, `undone` (when it was taken back). End `out` with `crm_frame_free`.
crm_status crm_lead_merges(const crm_session *session,
                           int64_t id,
                           size_t limit,
                           crm_frame **out,
                           crm_error **err);

// The lead that has the place of one that was merged away, through all merges since; 0 for one that stands for itself.
crm_status crm_lead_merged_into(const crm_session *session,
                                int64_t id,
                                int64_t *out,
                                crm_error **err);

// What `crm_partner_merge` will do with these partners; writes nothing. Rows as those of `crm_lead_plan_merge`; what names a partner and
// moves is `moved`, too, by table and field, such as `lead.partner_id`. End `out` with `crm_frame_free`.
crm_status crm_partner_plan_merge(const crm_session *session,
                                  const int64_t *ids,
                                  size_t count,
                                  int64_t head_id,
                                  int64_t user_id,
                                  crm_frame **out,
                                  crm_error **err);

// Makes one partner of several: `head_id` is kept (0: one in use, a company, the older), `user_id` looks after it (0: as they say). Their
// leads and people are its own. `merge_id` receives the number by which it can be taken back, `out` the partner that was kept; the ids of
// the others go on naming it.
crm_status crm_partner_merge(const crm_session *session,
                             const int64_t *ids,
                             size_t count,
                             int64_t head_id,
                             int64_t user_id,
                             int64_t *merge_id,
                             crm_record **out,
                             crm_error **err);

// Makes one partner of each of several sets, as `crm_lead_merge_clusters` does of leads. End `out` with `crm_frame_free`.
crm_status crm_partner_merge_clusters(const crm_session *session,
                                      const int64_t *ids,
                                      size_t count,
                                      const size_t *sizes,
                                      size_t clusters,
                                      int64_t user_id,
                                      crm_frame **out,
                                      crm_error **err);

// Takes a merge of partners back; rows as those of `crm_lead_unmerge`. End `out` with `crm_frame_free`.
crm_status crm_partner_unmerge(const crm_session *session,
                               int64_t merge_id,
                               crm_frame **out,
                               crm_error **err);

// The merges of partners that there were, as `crm_lead_merges` tells those of leads. End `out` with `crm_frame_free`.
crm_status crm_partner_merges(const crm_session *session,
                              int64_t id,
                              size_t limit,
                              crm_frame **out,
                              crm_error **err);

// The partner that has the place of one that was merged away, through all merges since; 0 for one that stands for itself.
crm_status crm_partner_merged_into(const crm_session *session,
                                   int64_t id,
                                   int64_t *out,
                                   crm_error **err);

// What `crm_lead_convert_all` will do; writes nothing. A row per lead, then per duplicate that is merged: `lead_id`; `what`: `convert`,
// `keep` (an opportunity already), `merge` (`into_id` takes its place), or `archived`, `won`, `lost` (left as it is); `customer`: `own`,
// `given`, `found`, `created` (of `partner_name`) or `none`; `partner_id`; `replaced`, what the
// lead says and the customer's card says otherwise; `user_id` and `team_id` that it is given. End `out` with `crm_frame_free`.
crm_status crm_lead_plan_convert(const crm_session *session,
                                 const int64_t *ids,
                                 size_t count,
                                 int64_t partner_id,
                                 const int64_t *user_ids,
                                 size_t user_count,
                                 int64_t team_id,
                                 uint64_t flags,
                                 crm_frame **out,
                                 crm_error **err);

// Makes opportunities of leads, all or none: of a customer (0: as they are), of salespeople who take turns, of a team (0: the
// salesperson's), with `flags` `CRM_CONVERT_…`. Done again under the same `key` (empty: none) it changes nothing and answers the same leads.
// Leads that were merged into one are answered once.
crm_status crm_lead_convert_all(const crm_session *session,
                                const int64_t *ids,
                                size_t count,
                                int64_t partner_id,
                                const int64_t *user_ids,
                                size_t user_count,
                                int64_t team_id,
                                uint64_t flags,
                                crm_str key,
                                crm_list **out,
                                crm_error **err);

// Takes a lead that nobody has, for the session's user. `CRM_E_CONFLICT` when somebody else has it. `out` receives the lead; end it with
// `crm_record_free`.
crm_status crm_lead_claim(const crm_session *session,
                          int64_t id,
                          crm_record **out,
                          crm_error **err);

// Who would be given which lead, and why; writes nothing. `rules`: `reference`, `optimal`; empty: `reference`. `team_ids`: these teams alone, or with `team_count`
// 0 all that take part. `flags`: 0, or `CRM_ASSIGN_FORCE`, `CRM_ASSIGN_WITHOUT_AFFINITY`. The same `seed` draws the same. `delay_hours`: how old a
// lead without team must be; `created_within_days`: at most how many days, 0 for any age, -1 for the usual. `out` receives one row, `plan`, a JSON
// text for `crm_assignment_steps`, `_head` and `_run`. End it with `crm_frame_free`.
crm_status crm_assignment_plan(const crm_session *session,
                               crm_str rules,
                               const int64_t *team_ids,
                               size_t team_count,
                               uint64_t flags,
                               uint64_t seed,
                               int64_t delay_hours,
                               int64_t created_within_days,
                               crm_frame **out,
                               crm_error **err);

// What a plan does, a row per lead: `lead_id`; `what`: `assign`, `allocate` (a team gets it and nobody of it), `merge` (`into_id` takes its place)
// or `leave`; `team_id`, `user_id`, `into_id`; `why`, a word; by `optimal` rules also `win_rate`, the salesperson's in percent, and of how many
// closed deals it is known (`n`). End `out` with `crm_frame_free`.
crm_status crm_assignment_steps(const crm_session *session,
                                crm_str plan,
                                crm_frame **out,
                                crm_error **err);

// Everything that a plan went by, a row per filter, number and switch: `team_id`, `user_id`, `name`, `value`. End `out` with `crm_frame_free`.
crm_status crm_assignment_head(const crm_session *session,
                               crm_str plan,
                               crm_frame **out,
                               crm_error **err);

// What `crm_hand_over` would hand over now, a row for each: `record`, `record_id`, `name`. Writes nothing. End `out` with `crm_frame_free`.
crm_status crm_plan_hand_over(const crm_session *session,
                              int64_t user_id,
                              int64_t to_user_id,
                              int32_t kind,
                              crm_str filter,
                              crm_frame **out,
                              crm_error **err);

// Makes another's what a user has: leads that are neither won nor lost, customers and what is still to be done, as far as the session's user
// sees it; all of it or nothing. `kind`: `CRM_KIND_LEAD`, `_PARTNER` or `_ACTIVITY` alone; -1: all three. `filter`: of those what matches, only
// with a `kind`; empty: all. `CRM_E_DENIED` below the role `team` for what is not one's own. `out` receives what was handed over, a row for each:
// `record`, `record_id`, `name`. End it with `crm_frame_free`.
crm_status crm_hand_over(const crm_session *session,
                         int64_t user_id,
                         int64_t to_user_id,
                         int32_t kind,
                         crm_str filter,
                         crm_frame **out,
                         crm_error **err);

// Does exactly what a plan says. `CRM_E_CONFLICT` when a lead of it has changed since, or a member would be given more than the day's quota; then
// nothing is written. `out` receives one row: `assigned`, `allocated`, `merged`, `users`. End it with `crm_frame_free`.
crm_status crm_assignment_run(const crm_session *session,
                              crm_str plan,
                              crm_frame **out,
                              crm_error **err);

// Schedules an activity about a lead or a partner (`CRM_KIND_LEAD`, `CRM_KIND_PARTNER`). `fields` say `activity_type_id`, and if it is
// not as the type says `date_deadline`, `user_id` (else the session's user), `summary`, `note`. `out` receives it as stored.
crm_status crm_activity_schedule(const crm_session *session,
                                 int32_t kind,
                                 int64_t id,
                                 const crm_fields *fields,
                                 crm_record **out,
                                 crm_error **err);

// As `crm_activity_schedule`, the same about each of several, all or none.
crm_status crm_activity_schedule_many(const crm_session *session,
                                      int32_t kind,
                                      const int64_t *ids,
                                      size_t count,
                                      const crm_fields *fields,
                                      crm_list **out,
                                      crm_error **err);

// Says that an activity was done, and what came of it (empty: nothing to say), which a message tells. Doing twice changes nothing. What
// its type schedules then is in `next_activity_id`, what it suggests in `suggested_next_type_ids`.
crm_status crm_activity_done(const crm_session *session,
                             int64_t id,
                             crm_str feedback,
                             crm_record **out,
                             crm_error **err);

// As `crm_activity_done`, on several.
crm_status crm_activity_done_many(const crm_session *session,
                                  const int64_t *ids,
                                  size_t count,
                                  crm_str feedback,
                                  crm_list **out,
                                  crm_error **err);

// Gives an activity another day, in days since 1970-01-01.
crm_status crm_activity_reschedule(const crm_session *session,
                                   int64_t id,
                                   int64_t date_deadline_days,
                                   crm_record **out,
                                   crm_error **err);

// As `crm_activity_reschedule`, on several.
crm_status crm_activity_reschedule_many(const crm_session *session,
                                        const int64_t *ids,
                                        size_t count,
                                        int64_t date_deadline_days,
                                        crm_list **out,
                                        crm_error **err);

// Takes an activity back: it was never to be done. `CRM_E_INVALID` for one that is done.
crm_status crm_activity_cancel(const crm_session *session, int64_t id, crm_error **err);

// As `crm_activity_cancel`, on several, all or none.
crm_status crm_activity_cancel_many(const crm_session *session,
                                    const int64_t *ids,
                                    size_t count,
                                    crm_error **err);

// How leads stand, a row per lead: `lead_id`; `activity_state`, the worst of what is to be done; `date_deadline`, the next;
// `my_date_deadline`, the next of the session's user; `activity_count`. End `out` with `crm_frame_free`.
crm_status crm_activity_status(const crm_session *session,
                               const int64_t *lead_ids,
                               size_t count,
                               crm_frame **out,
                               crm_error **err);

// The activity with that id, done or not.
crm_status crm_activity_get(const crm_session *session,
                            int64_t id,
                            crm_record **out,
                            crm_error **err);

// What the options look for; null: all that are to be done, the next due first. Those that are done only if the filter mentions
// `state` or `date_done`. End `out` with `crm_list_free`.
crm_status crm_activity_find(const crm_session *session,
                             const crm_find_options *find,
                             crm_list **out,
                             crm_error **err);

// How many match the filter; empty: all that are to be done.
crm_status crm_activity_count(const crm_session *session,
                              crm_str filter,
                              int64_t *out,
                              crm_error **err);

// As `crm_activity_find`, as a table with the columns asked for. End `out` with `crm_frame_free`.
crm_status crm_activity_frame(const crm_session *session,
                              const crm_find_options *find,
                              crm_frame **out,
                              crm_error **err);

// Changes the fields that are set, of `activity_type_id`, `summary`, `note`, `date_deadline` and `user_id`, while it is to be done.
// `out` receives the activity as stored.
crm_status crm_activity_update(const crm_session *session,
                               int64_t id,
                               const crm_fields *fields,
                               crm_record **out,
                               crm_error **err);

// Changes several in the same way, all or none.
crm_status crm_activity_update_many(const crm_session *session,
                                    const int64_t *ids,
                                    size_t count,
                                    const crm_fields *fields,
                                    crm_list **out,
                                    crm_error **err);

// Posts a message about a lead or a partner (`CRM_KIND_LEAD`, `CRM_KIND_PARTNER`); an internal one is meant for colleagues. `out`
// receives its id.
crm_status crm_chatter_post(const crm_session *session,
                            int32_t kind,
                            int64_t id,
                            crm_str body,
                            bool internal,
                            int64_t *out,
                            crm_error **err);

// As `crm_chatter_post`, the same about each of several, all or none: a row per message, in the order of the ids, each
// once: `message_id`. End `out` with
// `crm_frame_free`.
crm_status crm_chatter_post_many(const crm_session *session,
                                 int32_t kind,
                                 const int64_t *ids,
                                 size_t count,
                                 crm_str body,
                                 bool internal,
                                 crm_frame **out,
                                 crm_error **err);

// Everything about a lead or a partner in the order of time: messages, and for a lead a row per field that changed, as its history tells.
// All have `date`, `message_type` (`comment`, `notification`, `activity`, `lost`, `change`) and `author_id`; a message `message_id`,
// `internal` and `body`, one of an activity that was done `activity_id`, `activity_type_id` and `summary`; a change `subtype`
// (`created`, `won`, `lost`, `restored`, `stage`, `note`), `field`, `old_value` and `new_value` as text. End `out` with `crm_frame_free`.
crm_status crm_chatter_list(const crm_session *session,
                            int32_t kind,
                            int64_t id,
                            crm_frame **out,
                            crm_error **err);

// The message with that id.
crm_status crm_chatter_get(const crm_session *session,
                           int64_t id,
                           crm_record **out,
                           crm_error **err);

// What the options look for; null: all, in the order of time. End `out` with `crm_list_free`.
crm_status crm_chatter_find(const crm_session *session,
                            const crm_find_options *find,
                            crm_list **out,
                            crm_error **err);

// How many match the filter; empty: all.
crm_status crm_chatter_count(const crm_session *session,
                             crm_str filter,
                             int64_t *out,
                             crm_error **err);

// As `crm_chatter_find`, as a table with the columns asked for. End `out` with `crm_frame_free`.
crm_status crm_chatter_frame(const crm_session *session,
                             const crm_find_options *find,
                             crm_frame **out,
                             crm_error **err);

// Creates a partner. `out` receives it as stored; end it with `crm_record_free`.
crm_status crm_partner_create(const crm_session *session,
                              const crm_fields *fields,
                              crm_record **out,
                              crm_error **err);

// Creates several, all or none. `out` receives them in the same order; end it with `crm_list_free`.
crm_status crm_partner_create_many(const crm_session *session,
                                   const crm_fields *const *fields,
                                   size_t count,
                                   crm_list **out,
                                   crm_error **err);

// The partner with that id, archived or not.
crm_status crm_partner_get(const crm_session *session,
                           int64_t id,
                           crm_record **out,
                           crm_error **err);

// The partner that another system knows by that id.
crm_status crm_partner_get_external(const crm_session *session,
                                    crm_str system,
                                    crm_str external_id,
                                    crm_record **out,
                                    crm_error **err);

// What the options look for; null: all active ones. End `out` with `crm_list_free`.
crm_status crm_partner_find(const crm_session *session,
                            const crm_find_options *find,
                            crm_list **out,
                            crm_error **err);

// How many match the filter; empty: all active ones.
crm_status crm_partner_count(const crm_session *session,
                             crm_str filter,
                             int64_t *out,
                             crm_error **err);

// As `crm_partner_find`, as a table with the columns asked for. End `out` with `crm_frame_free`.
crm_status crm_partner_frame(const crm_session *session,
                             const crm_find_options *find,
                             crm_frame **out,
                             crm_error **err);

// Changes the fields that are set, and no other. `out` receives the partner as stored.
crm_status crm_partner_update(const crm_session *session,
                              int64_t id,
                              const crm_fields *fields,
                              crm_record **out,
                              crm_error **err);

// Changes several in the same way, all or none.
crm_status crm_partner_update_many(const crm_session *session,
                                   const int64_t *ids,
                                   size_t count,
                                   const crm_fields *fields,
                                   crm_list **out,
                                   crm_error **err);

// Deletes a partner; `CRM_E_CONFLICT` while others refer to it.
crm_status crm_partner_delete(const crm_session *session, int64_t id, crm_error **err);

// Deletes several, all or none.
crm_status crm_partner_delete_many(const crm_session *session,
                                   const int64_t *ids,
                                   size_t count,
                                   crm_error **err);

// The card with the address to use of a partner for a purpose (`contact`, `invoice`, `delivery`, `private`, `other`); its id says whose it
// is. The partner's own card for that, else one below it, else the same from the one it belongs to; then whatever address is its own or
// of those above; then its own card. `out` receives a partner; end it with `crm_record_free`.
crm_status crm_partner_address_for(const crm_session *session,
                                   int64_t id,
                                   crm_str kind,
                                   crm_record **out,
                                   crm_error **err);

// What a partner is and was to us, the earliest first. `out` receives partner roles; end it with `crm_list_free`.
crm_status crm_partner_roles(const crm_session *session,
                             int64_t id,
                             crm_list **out,
                             crm_error **err);

// What a partner is to us on a day, in days since 1970-01-01; several roles may hold, or none. `out` receives partner roles; end it with
// `crm_list_free`.
crm_status crm_partner_role_as_of(const crm_session *session,
                                  int64_t id,
                                  int64_t date_days,
                                  crm_list **out,
                                  crm_error **err);

// Everything that is known of a person. One row, one column: `data`, a JSON object with `own` and `told` (records that are theirs, and
// others' that tell of them, by kind), `roles`, `external_ids`, `states` of their deals, `feed`, `merges`, `partner_id`, `date`. For
// administrators of all companies; a company is refused. End `out` with `crm_frame_free`.
crm_status crm_partner_subject_export(const crm_session *session,
                                      int64_t id,
                                      crm_frame **out,
                                      crm_error **err);

// Forgets a person: afterwards no text of theirs is in the database, nor in its files, which are written anew. Numbers, times, kinds,
// amounts and outcomes stay. `holds` are kinds of record that are kept (`CRM_KIND_LEAD`, `CRM_KIND_MESSAGE`, `CRM_KIND_ACTIVITY`). A row for
// each sort of thing: `record`, `erased`, `kept`. Not within an open transaction. `CRM_E_STORAGE` with code 701: a reader of an older
// state keeps the file from being written anew; it is erased by then, and the same call does the rest. For administrators of all
// companies; a company is refused. End `out` with `crm_frame_free`.
crm_status crm_partner_subject_erase(const crm_session *session,
                                     int64_t id,
                                     const int32_t *holds,
                                     size_t hold_count,
                                     crm_frame **out,
                                     crm_error **err);

// Creates a partner contact. `out` receives it as stored; end it with `crm_record_free`.
crm_status crm_partner_contact_create(const crm_session *session,
                                      const crm_fields *fields,
                                      crm_record **out,
                                      crm_error **err);

// Creates several, all or none. `out` receives them in the same order; end it with `crm_list_free`.
crm_status crm_partner_contact_create_many(const crm_session *session,
                                           const crm_fields *const *fields,
                                           size_t count,
                                           crm_list **out,
                                           crm_error **err);

// The partner contact with that id, archived or not.
crm_status crm_partner_contact_get(const crm_session *session,
                                   int64_t id,
                                   crm_record **out,
                                   crm_error **err);

// The partner contact that another system knows by that id.
crm_status crm_partner_contact_get_external(const crm_session *session,
                                            crm_str system,
                                            crm_str external_id,
                                            crm_record **out,
                                            crm_error **err);

// What the options look for; null: all active ones. End `out` with `crm_list_free`.
crm_status crm_partner_contact_find(const crm_session *session,
                                    const crm_find_options *find,
                                    crm_list **out,
                                    crm_error **err);

// How many match the filter; empty: all active ones.
crm_status crm_partner_contact_count(const crm_session *session,
                                     crm_str filter,
                                     int64_t *out,
                                     crm_error **err);

// As `crm_partner_contact_find`, as a table with the columns asked for. End `out` with `crm_frame_free`.
crm_status crm_partner_contact_frame(const crm_session *session,
                                     const crm_find_options *find,
                                     crm_frame **out,
                                     crm_error **err);

// Changes the fields that are set, and no other. `out` receives the partner contact as stored.
crm_status crm_partner_contact_update(const crm_session *session,
                                      int64_t id,
                                      const crm_fields *fields,
                                      crm_record **out,
                                      crm_error **err);

// Changes several in the same way, all or none.
crm_status crm_partner_contact_update_many(const crm_session *session,
                                           const int64_t *ids,
                                           size_t count,
                                           const crm_fields *fields,
                                           crm_list **out,
                                           crm_error **err);

// Deletes a partner contact; `CRM_E_CONFLICT` while others refer to it.
crm_status crm_partner_contact_delete(const crm_session *session, int64_t id, crm_error **err);

// Deletes several, all or none.
crm_status crm_partner_contact_delete_many(const crm_session *session,
                                           const int64_t *ids,
                                           size_t count,
                                           crm_error **err);

// Creates a partner role. `out` receives it as stored; end it with `crm_record_free`.
crm_status crm_partner_role_create(const crm_session *session,
                                   const crm_fields *fields,
                                   crm_record **out,
                                   crm_error **err);

// Creates several, all or none. `out` receives them in the same order; end it with `crm_list_free`.
crm_status crm_partner_role_create_many(const crm_session *session,
                                        const crm_fields *const *fields,
                                        size_t count,
                                        crm_list **out,
                                        crm_error **err);

// The partner role with that id, archived or not.
crm_status crm_partner_role_get(const crm_session *session,
                                int64_t id,
                                crm_record **out,
                                crm_error **err);

// The partner role that another system knows by that id.
crm_status crm_partner_role_get_external(const crm_session *session,
                                         crm_str system,
                                         crm_str external_id,
                                         crm_record **out,
                                         crm_error **err);

// What the options look for; null: all active ones. End `out` with `crm_list_free`.
crm_status crm_partner_role_find(const crm_session *session,
                                 const crm_find_options *find,
                                 crm_list **out,
                                 crm_error **err);

// How many match the filter; empty: all active ones.
crm_status crm_partner_role_count(const crm_session *session,
                                  crm_str filter,
                                  int64_t *out,
                                  crm_error **err);

// As `crm_partner_role_find`, as a table with the columns asked for. End `out` with `crm_frame_free`.
crm_status crm_partner_role_frame(const crm_session *session,
                                  const crm_find_options *find,
                                  crm_frame **out,
                                  crm_error **err);

// Changes the fields that are set, and no other. `out` receives the partner role as stored.
crm_status crm_partner_role_update(const crm_session *session,
                                   int64_t id,
                                   const crm_fields *fields,
                                   crm_record **out,
                                   crm_error **err);

// Changes several in the same way, all or none.
crm_status crm_partner_role_update_many(const crm_session *session,
                                        const int64_t *ids,
                                        size_t count,
                                        const crm_fields *fields,
                                        crm_list **out,
                                        crm_error **err);

// Deletes a partner role; `CRM_E_CONFLICT` while others refer to it.
crm_status crm_partner_role_delete(const crm_session *session, int64_t id, crm_error **err);

// Deletes several, all or none.
crm_status crm_partner_role_delete_many(const crm_session *session,
                                        const int64_t *ids,
                                        size_t count,
                                        crm_error **err);

// Creates a stage. `out` receives it as stored; end it with `crm_record_free`.
crm_status crm_stage_create(const crm_session *session,
                            const crm_fields *fields,
                            crm_record **out,
                            crm_error **err);

// Creates several, all or none. `out` receives them in the same order; end it with `crm_list_free`.
crm_status crm_stage_create_many(const crm_session *session,
                                 const crm_fields *const *fields,
                                 size_t count,
                                 crm_list **out,
                                 crm_error **err);

// The stage with that id, archived or not.
crm_status crm_stage_get(const crm_session *session, int64_t id, crm_record **out, crm_error **err);

// The stage that another system knows by that id.
crm_status crm_stage_get_external(const crm_session *session,
                                  crm_str system,
                                  crm_str external_id,
                                  crm_record **out,
                                  crm_error **err);

// What the options look for; null: all active ones. End `out` with `crm_list_free`.
crm_status crm_stage_find(const crm_session *session,
                          const crm_find_options *find,
                          crm_list **out,
                          crm_error **err);

// How many match the filter; empty: all active ones.
crm_status crm_stage_count(const crm_session *session,
                           crm_str filter,
                           int64_t *out,
                           crm_error **err);

// As `crm_stage_find`, as a table with the columns asked for. End `out` with `crm_frame_free`.
crm_status crm_stage_frame(const crm_session *session,
                           const crm_find_options *find,
                           crm_frame **out,
                           crm_error **err);

// Changes the fields that are set, and no other. `out` receives the stage as stored.
crm_status crm_stage_update(const crm_session *session,
                            int64_t id,
                            const crm_fields *fields,
                            crm_record **out,
                            crm_error **err);

// Changes several in the same way, all or none.
crm_status crm_stage_update_many(const crm_session *session,
                                 const int64_t *ids,
                                 size_t count,
                                 const crm_fields *fields,
                                 crm_list **out,
                                 crm_error **err);

// Deletes a stage; `CRM_E_CONFLICT` while others refer to it.
crm_status crm_stage_delete(const crm_session *session, int64_t id, crm_error **err);

// Deletes several, all or none.
crm_status crm_stage_delete_many(const crm_session *session,
                                 const int64_t *ids,
                                 size_t count,
                                 crm_error **err);

// Creates a lost reason. `out` receives it as stored; end it with `crm_record_free`.
crm_status crm_lost_reason_create(const crm_session *session,
                                  const crm_fields *fields,
                                  crm_record **out,
                                  crm_error **err);

// Creates several, all or none. `out` receives them in the same order; end it with `crm_list_free`.
crm_status crm_lost_reason_create_many(const crm_session *session,
                                       const crm_fields *const *fields,
                                       size_t count,
                                       crm_list **out,
                                       crm_error **err);

// The lost reason with that id, archived or not.
crm_status crm_lost_reason_get(const crm_session *session,
                               int64_t id,
                               crm_record **out,
                               crm_error **err);

// The lost reason that another system knows by that id.
crm_status crm_lost_reason_get_external(const crm_session *session,
                                        crm_str system,
                                        crm_str external_id,
                                        crm_record **out,
                                        crm_error **err);

// What the options look for; null: all active ones. End `out` with `crm_list_free`.
crm_status crm_lost_reason_find(const crm_session *session,
                                const crm_find_options *find,
                                crm_list **out,
                                crm_error **err);

// How many match the filter; empty: all active ones.
crm_status crm_lost_reason_count(const crm_session *session,
                                 crm_str filter,
                                 int64_t *out,
                                 crm_error **err);

// As `crm_lost_reason_find`, as a table with the columns asked for. End `out` with `crm_frame_free`.
crm_status crm_lost_reason_frame(const crm_session *session,
                                 const crm_find_options *find,
                                 crm_frame **out,
                                 crm_error **err);

// Changes the fields that are set, and no other. `out` receives the lost reason as stored.
crm_status crm_lost_reason_update(const crm_session *session,
                                  int64_t id,
                                  const crm_fields *fields,
                                  crm_record **out,
                                  crm_error **err);

// Changes several in the same way, all or none.
crm_status crm_lost_reason_update_many(const crm_session *session,
                                       const int64_t *ids,
                                       size_t count,
                                       const crm_fields *fields,
                                       crm_list **out,
                                       crm_error **err);

// Deletes a lost reason; `CRM_E_CONFLICT` while others refer to it.
crm_status crm_lost_reason_delete(const crm_session *session, int64_t id, crm_error **err);

// Deletes several, all or none.
crm_status crm_lost_reason_delete_many(const crm_session *session,
                                       const int64_t *ids,
                                       size_t count,
                                       crm_error **err);

// Creates a tag. `out` receives it as stored; end it with `crm_record_free`.
crm_status crm_tag_create(const crm_session *session,
                          const crm_fields *fields,
                          crm_record **out,
                          crm_error **err);

// Creates several, all or none. `out` receives them in the same order; end it with `crm_list_free`.
crm_status crm_tag_create_many(const crm_session *session,
                               const crm_fields *const *fields,
                               size_t count,
                               crm_list **out,
                               crm_error **err);

// The tag with that id, archived or not.
crm_status crm_tag_get(const crm_session *session, int64_t id, crm_record **out, crm_error **err);

// The tag that another system knows by that id.
crm_status crm_tag_get_external(const crm_session *session,
                                crm_str system,
                                crm_str external_id,
                                crm_record **out,
                                crm_error **err);

// What the options look for; null: all active ones. End `out` with `crm_list_free`.
crm_status crm_tag_find(const crm_session *session,
                        const crm_find_options *find,
                        crm_list **out,
                        crm_error **err);

// How many match the filter; empty: all active ones.
crm_status crm_tag_count(const crm_session *session, crm_str filter, int64_t *out, crm_error **err);

// As `crm_tag_find`, as a table with the columns asked for. End `out` with `crm_frame_free`.
crm_status crm_tag_frame(const crm_session *session,
                         const crm_find_options *find,
                         crm_frame **out,
                         crm_error **err);

// Changes the fields that are set, and no other. `out` receives the tag as stored.
crm_status crm_tag_update(const crm_session *session,
                          int64_t id,
                          const crm_fields *fields,
                          crm_record **out,
                          crm_error **err);

// Changes several in the same way, all or none.
crm_status crm_tag_update_many(const crm_session *session,
                               const int64_t *ids,
                               size_t count,
                               const crm_fields *fields,
                               crm_list **out,
                               crm_error **err);

// Deletes a tag; `CRM_E_CONFLICT` while others refer to it.
crm_status crm_tag_delete(const crm_session *session, int64_t id, crm_error **err);

// Deletes several, all or none.
crm_status crm_tag_delete_many(const crm_session *session,
                               const int64_t *ids,
                               size_t count,
                               crm_error **err);

// Creates a user. `out` receives it as stored; end it with `crm_record_free`.
crm_status crm_user_create(const crm_session *session,
                           const crm_fields *fields,
                           crm_record **out,
                           crm_error **err);

// Creates several, all or none. `out` receives them in the same order; end it with `crm_list_free`.
crm_status crm_user_create_many(const crm_session *session,
                                const crm_fields *const *fields,
                                size_t count,
                                crm_list **out,
                                crm_error **err);

// The user with that id, archived or not.
crm_status crm_user_get(const crm_session *session, int64_t id, crm_record **out, crm_error **err);

// The user that another system knows by that id.
crm_status crm_user_get_external(const crm_session *session,
                                 crm_str system,
                                 crm_str external_id,
                                 crm_record **out,
                                 crm_error **err);

// What the options look for; null: all active ones. End `out` with `crm_list_free`.
crm_status crm_user_find(const crm_session *session,
                         const crm_find_options *find,
                         crm_list **out,
                         crm_error **err);

// How many match the filter; empty: all active ones.
crm_status crm_user_count(const crm_session *session,
                          crm_str filter,
                          int64_t *out,
                          crm_error **err);

// As `crm_user_find`, as a table with the columns asked for. End `out` with `crm_frame_free`.
crm_status crm_user_frame(const crm_session *session,
                          const crm_find_options *find,
                          crm_frame **out,
                          crm_error **err);

// Changes the fields that are set, and no other. `out` receives the user as stored.
crm_status crm_user_update(const crm_session *session,
                           int64_t id,
                           const crm_fields *fields,
                           crm_record **out,
                           crm_error **err);

// Changes several in the same way, all or none.
crm_status crm_user_update_many(const crm_session *session,
                                const int64_t *ids,
                                size_t count,
                                const crm_fields *fields,
                                crm_list **out,
                                crm_error **err);

// Deletes a user; `CRM_E_CONFLICT` while others refer to it.
crm_status crm_user_delete(const crm_session *session, int64_t id, crm_error **err);

// Deletes several, all or none.
crm_status crm_user_delete_many(const crm_session *session,
                                const int64_t *ids,
                                size_t count,
                                crm_error **err);

// Creates a team. `out` receives it as stored; end it with `crm_record_free`.
crm_status crm_team_create(const crm_session *session,
                           const crm_fields *fields,
                           crm_record **out,
                           crm_error **err);

// Creates several, all or none. `out` receives them in the same order; end it with `crm_list_free`.
crm_status crm_team_create_many(const crm_session *session,
                                const crm_fields *const *fields,
                                size_t count,
                                crm_list **out,
                                crm_error **err);

// The team with that id, archived or not.
crm_status crm_team_get(const crm_session *session, int64_t id, crm_record **out, crm_error **err);

// The team that another system knows by that id.
crm_status crm_team_get_external(const crm_session *session,
                                 crm_str system,
                                 crm_str external_id,
                                 crm_record **out,
                                 crm_error **err);

// What the options look for; null: all active ones. End `out` with `crm_list_free`.
crm_status crm_team_find(const crm_session *session,
                         const crm_find_options *find,
                         crm_list **out,
                         crm_error **err);

// How many match the filter; empty: all active ones.
crm_status crm_team_count(const crm_session *session,
                          crm_str filter,
                          int64_t *out,
                          crm_error **err);

// As `crm_team_find`, as a table with the columns asked for. End `out` with `crm_frame_free`.
crm_status crm_team_frame(const crm_session *session,
                          const crm_find_options *find,
                          crm_frame **out,
                          crm_error **err);

// Changes the fields that are set, and no other. `out` receives the team as stored.
crm_status crm_team_update(const crm_session *session,
                           int64_t id,
                           const crm_fields *fields,
                           crm_record **out,
                           crm_error **err);

// Changes several in the same way, all or none.
crm_status crm_team_update_many(const crm_session *session,
                                const int64_t *ids,
                                size_t count,
                                const crm_fields *fields,
                                crm_list **out,
                                crm_error **err);

// Deletes a team; `CRM_E_CONFLICT` while others refer to it.
crm_status crm_team_delete(const crm_session *session, int64_t id, crm_error **err);

// Deletes several, all or none.
crm_status crm_team_delete_many(const crm_session *session,
                                const int64_t *ids,
                                size_t count,
                                crm_error **err);

// Lets a user join a team: `fields` are those of a team member, and may be null. A user is a member of one team at a time, so that another
// membership ends, unless the setting `multi_membership` is on. `out` receives the team member; end it with `crm_record_free`.
crm_status crm_team_add_member(const crm_session *session,
                               int64_t team_id,
                               int64_t user_id,
                               const crm_fields *fields,
                               crm_record **out,
                               crm_error **err);

// Changes a membership that goes on. `out` receives the team member; end it with `crm_record_free`.
crm_status crm_team_update_member(const crm_session *session,
                                  int64_t team_id,
                                  int64_t user_id,
                                  const crm_fields *fields,
                                  crm_record **out,
                                  crm_error **err);

// Ends a membership today; its record is kept, archived. `out` receives it; end it with `crm_record_free`.
crm_status crm_team_remove_member(const crm_session *session,
                                  int64_t team_id,
                                  int64_t user_id,
                                  crm_record **out,
                                  crm_error **err);

// Who is a member of a team, or with `as_of_days` (days since 1970-01-01; null: now) was on that day, the oldest membership first: `id`,
// `user_id`, `date_start`, `date_end`, `assignment_max`, `assignment_filter`, `assignment_filter_preferred`, `assignment_optout`,
// `territory`, `languages`, `skill_ids`, `is_absent`, and how many of the member's leads in this team were opened in the last 24 hours
// (`lead_day_count`) and 30 days (`lead_month_count`), lost and archived ones too. End `out` with `crm_frame_free`.
crm_status crm_team_members(const crm_session *session,
                            int64_t team_id,
                            const int64_t *as_of_days,
                            crm_frame **out,
                            crm_error **err);

// What each team may be given and has: `team_id`, `assignment_max` (empty: no limit), `lead_unassigned_count`,
// `lead_all_assigned_month_count`, `is_exceeded`. End `out` with `crm_frame_free`.
crm_status crm_team_workload(const crm_session *session,
                             crm_frame **out,
                             crm_error **err);

// What each team and all below it have together: `team_id`, `parent_id`, `team_count` (itself too), `member_count` (users, each once), `lead_count`
// (pending ones), `lead_unassigned_count`. End `out` with `crm_frame_free`.
crm_status crm_team_rollup(const crm_session *session,
                           crm_frame **out,
                           crm_error **err);

// Creates a team member. `out` receives it as stored; end it with `crm_record_free`.
crm_status crm_team_member_create(const crm_session *session,
                                  const crm_fields *fields,
                                  crm_record **out,
                                  crm_error **err);

// Creates several, all or none. `out` receives them in the same order; end it with `crm_list_free`.
crm_status crm_team_member_create_many(const crm_session *session,
                                       const crm_fields *const *fields,
                                       size_t count,
                                       crm_list **out,
                                       crm_error **err);

// The team member with that id, archived or not.
crm_status crm_team_member_get(const crm_session *session,
                               int64_t id,
                               crm_record **out,
                               crm_error **err);

// The team member that another system knows by that id.
crm_status crm_team_member_get_external(const crm_session *session,
                                        crm_str system,
                                        crm_str external_id,
                                        crm_record **out,
                                        crm_error **err);

// What the options look for; null: all active ones. End `out` with `crm_list_free`.
crm_status crm_team_member_find(const crm_session *session,
                                const crm_find_options *find,
                                crm_list **out,
                                crm_error **err);

// How many match the filter; empty: all active ones.
crm_status crm_team_member_count(const crm_session *session,
                                 crm_str filter,
                                 int64_t *out,
                                 crm_error **err);

// As `crm_team_member_find`, as a table with the columns asked for. End `out` with `crm_frame_free`.
crm_status crm_team_member_frame(const crm_session *session,
                                 const crm_find_options *find,
                                 crm_frame **out,
                                 crm_error **err);

// Changes the fields that are set, and no other. `out` receives the team member as stored.
crm_status crm_team_member_update(const crm_session *session,
                                  int64_t id,
                                  const crm_fields *fields,
                                  crm_record **out,
                                  crm_error **err);

// Changes several in the same way, all or none.
crm_status crm_team_member_update_many(const crm_session *session,
                                       const int64_t *ids,
                                       size_t count,
                                       const crm_fields *fields,
                                       crm_list **out,
                                       crm_error **err);

// Deletes a team member; `CRM_E_CONFLICT` while others refer to it.
crm_status crm_team_member_delete(const crm_session *session, int64_t id, crm_error **err);

// Deletes several, all or none.
crm_status crm_team_member_delete_many(const crm_session *session,
                                       const int64_t *ids,
                                       size_t count,
                                       crm_error **err);

// Creates a company. `out` receives it as stored; end it with `crm_record_free`.
crm_status crm_company_create(const crm_session *session,
                              const crm_fields *fields,
                              crm_record **out,
                              crm_error **err);

// Creates several, all or none. `out` receives them in the same order; end it with `crm_list_free`.
crm_status crm_company_create_many(const crm_session *session,
                                   const crm_fields *const *fields,
                                   size_t count,
                                   crm_list **out,
                                   crm_error **err);

// The company with that id, archived or not.
crm_status crm_company_get(const crm_session *session,
                           int64_t id,
                           crm_record **out,
                           crm_error **err);

// The company that another system knows by that id.
crm_status crm_company_get_external(const crm_session *session,
                                    crm_str system,
                                    crm_str external_id,
                                    crm_record **out,
                                    crm_error **err);

// What the options look for; null: all active ones. End `out` with `crm_list_free`.
crm_status crm_company_find(const crm_session *session,
                            const crm_find_options *find,
                            crm_list **out,
                            crm_error **err);

// How many match the filter; empty: all active ones.
crm_status crm_company_count(const crm_session *session,
                             crm_str filter,
                             int64_t *out,
                             crm_error **err);

// As `crm_company_find`, as a table with the columns asked for. End `out` with `crm_frame_free`.
crm_status crm_company_frame(const crm_session *session,
                             const crm_find_options *find,
                             crm_frame **out,
                             crm_error **err);

// Changes the fields that are set, and no other. `out` receives the company as stored.
crm_status crm_company_update(const crm_session *session,
                              int64_t id,
                              const crm_fields *fields,
                              crm_record **out,
                              crm_error **err);

// Changes several in the same way, all or none.
crm_status crm_company_update_many(const crm_session *session,
                                   const int64_t *ids,
                                   size_t count,
                                   const crm_fields *fields,
                                   crm_list **out,
                                   crm_error **err);

// Deletes a company; `CRM_E_CONFLICT` while others refer to it.
crm_status crm_company_delete(const crm_session *session, int64_t id, crm_error **err);

// Deletes several, all or none.
crm_status crm_company_delete_many(const crm_session *session,
                                   const int64_t *ids,
                                   size_t count,
                                   crm_error **err);

// Creates a campaign. `out` receives it as stored; end it with `crm_record_free`.
crm_status crm_campaign_create(const crm_session *session,
                               const crm_fields *fields,
                               crm_record **out,
                               crm_error **err);

// Creates several, all or none. `out` receives them in the same order; end it with `crm_list_free`.
crm_status crm_campaign_create_many(const crm_session *session,
                                    const crm_fields *const *fields,
                                    size_t count,
                                    crm_list **out,
                                    crm_error **err);

// The campaign with that id, archived or not.
crm_status crm_campaign_get(const crm_session *session,
                            int64_t id,
                            crm_record **out,
                            crm_error **err);

// The campaign that another system knows by that id.
crm_status crm_campaign_get_external(const crm_session *session,
                                     crm_str system,
                                     crm_str external_id,
                                     crm_record **out,
                                     crm_error **err);

// What the options look for; null: all active ones. End `out` with `crm_list_free`.
crm_status crm_campaign_find(const crm_session *session,
                             const crm_find_options *find,
                             crm_list **out,
                             crm_error **err);

// How many match the filter; empty: all active ones.
crm_status crm_campaign_count(const crm_session *session,
                              crm_str filter,
                              int64_t *out,
                              crm_error **err);

// As `crm_campaign_find`, as a table with the columns asked for. End `out` with `crm_frame_free`.
crm_status crm_campaign_frame(const crm_session *session,
                              const crm_find_options *find,
                              crm_frame **out,
                              crm_error **err);

// Changes the fields that are set, and no other. `out` receives the campaign as stored.
crm_status crm_campaign_update(const crm_session *session,
                               int64_t id,
                               const crm_fields *fields,
                               crm_record **out,
                               crm_error **err);

// Changes several in the same way, all or none.
crm_status crm_campaign_update_many(const crm_session *session,
                                    const int64_t *ids,
                                    size_t count,
                                    const crm_fields *fields,
                                    crm_list **out,
                                    crm_error **err);

// Deletes a campaign; `CRM_E_CONFLICT` while others refer to it.
crm_status crm_campaign_delete(const crm_session *session, int64_t id, crm_error **err);

// Deletes several, all or none.
crm_status crm_campaign_delete_many(const crm_session *session,
                                    const int64_t *ids,
                                    size_t count,
                                    crm_error **err);

// Creates a medium. `out` receives it as stored; end it with `crm_record_free`.
crm_status crm_medium_create(const crm_session *session,
                             const crm_fields *fields,
                             crm_record **out,
                             crm_error **err);

// Creates several, all or none. `out` receives them in the same order; end it with `crm_list_free`.
crm_status crm_medium_create_many(const crm_session *session,
                                  const crm_fields *const *fields,
                                  size_t count,
                                  crm_list **out,
                                  crm_error **err);

// The medium with that id, archived or not.
crm_status crm_medium_get(const crm_session *session,
                          int64_t id,
                          crm_record **out,
                          crm_error **err);

// The medium that another system knows by that id.
crm_status crm_medium_get_external(const crm_session *session,
                                   crm_str system,
                                   crm_str external_id,
                                   crm_record **out,
                                   crm_error **err);

// What the options look for; null: all active ones. End `out` with `crm_list_free`.
crm_status crm_medium_find(const crm_session *session,
                           const crm_find_options *find,
                           crm_list **out,
                           crm_error **err);

// How many match the filter; empty: all active ones.
crm_status crm_medium_count(const crm_session *session,
                            crm_str filter,
                            int64_t *out,
                            crm_error **err);

// As `crm_medium_find`, as a table with the columns asked for. End `out` with `crm_frame_free`.
crm_status crm_medium_frame(const crm_session *session,
                            const crm_find_options *find,
                            crm_frame **out,
                            crm_error **err);

// Changes the fields that are set, and no other. `out` receives the medium as stored.
crm_status crm_medium_update(const crm_session *session,
                             int64_t id,
                             const crm_fields *fields,
                             crm_record **out,
                             crm_error **err);

// Changes several in the same way, all or none.
crm_status crm_medium_update_many(const crm_session *session,
                                  const int64_t *ids,
                                  size_t count,
                                  const crm_fields *fields,
                                  crm_list **out,
                                  crm_error **err);

// Deletes a medium; `CRM_E_CONFLICT` while others refer to it.
crm_status crm_medium_delete(const crm_session *session, int64_t id, crm_error **err);

// Deletes several, all or none.
crm_status crm_medium_delete_many(const crm_session *session,
                                  const int64_t *ids,
                                  size_t count,
                                  crm_error **err);

// Creates a source. `out` receives it as stored; end it with `crm_record_free`.
crm_status crm_source_create(const crm_session *session,
                             const crm_fields *fields,
                             crm_record **out,
                             crm_error **err);

// Creates several, all or none. `out` receives them in the same order; end it with `crm_list_free`.
crm_status crm_source_create_many(const crm_session *session,
                                  const crm_fields *const *fields,
                                  size_t count,
                                  crm_list **out,
                                  crm_error **err);

// The source with that id, archived or not.
crm_status crm_source_get(const crm_session *session,
                          int64_t id,
                          crm_record **out,
                          crm_error **err);

// The source that another system knows by that id.
crm_status crm_source_get_external(const crm_session *session,
                                   crm_str system,
                                   crm_str external_id,
                                   crm_record **out,
                                   crm_error **err);

// What the options look for; null: all active ones. End `out` with `crm_list_free`.
crm_status crm_source_find(const crm_session *session,
                           const crm_find_options *find,
                           crm_list **out,
                           crm_error **err);

// How many match the filter; empty: all active ones.
crm_status crm_source_count(const crm_session *session,
                            crm_str filter,
                            int64_t *out,
                            crm_error **err);

// As `crm_source_find`, as a table with the columns asked for. End `out` with `crm_frame_free`.
crm_status crm_source_frame(const crm_session *session,
                            const crm_find_options *find,
                            crm_frame **out,
                            crm_error **err);

// Changes the fields that are set, and no other. `out` receives the source as stored.
crm_status crm_source_update(const crm_session *session,
                             int64_t id,
                             const crm_fields *fields,
                             crm_record **out,
                             crm_error **err);

// Changes several in the same way, all or none.
crm_status crm_source_update_many(const crm_session *session,
                                  const int64_t *ids,
                                  size_t count,
                                  const crm_fields *fields,
                                  crm_list **out,
                                  crm_error **err);

// Deletes a source; `CRM_E_CONFLICT` while others refer to it.
crm_status crm_source_delete(const crm_session *session, int64_t id, crm_error **err);

// Deletes several, all or none.
crm_status crm_source_delete_many(const crm_session *session,
                                  const int64_t *ids,
                                  size_t count,
                                  crm_error **err);

// Creates a recurring plan. `out` receives it as stored; end it with `crm_record_free`.
crm_status crm_recurring_plan_create(const crm_session *session,
                                     const crm_fields *fields,
                                     crm_record **out,
                                     crm_error **err);

// Creates several, all or none. `out` receives them in the same order; end it with `crm_list_free`.
crm_status crm_recurring_plan_create_many(const crm_session *session,
                                          const crm_fields *const *fields,
                                          size_t count,
                                          crm_list **out,
                                          crm_error **err);

// The recurring plan with that id, archived or not.
crm_status crm_recurring_plan_get(const crm_session *session,
                                  int64_t id,
                                  crm_record **out,
                                  crm_error **err);

// The recurring plan that another system knows by that id.
crm_status crm_recurring_plan_get_external(const crm_session *session,
                                           crm_str system,
                                           crm_str external_id,
                                           crm_record **out,
                                           crm_error **err);

// What the options look for; null: all active ones. End `out` with `crm_list_free`.
crm_status crm_recurring_plan_find(const crm_session *session,
                                   const crm_find_options *find,
                                   crm_list **out,
                                   crm_error **err);

// How many match the filter; empty: all active ones.
crm_status crm_recurring_plan_count(const crm_session *session,
                                    crm_str filter,
                                    int64_t *out,
                                    crm_error **err);

// As `crm_recurring_plan_find`, as a table with the columns asked for. End `out` with `crm_frame_free`.
crm_status crm_recurring_plan_frame(const crm_session *session,
                                    const crm_find_options *find,
                                    crm_frame **out,
                                    crm_error **err);

// Changes the fields that are set, and no other. `out` receives the recurring plan as stored.
crm_status crm_recurring_plan_update(const crm_session *session,
                                     int64_t id,
                                     const crm_fields *fields,
                                     crm_record **out,
                                     crm_error **err);

// Changes several in the same way, all or none.
crm_status crm_recurring_plan_update_many(const crm_session *session,
                                          const int64_t *ids,
                                          size_t count,
                                          const crm_fields *fields,
                                          crm_list **out,
                                          crm_error **err);

// Deletes a recurring plan; `CRM_E_CONFLICT` while others refer to it.
crm_status crm_recurring_plan_delete(const crm_session *session, int64_t id, crm_error **err);

// Deletes several, all or none.
crm_status crm_recurring_plan_delete_many(const crm_session *session,
                                          const int64_t *ids,
                                          size_t count,
                                          crm_error **err);

// Creates a rule. `out` receives it as stored; end it with `crm_record_free`.
crm_status crm_rule_create(const crm_session *session,
                           const crm_fields *fields,
                           crm_record **out,
                           crm_error **err);

// Creates several, all or none. `out` receives them in the same order; end it with `crm_list_free`.
crm_status crm_rule_create_many(const crm_session *session,
                                const crm_fields *const *fields,
                                size_t count,
                                crm_list **out,
                                crm_error **err);

// The rule with that id, archived or not.
crm_status crm_rule_get(const crm_session *session, int64_t id, crm_record **out, crm_error **err);

// The rule that another system knows by that id.
crm_status crm_rule_get_external(const crm_session *session,
                                 crm_str system,
                                 crm_str external_id,
                                 crm_record **out,
                                 crm_error **err);

// What the options look for; null: all active ones. End `out` with `crm_list_free`.
crm_status crm_rule_find(const crm_session *session,
                         const crm_find_options *find,
                         crm_list **out,
                         crm_error **err);

// How many match the filter; empty: all active ones.
crm_status crm_rule_count(const crm_session *session,
                          crm_str filter,
                          int64_t *out,
                          crm_error **err);

// As `crm_rule_find`, as a table with the columns asked for. End `out` with `crm_frame_free`.
crm_status crm_rule_frame(const crm_session *session,
                          const crm_find_options *find,
                          crm_frame **out,
                          crm_error **err);

// Changes the fields that are set, and no other. `out` receives the rule as stored.
crm_status crm_rule_update(const crm_session *session,
                           int64_t id,
                           const crm_fields *fields,
                           crm_record **out,
                           crm_error **err);

// Changes several in the same way, all or none.
crm_status crm_rule_update_many(const crm_session *session,
                                const int64_t *ids,
                                size_t count,
                                const crm_fields *fields,
                                crm_list **out,
                                crm_error **err);

// Deletes a rule; `CRM_E_CONFLICT` while others refer to it.
crm_status crm_rule_delete(const crm_session *session, int64_t id, crm_error **err);

// Deletes several, all or none.
crm_status crm_rule_delete_many(const crm_session *session,
                                const int64_t *ids,
                                size_t count,
                                crm_error **err);

// Creates a target. `out` receives it as stored; end it with `crm_record_free`.
crm_status crm_target_create(const crm_session *session,
                             const crm_fields *fields,
                             crm_record **out,
                             crm_error **err);

// Creates several, all or none. `out` receives them in the same order; end it with `crm_list_free`.
crm_status crm_target_create_many(const crm_session *session,
                                  const crm_fields *const *fields,
                                  size_t count,
                                  crm_list **out,
                                  crm_error **err);

// The target with that id, archived or not.
crm_status crm_target_get(const crm_session *session,
                          int64_t id,
                          crm_record **out,
                          crm_error **err);

// The target that another system knows by that id.
crm_status crm_target_get_external(const crm_session *session,
                                   crm_str system,
                                   crm_str external_id,
                                   crm_record **out,
                                   crm_error **err);

// What the options look for; null: all active ones. End `out` with `crm_list_free`.
crm_status crm_target_find(const crm_session *session,
                           const crm_find_options *find,
                           crm_list **out,
                           crm_error **err);

// How many match the filter; empty: all active ones.
crm_status crm_target_count(const crm_session *session,
                            crm_str filter,
                            int64_t *out,
                            crm_error **err);

// As `crm_target_find`, as a table with the columns asked for. End `out` with `crm_frame_free`.
crm_status crm_target_frame(const crm_session *session,
                            const crm_find_options *find,
                            crm_frame **out,
                            crm_error **err);

// Changes the fields that are set, and no other. `out` receives the target as stored.
crm_status crm_target_update(const crm_session *session,
                             int64_t id,
                             const crm_fields *fields,
                             crm_record **out,
                             crm_error **err);

// Changes several in the same way, all or none.
crm_status crm_target_update_many(const crm_session *session,
                                  const int64_t *ids,
                                  size_t count,
                                  const crm_fields *fields,
                                  crm_list **out,
                                  crm_error **err);

// Deletes a target; `CRM_E_CONFLICT` while others refer to it.
crm_status crm_target_delete(const crm_session *session, int64_t id, crm_error **err);

// Deletes several, all or none.
crm_status crm_target_delete_many(const crm_session *session,
                                  const int64_t *ids,
                                  size_t count,
                                  crm_error **err);

// Says what was reached, by the host's own books: `amount`, in words such as `12.50`, of a target in money; `count` of one that counts. The other
// one is empty, or null. `at_micros` says as of when, in microseconds since 1970-01-01T00:00:00Z; null: now. `CRM_E_INVALID` for the metrics
// `won_revenue` and `won_count`, which are reckoned. `out` receives the target as stored; end it with `crm_record_free`.
crm_status crm_target_feed(const crm_session *session,
                           int64_t id,
                           crm_str amount,
                           const int64_t *count,
                           const int64_t *at_micros,
                           crm_record **out,
                           crm_error **err);

// How far targets are, a row for each that matches the filter; empty: all active ones. `id`, `name`, `team_id`, `user_id`, `metric`, `unit`,
// `currency`, `date_from`, `date_to`, `goal`, `actual` (empty: unknown), `date_actual`, `attainment`, `gap`, `pace`, `state` (`unknown`, `open`,
// `achieved`, `missed`), `left_out`. Reckoned of the leads that the session's user sees; `below`: a team's target counts the leads of teams below
// it, too. End `out` with `crm_frame_free`.
crm_status crm_target_attainment(const crm_session *session,
                                 crm_str filter,
                                 bool below,
                                 crm_frame **out,
                                 crm_error **err);

// Creates a activity type. `out` receives it as stored; end it with `crm_record_free`.
crm_status crm_activity_type_create(const crm_session *session,
                                    const crm_fields *fields,
                                    crm_record **out,
                                    crm_error **err);

// Creates several, all or none. `out` receives them in the same order; end it with `crm_list_free`.
crm_status crm_activity_type_create_many(const crm_session *session,
                                         const crm_fields *const *fields,
                                         size_t count,
                                         crm_list **out,
                                         crm_error **err);

// The activity type with that id, archived or not.
crm_status crm_activity_type_get(const crm_session *session,
                                 int64_t id,
                                 crm_record **out,
                                 crm_error **err);

// The activity type that another system knows by that id.
crm_status crm_activity_type_get_external(const crm_session *session,
                                          crm_str system,
                                          crm_str external_id,
                                          crm_record **out,
                                          crm_error **err);

// What the options look for; null: all active ones. End `out` with `crm_list_free`.
crm_status crm_activity_type_find(const crm_session *session,
                                  const crm_find_options *find,
                                  crm_list **out,
                                  crm_error **err);

// How many match the filter; empty: all active ones.
crm_status crm_activity_type_count(const crm_session *session,
                                   crm_str filter,
                                   int64_t *out,
                                   crm_error **err);

// As `crm_activity_type_find`, as a table with the columns asked for. End `out` with `crm_frame_free`.
crm_status crm_activity_type_frame(const crm_session *session,
                                   const crm_find_options *find,
                                   crm_frame **out,
                                   crm_error **err);

// Changes the fields that are set, and no other. `out` receives the activity type as stored.
crm_status crm_activity_type_update(const crm_session *session,
                                    int64_t id,
                                    const crm_fields *fields,
                                    crm_record **out,
                                    crm_error **err);

// Changes several in the same way, all or none.
crm_status crm_activity_type_update_many(const crm_session *session,
                                         const int64_t *ids,
                                         size_t count,
                                         const crm_fields *fields,
                                         crm_list **out,
                                         crm_error **err);

// Deletes a activity type; `CRM_E_CONFLICT` while others refer to it.
crm_status crm_activity_type_delete(const crm_session *session, int64_t id, crm_error **err);

// Deletes several, all or none.
crm_status crm_activity_type_delete_many(const crm_session *session,
                                         const int64_t *ids,
                                         size_t count,
                                         crm_error **err);

// Every setting: a table with the columns `name` and `value` (as text; truths are `true` and `false`).
crm_status crm_setting_all(const crm_session *session,
                           crm_frame **out,
                           crm_error **err);

// A setting that is a truth.
crm_status crm_setting_get_bool(const crm_session *session,
                                crm_str name,
                                bool *out,
                                crm_error **err);

// Changes a setting that is a truth.
crm_status crm_setting_set_bool(const crm_session *session,
                                crm_str name,
                                bool value,
                                crm_error **err);

// Changes a setting that is a text.
crm_status crm_setting_set_text(const crm_session *session,
                                crm_str name,
                                crm_str value,
                                crm_error **err);

// Fills the options with what they are unless said otherwise; pass `sizeof *options`.
void crm_property_options_init(crm_property_options *options, size_t struct_size);

// Declares a custom field of leads or partners. Declaring it again changes label, teams and choices, of which none may be missing, and
// leaves what is omitted; another type, or a missing choice, is `CRM_E_CONFLICT`.
crm_status crm_property_declare(const crm_session *session,
                                const crm_property_options *options,
                                crm_error **err);

// The custom fields of a kind of record: a table with the columns `name`, `type`, `label`, `choices` (a JSON array), `team_ids`.
crm_status crm_property_list(const crm_session *session,
                             int32_t kind,
                             crm_frame **out,
                             crm_error **err);

// Fills the options with what they are unless said otherwise; pass `sizeof *options`.
void crm_score_options_init(crm_score_options *options, size_t struct_size);

// Changes how leads are scored and counts closed ones anew; scores of open leads are stale until `crm_score_recompute`. What `set_mask` leaves out stays.
crm_status crm_score_configure(const crm_session *session,
                               const crm_score_options *options,
                               crm_error **err);

// What is configured, one row: `model`, `start_date`, `is_default_start` (nobody has said one), and `fields` as a JSON list.
crm_status crm_score_configuration(const crm_session *session,
                                   crm_frame **out,
                                   crm_error **err);

// What the model has learnt: one row, `parameters`, a JSON object with every weight, bin edge and level.
crm_status crm_score_parameters(const crm_session *session,
                                crm_frame **out,
                                crm_error **err);

// Whether the evidence can be trusted; for administrators. `out` receives a row per field: `field`, `known` and `known_open` (shares of closed and open
// leads that have a value), `values`, `signal` (0 says nothing, 1 knows the outcome), `drift`, `filled_after_closing` (the share
// of values that came with the closing or after it), `filled_after_creation` (that were not there at the creation), `changed_after_creation` (that
// were others then or not there), `findings`
// (`nearly_perfect`, `filled_after_closing`, `filled_after_creation`, `changed_after_creation`, `mostly_missing`, `no_signal`, `drift`,
// joined by `;`);
// `out_summary` one row: `model`, `outcomes`, `won`, `before_start`, `outcomes_needed`, `won_needed`, `lost_needed`, `won_lately`,
// `won_before`. `progress` may be null.
crm_status crm_score_health(const crm_session *session,
                            crm_progress_fn progress,
                            void *user_data,
                            crm_frame **out,
                            crm_frame **out_summary,
                            crm_error **err);

// Counts all closed leads anew, and scores all open ones. `out` receives one row: `run` (empty if no score changed), `counted`,
// `before_start` (closed leads that did not count, being created before the start date), `scored`, `changed`. `progress` may be null.
crm_status crm_score_rebuild(const crm_session *session,
                             crm_progress_fn progress,
                             void *user_data,
                             crm_frame **out,
                             crm_error **err);

// Scores all open leads with what has been counted. The rest is as for `crm_score_rebuild`.
crm_status crm_score_recompute(const crm_session *session,
                               crm_progress_fn progress,
                               void *user_data,
                               crm_frame **out,
                               crm_error **err);

// Replays history, for administrators: what would have been said of closed leads, each at its moment and by what was known then, also of fields that
// were filled in since. `options` may be null;
// its fields and model are those to try, its start date the first day of predictions. `at` is `created` (or empty), `stage_entry` or
// `30_days_before_close`. `out` receives a row per prediction: `lead_id`, `predicted_at`, `probability`, `base_rate`, `outcome`,
// `closed_at`; `out_summary` a row for the model, the base rate and `bayes`: `model`, `count`, `past_unknown` (predictions for
// moments before the database was told of the lead: what the history does not keep counted as it was told first), `won`, `log_loss`,
// `brier` and its parts, `auc`, `ece`; `out_reliability` the model's bins: `count`, `predicted`, `observed`. `progress` may be null.
crm_status crm_score_backtest(const crm_session *session,
                              const crm_score_options *options,
                              crm_str at,
                              crm_progress_fn progress,
                              void *user_data,
                              crm_frame **out,
                              crm_frame **out_summary,
                              crm_frame **out_reliability,
                              crm_error **err);

// What is said of the pending leads of a filter (empty: all that are not archived), without storing it: `lead_id`, `predicted_at`,
// `probability`, `source`. `as_of_micros` may be null (as things stand) or point to a moment of the past, in microseconds since
// 1970-01-01T00:00:00Z: then leads are judged by what was known of them and by the outcomes known then; the filter reads what the
// history does not keep as it is now. `progress` may be null.
crm_status crm_score_predict(const crm_session *session,
                             crm_str filter,
                             const int64_t *as_of_micros,
                             crm_progress_fn progress,
                             void *user_data,
                             crm_frame **out,
                             crm_error **err);

// What was counted: a table with the columns `team_id`, `variable`, `value`, `is_changed` (whether leads are counted that were changed to
// the value, else those that were created with it), `won_count`, `lost_count`. Both counts are leads and a tenth, as
// the model `bayes` reads them, and `bayes` alone adds up stages: under other models a lead counts at the stage in which it was closed. Of
// numbers and dates under `weighted`, values are bins.
crm_status crm_score_frequencies(const crm_session *session,
                                 crm_frame **out,
                                 crm_error **err);

// Why a lead has its chance: a table with the columns `variable`, `value`, `log_odds` (above 0 speaks for winning), `share`,
// `won_count`, `lost_count`, `bin` (the bounds by which a number or date counts, or null), `points` (by how many percentage points the
// chance is higher than if this value alone weighed nothing), `is_changed` (whether the lead said something else when it was created, and
// is judged by leads that were changed so); the first row, `base`, is the share won before anything is known of the lead.
// A value that was never met weighs nothing.
crm_status crm_score_explain(const crm_session *session,
                             int64_t lead_id,
                             crm_frame **out,
                             crm_error **err);

// What a lead's chance is made of, one row beside `crm_score_explain`: `lead_id`; what the model says now, `probability` (percent) and
// its `source`; the three numbers as they are stored, `automated_probability` (and `is_stale`, whether that is another one),
// `manual_probability`, `stage_probability`; the `policy` that chooses among them; `base` and `raw` (0 to 1), `base_log_odds`; what the
// stored numbers rest on, `automated_source` and `stage_source` (`none`: nothing was counted yet).
crm_status crm_score_explanation(const crm_session *session,
                                 int64_t lead_id,
                                 crm_frame **out,
                                 crm_error **err);

// The ten closed deals most like a lead by the configured fields, of the newest ones: `lead_id`, `likeness` (up to 1: every value
// that the lead has and that was ever counted is shared), `shared` (names
// of fields joined by `;`), `outcome` (`won` or `lost`), `closed_at`.
crm_status crm_score_nearest(const crm_session *session,
                             int64_t lead_id,
                             crm_frame **out,
                             crm_error **err);

// Leads (`CRM_KIND_LEAD`) or partners (`CRM_KIND_PARTNER`) that are probably the same as one: as that of `id`, or with `id` 0 as one
// that may be created with the fields of `candidate`, which is else null. `flags`: 0, or `CRM_DUPLICATES_INCLUDE_LOST`,
// `CRM_DUPLICATES_INCLUDE_WON`. `out` receives a row per record and reason, the surest record first, then the newest: `record_id`,
// `score` (1 to 99, of all its reasons), `field`, `value` (what they share), `strength` (1 to 99, of this reason). What this user does
// not see is not found, and what is empty matches nothing.
crm_status crm_duplicates_find(const crm_session *session,
                               int32_t kind,
                               int64_t id,
                               const crm_fields *candidate,
                               uint64_t flags,
                               crm_frame **out,
                               crm_error **err);

// All leads or partners that reasons tie together, in groups that share no record. `least` is how strong a reason must be, 1 to 99; 0
// is 80: the same address or phone number. `flags`: 0, or `CRM_DUPLICATES_INCLUDE_LOST`. `out` receives a row per record and reason:
// `cluster` (the lowest id of its group), `record_id`, `field`, `value`, `strength`. `progress` may be null.
crm_status crm_duplicates_scan(const crm_session *session,
                               int32_t kind,
                               int64_t least,
                               uint64_t flags,
                               crm_progress_fn progress,
                               void *user_data,
                               crm_frame **out,
                               crm_error **err);

// The weighted forecast as a table. `by` names its groups, such as `month, team_id` (of `month quarter team_id user_id stage_id
// company_id`); `zone` says where a day begins, such as "Europe/Paris". All three texts may be empty. Columns: the groups
// (`period_start` and `period_end` for periods), `currency`, `bucket` (won open overdue undated), `count`, `expected_revenue`,
// `weighted_revenue`.
crm_status crm_forecast_weighted(const crm_session *session,
                                 crm_str by,
                                 crm_str filter,
                                 crm_str zone,
                                 crm_frame **out,
                                 crm_error **err);

// The totals of the weighted forecast, one row per currency: `currency`, `count`, `expected_revenue`, `weighted_revenue`, the last
// rounded once.
crm_status crm_forecast_total(const crm_session *session,
                              crm_str filter,
                              crm_str zone,
                              crm_frame **out,
                              crm_error **err);

// The board: what stands in each stage now, per currency; open stages show open deals, won stages won ones, empty ones stay.
crm_status crm_forecast_board(const crm_session *session,
                              crm_str filter,
                              crm_frame **out,
                              crm_error **err);

// `crm_forecast_weighted` as of an instant, in microseconds since 1970-01-01T00:00:00Z: what was won later is open then, and what is
// overdue is decided by that day. `axis`: `effective` (empty: so) counts what was true then by what is known now, `known` what was
// known then.
crm_status crm_forecast_weighted_as_of(const crm_session *session,
                                       crm_str by,
                                       crm_str filter,
                                       crm_str zone,
                                       int64_t as_of_micros,
                                       crm_str axis,
                                       crm_frame **out,
                                       crm_error **err);

// `crm_forecast_total` as of an instant; as `crm_forecast_weighted_as_of`.
crm_status crm_forecast_total_as_of(const crm_session *session,
                                    crm_str filter,
                                    crm_str zone,
                                    int64_t as_of_micros,
                                    crm_str axis,
                                    crm_frame **out,
                                    crm_error **err);

// `crm_forecast_board` as of an instant, in today's stages; as `crm_forecast_weighted_as_of`.
crm_status crm_forecast_board_as_of(const crm_session *session,
                                    crm_str filter,
                                    int64_t as_of_micros,
                                    crm_str axis,
                                    crm_frame **out,
                                    crm_error **err);

// Whether a user may `read`, `create`, `update` or `delete` the record `id` of a kind (`CRM_KIND_LEAD`, …), 0: records of the kind at all. A
// row per ground: `can` (whether all hold, in each row the same), `about`, `holds`, `reason`. Others are the administrator's to ask about. End
// `out` with `crm_frame_free`.
crm_status crm_access_why_can(const crm_session *session,
                              int64_t user_id,
                              crm_str operation,
                              int32_t kind,
                              int64_t id,
                              crm_frame **out,
                              crm_error **err);

// Who changed what, the newest first, also of records that are gone: a row per entry of the feed, as `crm_feed` has them, but that the kind of
// record is called `record`. `kind` is a kind of record (`CRM_KIND_LEAD`, …) or -1 for all; `id` one of them, `user_id` who did it, `event` what
// happened, such as `setting.changed`; `since` and `until` point at microseconds since 1970 (from that one on, before that one);
// `before` is the last `seq` of the page before; 0, empty and null narrow nothing. An administrator of all companies reads all, others of
// records that they see now, and what is set up for all. End `out` with `crm_frame_free`.
crm_status crm_audit_find(const crm_session *session,
                          int32_t kind,
                          int64_t id,
                          int64_t user_id,
                          crm_str event,
                          const int64_t *since,
                          const int64_t *until,
                          int64_t before,
                          int64_t limit,
                          crm_frame **out,
                          crm_error **err);

// Seals what was told since the last time: each entry gets a digest over the one before and itself. One row: `seq` of the last entry,
// `digest` (SHA-256, hexadecimal), `sealed` (how many now). Kept elsewhere, `seq` and `digest` show that the chain was not written anew.
crm_status crm_audit_seal(const crm_session *session,
                          crm_frame **out,
                          crm_error **err);

// Whether sealed entries are what they were. `seq` and `digest` of a seal that was kept elsewhere, or 0 and empty. One row: `seq` and
// `digest` of the last entry, `sealed` (how many are, and hold), `erased` (of how many what identified a person was erased), `unsealed` (how many came since),
// `broken` (the first that is not what was sealed, or null) and `problem`.
crm_status crm_audit_verify(const crm_session *session,
                            int64_t seq,
                            crm_str digest,
                            crm_frame **out,
                            crm_error **err);

// Fills the options with what they are unless said otherwise; pass `sizeof *options`.
void crm_import_options_init(crm_import_options *options, size_t struct_size);

// Creates and updates records from CSV. `out` receives one row: `rows`, `created`, `updated`, `unchanged`, `skipped`, `failed`,
// `plan_hash`. `out_errors` may be null; it receives why rows were refused: `record`, `line`, `column`, `value`, `code`, `message`,
// `hint`; a row has one for each of its cells that is wrong. No mapping: each column is the field that its header names, and `id` needs
// `create_date` beside it: a row whose record was created at another time comes from another database and is `CRM_E_CONFLICT`.
crm_status crm_csv_import(const crm_session *session,
                          const crm_import_options *options,
                          crm_frame **out,
                          crm_frame **out_errors,
                          crm_error **err);

// Writes the records that match into a file; `columns` such as `id, name, partner_id.name`; empty: what an import into this database
// can read again. For another database leave out `id`, and name links by name or `external_id(<system>)`.
// `flags`: 0, or `CRM_EXPORT_SAFE_FOR_SPREADSHEETS`. `out` receives how many. A file that is there is replaced when all is written, and
// keeps its mode; a crm file is never (`CRM_E_CONFLICT`).
crm_status crm_csv_export(const crm_session *session,
                          int32_t kind,
                          crm_str target,
                          crm_str filter,
                          crm_str columns,
                          uint64_t flags,
                          int64_t *out,
                          crm_error **err);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

// Kinds of record.
#define CRM_KIND_COMPANY 0
#define CRM_KIND_USER 1
#define CRM_KIND_TEAM 2
#define CRM_KIND_TEAM_MEMBER 3
#define CRM_KIND_STAGE 4
#define CRM_KIND_LOST_REASON 5
#define CRM_KIND_TAG 6
#define CRM_KIND_CAMPAIGN 7
#define CRM_KIND_MEDIUM 8
#define CRM_KIND_SOURCE 9
#define CRM_KIND_RECURRING_PLAN 10
#define CRM_KIND_PARTNER 11
#define CRM_KIND_LEAD 12
#define CRM_KIND_ACTIVITY_TYPE 13
#define CRM_KIND_ACTIVITY 14
#define CRM_KIND_MESSAGE 15
#define CRM_KIND_PARTNER_CONTACT 16
#define CRM_KIND_PARTNER_ROLE 17
#define CRM_KIND_RULE 18
#define CRM_KIND_TARGET 19

// Fields of a company.
#define CRM_COMPANY_ID 0 // id of a company, kept by the library
#define CRM_COMPANY_VERSION 1 // number, kept by the library
#define CRM_COMPANY_CREATE_DATE 2 // instant, kept by the library
#define CRM_COMPANY_WRITE_DATE 3 // instant, kept by the library
#define CRM_COMPANY_CREATE_UID 4 // id of a user, kept by the library
#define CRM_COMPANY_WRITE_UID 5 // id of a user, kept by the library
#define CRM_COMPANY_NAME 6 // text
#define CRM_COMPANY_CURRENCY 7 // text
#define CRM_COMPANY_COUNTRY_CODE 8 // text
#define CRM_COMPANY_ZONE 9 // text
#define CRM_COMPANY_PROBABILITY_POLICY 10 // blend stage manual model

// Fields of a user.
#define CRM_USER_ID 0 // id of a user, kept by the library
#define CRM_USER_VERSION 1 // number, kept by the library
#define CRM_USER_CREATE_DATE 2 // instant, kept by the library
#define CRM_USER_WRITE_DATE 3 // instant, kept by the library
#define CRM_USER_CREATE_UID 4 // id of a user, kept by the library
#define CRM_USER_WRITE_UID 5 // id of a user, kept by the library
#define CRM_USER_NAME 6 // text
#define CRM_USER_LOGIN 7 // text
#define CRM_USER_EMAIL 8 // text
#define CRM_USER_ROLE 9 // own team all admin external sub_tree company
#define CRM_USER_COMPANY_ID 10 // id of a company
#define CRM_USER_COMPANY_IDS 11 // ids of company
#define CRM_USER_ACTIVE 12 // truth
#define CRM_USER_TEAM_ID 13 // id of a team, kept by the library
#define CRM_USER_PARTNER_ID 14 // id of a partner

// Fields of a team.
#define CRM_TEAM_ID 0 // id of a team, kept by the library
#define CRM_TEAM_VERSION 1 // number, kept by the library
#define CRM_TEAM_CREATE_DATE 2 // instant, kept by the library
#define CRM_TEAM_WRITE_DATE 3 // instant, kept by the library
#define CRM_TEAM_CREATE_UID 4 // id of a user, kept by the library
#define CRM_TEAM_WRITE_UID 5 // id of a user, kept by the library
#define CRM_TEAM_NAME 6 // text
#define CRM_TEAM_SEQUENCE 7 // number
#define CRM_TEAM_USER_ID 8 // id of a user
#define CRM_TEAM_MEMBER_IDS 9 // ids of user
#define CRM_TEAM_COMPANY_ID 10 // id of a company
#define CRM_TEAM_PARENT_ID 11 // id of a team
#define CRM_TEAM_USE_LEADS 12 // truth
#define CRM_TEAM_USE_OPPORTUNITIES 13 // truth
#define CRM_TEAM_ASSIGNMENT_FILTER 14 // text
#define CRM_TEAM_ASSIGNMENT_MAX 15 // number, kept by the library
#define CRM_TEAM_ACTIVE 16 // truth
#define CRM_TEAM_PROBABILITY_POLICY 17 // blend stage manual model
#define CRM_TEAM_USE_QUOTATIONS 18 // truth
#define CRM_TEAM_ALIAS 19 // text
#define CRM_TEAM_ASSIGNMENT_OPTOUT 20 // truth

// Fields of a team member.
#define CRM_TEAM_MEMBER_ID 0 // id of a team_member, kept by the library
#define CRM_TEAM_MEMBER_VERSION 1 // number, kept by the library
#define CRM_TEAM_MEMBER_CREATE_DATE 2 // instant, kept by the library
#define CRM_TEAM_MEMBER_WRITE_DATE 3 // instant, kept by the library
#define CRM_TEAM_MEMBER_CREATE_UID 4 // id of a user, kept by the library
#define CRM_TEAM_MEMBER_WRITE_UID 5 // id of a user, kept by the library
#define CRM_TEAM_MEMBER_TEAM_ID 6 // id of a team
#define CRM_TEAM_MEMBER_USER_ID 7 // id of a user
#define CRM_TEAM_MEMBER_ASSIGNMENT_MAX 8 // number
#define CRM_TEAM_MEMBER_ASSIGNMENT_FILTER 9 // text
#define CRM_TEAM_MEMBER_ACTIVE 10 // truth
#define CRM_TEAM_MEMBER_DATE_START 11 // date
#define CRM_TEAM_MEMBER_DATE_END 12 // date
#define CRM_TEAM_MEMBER_ASSIGNMENT_FILTER_PREFERRED 13 // text
#define CRM_TEAM_MEMBER_ASSIGNMENT_OPTOUT 14 // truth
#define CRM_TEAM_MEMBER_ABSENCES 15 // text
#define CRM_TEAM_MEMBER_TERRITORY 16 // text
#define CRM_TEAM_MEMBER_LANGUAGES 17 // text
#define CRM_TEAM_MEMBER_SKILL_IDS 18 // ids of tag

// Fields of a stage.
#define CRM_STAGE_ID 0 // id of a stage, kept by the library
#define CRM_STAGE_VERSION 1 // number, kept by the library
#define CRM_STAGE_CREATE_DATE 2 // instant, kept by the library
#define CRM_STAGE_WRITE_DATE 3 // instant, kept by the library
#define CRM_STAGE_CREATE_UID 4 // id of a user, kept by the library
#define CRM_STAGE_WRITE_UID 5 // id of a user, kept by the library
#define CRM_STAGE_NAME 6 // text
#define CRM_STAGE_SEQUENCE 7 // number
#define CRM_STAGE_IS_WON 8 // truth
#define CRM_STAGE_FOLD 9 // truth
#define CRM_STAGE_REQUIREMENTS 10 // text
#define CRM_STAGE_TEAM_IDS 11 // ids of team
#define CRM_STAGE_COMPANY_ID 12 // id of a company
#define CRM_STAGE_ROTTING_DAYS 13 // number
#define CRM_STAGE_COLOR 14 // number

// Fields of a lost reason.
#define CRM_LOST_REASON_ID 0 // id of a lost_reason, kept by the library
#define CRM_LOST_REASON_VERSION 1 // number, kept by the library
#define CRM_LOST_REASON_CREATE_DATE 2 // instant, kept by the library
#define CRM_LOST_REASON_WRITE_DATE 3 // instant, kept by the library
#define CRM_LOST_REASON_CREATE_UID 4 // id of a user, kept by the library
#define CRM_LOST_REASON_WRITE_UID 5 // id of a user, kept by the library
#define CRM_LOST_REASON_NAME 6 // text
#define CRM_LOST_REASON_SEQUENCE 7 // number
#define CRM_LOST_REASON_IS_CANCELLATION 8 // truth
#define CRM_LOST_REASON_ACTIVE 9 // truth

// Fields of a tag.
#define CRM_TAG_ID 0 // id of a tag, kept by the library
#define CRM_TAG_VERSION 1 // number, kept by the library
#define CRM_TAG_CREATE_DATE 2 // instant, kept by the library
#define CRM_TAG_WRITE_DATE 3 // instant, kept by the library
#define CRM_TAG_CREATE_UID 4 // id of a user, kept by the library
#define CRM_TAG_WRITE_UID 5 // id of a user, kept by the library
#define CRM_TAG_NAME 6 // text
#define CRM_TAG_COLOR 7 // number
#define CRM_TAG_PARENT_ID 8 // id of a tag

// Fields of a campaign.
#define CRM_CAMPAIGN_ID 0 // id of a campaign, kept by the library
#define CRM_CAMPAIGN_VERSION 1 // number, kept by the library
#define CRM_CAMPAIGN_CREATE_DATE 2 // instant, kept by the library
#define CRM_CAMPAIGN_WRITE_DATE 3 // instant, kept by the library
#define CRM_CAMPAIGN_CREATE_UID 4 // id of a user, kept by the library
#define CRM_CAMPAIGN_WRITE_UID 5 // id of a user, kept by the library
#define CRM_CAMPAIGN_NAME 6 // text
#define CRM_CAMPAIGN_ACTIVE 7 // truth

// Fields of a medium.
#define CRM_MEDIUM_ID 0 // id of a medium, kept by the library
#define CRM_MEDIUM_VERSION 1 // number, kept by the library
#define CRM_MEDIUM_CREATE_DATE 2 // instant, kept by the library
#define CRM_MEDIUM_WRITE_DATE 3 // instant, kept by the library
#define CRM_MEDIUM_CREATE_UID 4 // id of a user, kept by the library
#define CRM_MEDIUM_WRITE_UID 5 // id of a user, kept by the library
#define CRM_MEDIUM_NAME 6 // text
#define CRM_MEDIUM_ACTIVE 7 // truth

// Fields of a source.
#define CRM_SOURCE_ID 0 // id of a source, kept by the library
#define CRM_SOURCE_VERSION 1 // number, kept by the library
#define CRM_SOURCE_CREATE_DATE 2 // instant, kept by the library
#define CRM_SOURCE_WRITE_DATE 3 // instant, kept by the library
#define CRM_SOURCE_CREATE_UID 4 // id of a user, kept by the library
#define CRM_SOURCE_WRITE_UID 5 // id of a user, kept by the library
#define CRM_SOURCE_NAME 6 // text
#define CRM_SOURCE_ACTIVE 7 // truth

// Fields of a recurring plan.
#define CRM_RECURRING_PLAN_ID 0 // id of a recurring_plan, kept by the library
#define CRM_RECURRING_PLAN_VERSION 1 // number, kept by the library
#define CRM_RECURRING_PLAN_CREATE_DATE 2 // instant, kept by the library
#define CRM_RECURRING_PLAN_WRITE_DATE 3 // instant, kept by the library
#define CRM_RECURRING_PLAN_CREATE_UID 4 // id of a user, kept by the library
#define CRM_RECURRING_PLAN_WRITE_UID 5 // id of a user, kept by the library
#define CRM_RECURRING_PLAN_NAME 6 // text
#define CRM_RECURRING_PLAN_NUMBER_OF_MONTHS 7 // number
#define CRM_RECURRING_PLAN_SEQUENCE 8 // number
#define CRM_RECURRING_PLAN_ACTIVE 9 // truth

// Fields of a partner.
#define CRM_PARTNER_ID 0 // id of a partner, kept by the library
#define CRM_PARTNER_VERSION 1 // number, kept by the library
#define CRM_PARTNER_CREATE_DATE 2 // instant, kept by the library
#define CRM_PARTNER_WRITE_DATE 3 // instant, kept by the library
#define CRM_PARTNER_CREATE_UID 4 // id of a user, kept by the library
#define CRM_PARTNER_WRITE_UID 5 // id of a user, kept by the library
#define CRM_PARTNER_NAME 6 // text
#define CRM_PARTNER_IS_COMPANY 7 // truth
#define CRM_PARTNER_PARENT_ID 8 // id of a partner
#define CRM_PARTNER_ADDRESS_TYPE 9 // contact invoice delivery private other
#define CRM_PARTNER_IS_CUSTOMER 10 // truth
#define CRM_PARTNER_IS_SUPPLIER 11 // truth
#define CRM_PARTNER_FUNCTION 12 // text
#define CRM_PARTNER_EMAIL 13 // text
#define CRM_PARTNER_EMAIL_NORMALIZED 14 // text, kept by the library
#define CRM_PARTNER_PHONE 15 // text
#define CRM_PARTNER_MOBILE 16 // text
#define CRM_PARTNER_PHONE_NORMALIZED 17 // text, kept by the library
#define CRM_PARTNER_WEBSITE 18 // text
#define CRM_PARTNER_STREET 19 // text
#define CRM_PARTNER_STREET2 20 // text
#define CRM_PARTNER_CITY 21 // text
#define CRM_PARTNER_ZIP 22 // text
#define CRM_PARTNER_STATE_CODE 23 // text
#define CRM_PARTNER_COUNTRY_CODE 24 // text
#define CRM_PARTNER_LANG 25 // text
#define CRM_PARTNER_USER_ID 26 // id of a user
#define CRM_PARTNER_COMPANY_ID 27 // id of a company
#define CRM_PARTNER_COMMENT 28 // text
#define CRM_PARTNER_PROPERTIES 29 // custom values
#define CRM_PARTNER_ACTIVE 30 // truth
#define CRM_PARTNER_TAX_ID 31 // text
#define CRM_PARTNER_TAX_ID_NORMALIZED 32 // text, kept by the library
#define CRM_PARTNER_EMAIL_STATE 33 // correct incorrect, kept by the library
#define CRM_PARTNER_PHONE_STATE 34 // correct incorrect, kept by the library
#define CRM_PARTNER_TAG_IDS 36 // ids of tag
#define CRM_PARTNER_REFERRER_ID 37 // id of a partner
#define CRM_PARTNER_DATE_ERASED 38 // instant, kept by the library

// Fields of a lead.
#define CRM_LEAD_ID 0 // id of a lead, kept by the library
#define CRM_LEAD_VERSION 1 // number, kept by the library
#define CRM_LEAD_CREATE_DATE 2 // instant, kept by the library
#define CRM_LEAD_WRITE_DATE 3 // instant, kept by the library
#define CRM_LEAD_CREATE_UID 4 // id of a user, kept by the library
#define CRM_LEAD_WRITE_UID 5 // id of a user, kept by the library
#define CRM_LEAD_NAME 6 // text
#define CRM_LEAD_KIND 7 // lead opportunity
#define CRM_LEAD_COMPANY_ID 8 // id of a company
#define CRM_LEAD_CURRENCY 9 // text
#define CRM_LEAD_PARTNER_ID 10 // id of a partner
#define CRM_LEAD_USER_ID 11 // id of a user
#define CRM_LEAD_TEAM_ID 12 // id of a team
#define CRM_LEAD_STAGE_ID 13 // id of a stage
#define CRM_LEAD_PRIORITY 14 // number
#define CRM_LEAD_TAG_IDS 15 // ids of tag
#define CRM_LEAD_EXPECTED_REVENUE 16 // money
#define CRM_LEAD_RECURRING_REVENUE 17 // money
#define CRM_LEAD_RECURRING_PLAN_ID 18 // id of a recurring_plan
#define CRM_LEAD_PROBABILITY 19 // percent
#define CRM_LEAD_MANUAL_PROBABILITY 20 // percent
#define CRM_LEAD_AUTOMATED_PROBABILITY 21 // percent, kept by the library
#define CRM_LEAD_IS_AUTOMATED_PROBABILITY 22 // truth, kept by the library
#define CRM_LEAD_PROBABILITY_SOURCE 23 // none base stage model manual outcome, kept by the library
#define CRM_LEAD_WON_STATUS 24 // pending won lost, kept by the library
#define CRM_LEAD_ACTIVE 25 // truth, kept by the library
#define CRM_LEAD_ON_HOLD 26 // truth
#define CRM_LEAD_FORECAST_CATEGORY 27 // pipeline best_case commit closed omitted
#define CRM_LEAD_DATE_DEADLINE 28 // date
#define CRM_LEAD_DATE_OPEN 29 // instant, kept by the library
#define CRM_LEAD_DATE_CLOSED 30 // instant, kept by the library
#define CRM_LEAD_DATE_CONVERSION 31 // instant, kept by the library
#define CRM_LEAD_DATE_LAST_STAGE_UPDATE 32 // instant, kept by the library
#define CRM_LEAD_LOST_REASON_ID 33 // id of a lost_reason
#define CRM_LEAD_CAMPAIGN_ID 34 // id of a campaign
#define CRM_LEAD_MEDIUM_ID 35 // id of a medium
#define CRM_LEAD_SOURCE_ID 36 // id of a source
#define CRM_LEAD_COUNTRY_CODE 37 // text
#define CRM_LEAD_STATE_CODE 38 // text
#define CRM_LEAD_LANG 39 // text
#define CRM_LEAD_EMAIL_STATE 40 // correct incorrect, kept by the library
#define CRM_LEAD_PHONE_STATE 41 // correct incorrect, kept by the library
#define CRM_LEAD_COLOR 42 // number
#define CRM_LEAD_PARTNER_NAME 44 // text
#define CRM_LEAD_CONTACT_NAME 45 // text
#define CRM_LEAD_FUNCTION 46 // text
#define CRM_LEAD_EMAIL_FROM 47 // text
#define CRM_LEAD_EMAIL_CC 48 // text
#define CRM_LEAD_EMAIL_NORMALIZED 49 // text, kept by the library
#define CRM_LEAD_PHONE 50 // text
#define CRM_LEAD_MOBILE 51 // text
#define CRM_LEAD_PHONE_NORMALIZED 52 // text, kept by the library
#define CRM_LEAD_WEBSITE 53 // text
#define CRM_LEAD_STREET 54 // text
#define CRM_LEAD_STREET2 55 // text
#define CRM_LEAD_CITY 56 // text
#define CRM_LEAD_ZIP 57 // text
#define CRM_LEAD_REFERRED 58 // text
#define CRM_LEAD_DESCRIPTION 59 // text
#define CRM_LEAD_PROPERTIES 60 // custom values
#define CRM_LEAD_PRORATED_REVENUE 61 // money, kept by the library
#define CRM_LEAD_RECURRING_REVENUE_MONTHLY 62 // money, kept by the library
#define CRM_LEAD_DAY_OPEN 63 // number, kept by the library
#define CRM_LEAD_DAY_CLOSE 64 // number, kept by the library
#define CRM_LEAD_IS_ROTTING 65 // truth, kept by the library
#define CRM_LEAD_ROTTING_DAYS 66 // number, kept by the library
#define CRM_LEAD_STAGE_PROBABILITY 70 // percent, kept by the library

// Fields of a activity type.
#define CRM_ACTIVITY_TYPE_ID 0 // id of a activity_type, kept by the library
#define CRM_ACTIVITY_TYPE_VERSION 1 // number, kept by the library
#define CRM_ACTIVITY_TYPE_CREATE_DATE 2 // instant, kept by the library
#define CRM_ACTIVITY_TYPE_WRITE_DATE 3 // instant, kept by the library
#define CRM_ACTIVITY_TYPE_CREATE_UID 4 // id of a user, kept by the library
#define CRM_ACTIVITY_TYPE_WRITE_UID 5 // id of a user, kept by the library
#define CRM_ACTIVITY_TYPE_NAME 6 // text
#define CRM_ACTIVITY_TYPE_SUMMARY 7 // text
#define CRM_ACTIVITY_TYPE_SEQUENCE 8 // number
#define CRM_ACTIVITY_TYPE_CATEGORY 9 // other todo email call meeting document
#define CRM_ACTIVITY_TYPE_ICON 10 // text
#define CRM_ACTIVITY_TYPE_DECORATION 11 // warning danger
#define CRM_ACTIVITY_TYPE_SUBJECT_KIND 12 // lead partner
#define CRM_ACTIVITY_TYPE_DELAY_COUNT 13 // number
#define CRM_ACTIVITY_TYPE_DELAY_UNIT 14 // days weeks months
#define CRM_ACTIVITY_TYPE_DELAY_FROM 15 // previous_activity completion
#define CRM_ACTIVITY_TYPE_CHAINING_TYPE 16 // suggest trigger
#define CRM_ACTIVITY_TYPE_TRIGGERED_NEXT_TYPE_ID 17 // id of a activity_type
#define CRM_ACTIVITY_TYPE_SUGGESTED_NEXT_TYPE_IDS 18 // ids of activity_type
#define CRM_ACTIVITY_TYPE_DEFAULT_USER_ID 19 // id of a user
#define CRM_ACTIVITY_TYPE_DEFAULT_NOTE 20 // text
#define CRM_ACTIVITY_TYPE_ACTIVE 21 // truth

// Fields of a activity.
#define CRM_ACTIVITY_ID 0 // id of a activity, kept by the library
#define CRM_ACTIVITY_VERSION 1 // number, kept by the library
#define CRM_ACTIVITY_CREATE_DATE 2 // instant, kept by the library
#define CRM_ACTIVITY_WRITE_DATE 3 // instant, kept by the library
#define CRM_ACTIVITY_CREATE_UID 4 // id of a user, kept by the library
#define CRM_ACTIVITY_WRITE_UID 5 // id of a user, kept by the library
#define CRM_ACTIVITY_SUBJECT_KIND 6 // lead partner, kept by the library
#define CRM_ACTIVITY_SUBJECT_ID 7 // number, kept by the library
#define CRM_ACTIVITY_LEAD_ID 8 // id of a lead, kept by the library
#define CRM_ACTIVITY_PARTNER_ID 9 // id of a partner, kept by the library
#define CRM_ACTIVITY_ACTIVITY_TYPE_ID 10 // id of a activity_type
#define CRM_ACTIVITY_SUMMARY 11 // text
#define CRM_ACTIVITY_NOTE 12 // text
#define CRM_ACTIVITY_DATE_DEADLINE 13 // date
#define CRM_ACTIVITY_USER_ID 14 // id of a user
#define CRM_ACTIVITY_DATE_DONE 15 // instant, kept by the library
#define CRM_ACTIVITY_FEEDBACK 16 // text, kept by the library
#define CRM_ACTIVITY_NEXT_ACTIVITY_ID 17 // id of a activity, kept by the library
#define CRM_ACTIVITY_STATE 20 // overdue today planned done, kept by the library
#define CRM_ACTIVITY_SUGGESTED_NEXT_TYPE_IDS 21 // ids of activity_type, kept by the library

// Fields of a message.
#define CRM_MESSAGE_ID 0 // id of a message, kept by the library
#define CRM_MESSAGE_VERSION 1 // number, kept by the library
#define CRM_MESSAGE_CREATE_DATE 2 // instant, kept by the library
#define CRM_MESSAGE_WRITE_DATE 3 // instant, kept by the library
#define CRM_MESSAGE_CREATE_UID 4 // id of a user, kept by the library
#define CRM_MESSAGE_WRITE_UID 5 // id of a user, kept by the library
#define CRM_MESSAGE_SUBJECT_KIND 6 // lead partner, kept by the library
#define CRM_MESSAGE_SUBJECT_ID 7 // number, kept by the library
#define CRM_MESSAGE_LEAD_ID 8 // id of a lead, kept by the library
#define CRM_MESSAGE_PARTNER_ID 9 // id of a partner, kept by the library
#define CRM_MESSAGE_MESSAGE_TYPE 10 // comment notification activity lost, kept by the library
#define CRM_MESSAGE_INTERNAL 11 // truth, kept by the library
#define CRM_MESSAGE_AUTHOR_ID 12 // id of a user, kept by the library
#define CRM_MESSAGE_DATE 13 // instant, kept by the library
#define CRM_MESSAGE_BODY 14 // text, kept by the library
#define CRM_MESSAGE_ACTIVITY_ID 15 // id of a activity, kept by the library
#define CRM_MESSAGE_ORIGIN_ID 16 // number, kept by the library
#define CRM_MESSAGE_ORIGIN 17 // text, kept by the library

// Fields of a partner contact.
#define CRM_PARTNER_CONTACT_ID 0 // id of a partner_contact, kept by the library
#define CRM_PARTNER_CONTACT_VERSION 1 // number, kept by the library
#define CRM_PARTNER_CONTACT_CREATE_DATE 2 // instant, kept by the library
#define CRM_PARTNER_CONTACT_WRITE_DATE 3 // instant, kept by the library
#define CRM_PARTNER_CONTACT_CREATE_UID 4 // id of a user, kept by the library
#define CRM_PARTNER_CONTACT_WRITE_UID 5 // id of a user, kept by the library
#define CRM_PARTNER_CONTACT_PARTNER_ID 6 // id of a partner
#define CRM_PARTNER_CONTACT_CHANNEL 7 // email phone
#define CRM_PARTNER_CONTACT_KIND 8 // work home mobile billing other
#define CRM_PARTNER_CONTACT_VALUE 9 // text
#define CRM_PARTNER_CONTACT_NORMALIZED 10 // text, kept by the library
#define CRM_PARTNER_CONTACT_STATE 11 // correct incorrect, kept by the library
#define CRM_PARTNER_CONTACT_IS_PRIMARY 12 // truth

// Fields of a partner role.
#define CRM_PARTNER_ROLE_ID 0 // id of a partner_role, kept by the library
#define CRM_PARTNER_ROLE_VERSION 1 // number, kept by the library
#define CRM_PARTNER_ROLE_CREATE_DATE 2 // instant, kept by the library
#define CRM_PARTNER_ROLE_WRITE_DATE 3 // instant, kept by the library
#define CRM_PARTNER_ROLE_CREATE_UID 4 // id of a user, kept by the library
#define CRM_PARTNER_ROLE_WRITE_UID 5 // id of a user, kept by the library
#define CRM_PARTNER_ROLE_PARTNER_ID 6 // id of a partner
#define CRM_PARTNER_ROLE_ROLE 7 // prospect customer supplier partner former
#define CRM_PARTNER_ROLE_DATE_START 8 // date
#define CRM_PARTNER_ROLE_DATE_END 9 // date

// Fields of a rule.
#define CRM_RULE_ID 0 // id of a rule, kept by the library
#define CRM_RULE_VERSION 1 // number, kept by the library
#define CRM_RULE_CREATE_DATE 2 // instant, kept by the library
#define CRM_RULE_WRITE_DATE 3 // instant, kept by the library
#define CRM_RULE_CREATE_UID 4 // id of a user, kept by the library
#define CRM_RULE_WRITE_UID 5 // id of a user, kept by the library
#define CRM_RULE_NAME 6 // text
#define CRM_RULE_RECORD 7 // lead partner
#define CRM_RULE_ROLE 8 // own team all admin external sub_tree company
#define CRM_RULE_USER_ID 9 // id of a user
#define CRM_RULE_FILTER 10 // text
#define CRM_RULE_USE_READ 11 // truth
#define CRM_RULE_USE_CREATE 12 // truth
#define CRM_RULE_USE_UPDATE 13 // truth
#define CRM_RULE_USE_DELETE 14 // truth
#define CRM_RULE_ACTIVE 15 // truth
#define CRM_RULE_FIELD_NAMES 16 // text

// Fields of a target.
#define CRM_TARGET_ID 0 // id of a target, kept by the library
#define CRM_TARGET_VERSION 1 // number, kept by the library
#define CRM_TARGET_CREATE_DATE 2 // instant, kept by the library
#define CRM_TARGET_WRITE_DATE 3 // instant, kept by the library
#define CRM_TARGET_CREATE_UID 4 // id of a user, kept by the library
#define CRM_TARGET_WRITE_UID 5 // id of a user, kept by the library
#define CRM_TARGET_NAME 6 // text
#define CRM_TARGET_TEAM_ID 7 // id of a team
#define CRM_TARGET_USER_ID 8 // id of a user
#define CRM_TARGET_METRIC 9 // text
#define CRM_TARGET_AMOUNT 10 // money
#define CRM_TARGET_COUNT 11 // number
#define CRM_TARGET_CURRENCY 12 // text
#define CRM_TARGET_DATE_FROM 13 // date
#define CRM_TARGET_DATE_TO 14 // date
#define CRM_TARGET_ACTUAL_AMOUNT 15 // money
#define CRM_TARGET_ACTUAL_COUNT 16 // number
#define CRM_TARGET_DATE_ACTUAL 17 // instant
#define CRM_TARGET_ACTIVE 18 // truth
#define CRM_LEAD_TYPE CRM_LEAD_KIND // another name

#endif // CRM_H
