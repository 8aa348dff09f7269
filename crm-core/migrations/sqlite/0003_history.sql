-- What was, and what happened.

-- One row per state of the pipeline fields of a lead; the row holds from effective_at until the next row's.
CREATE TABLE lead_history (
  lead_id INTEGER NOT NULL, seq INTEGER NOT NULL,
  known_at INTEGER NOT NULL, effective_at INTEGER NOT NULL, -- when the file learned it; when it is true in business
  user_id_by INTEGER, -- who did it
  deleted INTEGER NOT NULL,
  kind INTEGER NOT NULL, company_id INTEGER, currency TEXT NOT NULL, partner_id INTEGER, user_id INTEGER, team_id INTEGER, stage_id INTEGER,
  expected_revenue INTEGER NOT NULL, recurring_revenue INTEGER NOT NULL, recurring_plan_id INTEGER,
  manual_probability INTEGER, forecast_category INTEGER NOT NULL, date_deadline INTEGER,
  won_status INTEGER NOT NULL, lost_reason_id INTEGER, active INTEGER NOT NULL, on_hold INTEGER NOT NULL,
  PRIMARY KEY (lead_id, seq)
) STRICT, WITHOUT ROWID;

-- Every event, numbered. Fields that may identify a person stand apart, so that erasing a person leaves the numbers.
CREATE TABLE feed (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  date INTEGER NOT NULL, user_id INTEGER, event TEXT NOT NULL, kind TEXT NOT NULL, record_id INTEGER NOT NULL,
  data TEXT -- JSON
) STRICT;

CREATE TABLE feed_personal (
  kind TEXT NOT NULL, record_id INTEGER NOT NULL, seq INTEGER NOT NULL, data TEXT NOT NULL,
  PRIMARY KEY (kind, record_id, seq)
) STRICT, WITHOUT ROWID;
