-- The office: what a pipeline refers to. Instants are microseconds UTC, dates are days since 1970-01-01, truths are 0 or 1.

CREATE TABLE company (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice
  version INTEGER NOT NULL, create_date INTEGER NOT NULL, write_date INTEGER NOT NULL, create_uid INTEGER, write_uid INTEGER,
  name TEXT NOT NULL,
  currency TEXT NOT NULL, -- ISO 4217
  country_code TEXT, zone TEXT
) STRICT;
CREATE UNIQUE INDEX company_name ON company (name);

CREATE TABLE user_account (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice
  version INTEGER NOT NULL, create_date INTEGER NOT NULL, write_date INTEGER NOT NULL, create_uid INTEGER, write_uid INTEGER,
  name TEXT NOT NULL, login TEXT NOT NULL, email TEXT,
  role INTEGER NOT NULL, -- 0 own, 1 team, 2 all, 3 admin
  company_id INTEGER REFERENCES company (id),
  active INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX user_account_login ON user_account (login);

CREATE TABLE user_company (
  user_id INTEGER NOT NULL REFERENCES user_account (id), company_id INTEGER NOT NULL REFERENCES company (id),
  PRIMARY KEY (user_id, company_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE team (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice
  version INTEGER NOT NULL, create_date INTEGER NOT NULL, write_date INTEGER NOT NULL, create_uid INTEGER, write_uid INTEGER,
  name TEXT NOT NULL, sequence INTEGER NOT NULL,
  user_id INTEGER REFERENCES user_account (id), -- the leader
  company_id INTEGER REFERENCES company (id),
  parent_id INTEGER REFERENCES team (id),
  use_leads INTEGER NOT NULL, use_opportunities INTEGER NOT NULL,
  assignment_filter TEXT, assignment_max INTEGER NOT NULL,
  active INTEGER NOT NULL
) STRICT;

CREATE TABLE team_member (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice
  version INTEGER NOT NULL, create_date INTEGER NOT NULL, write_date INTEGER NOT NULL, create_uid INTEGER, write_uid INTEGER,
  team_id INTEGER NOT NULL REFERENCES team (id),
  user_id INTEGER NOT NULL REFERENCES user_account (id),
  assignment_max INTEGER NOT NULL, assignment_filter TEXT
) STRICT;
CREATE UNIQUE INDEX team_member_pair ON team_member (team_id, user_id);
CREATE INDEX team_member_user ON team_member (user_id);

CREATE TABLE stage (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice
  version INTEGER NOT NULL, create_date INTEGER NOT NULL, write_date INTEGER NOT NULL, create_uid INTEGER, write_uid INTEGER,
  name TEXT NOT NULL, sequence INTEGER NOT NULL,
  is_won INTEGER NOT NULL, fold INTEGER NOT NULL,
  requirements TEXT,
  company_id INTEGER REFERENCES company (id),
  rotting_days INTEGER NOT NULL, color INTEGER NOT NULL
) STRICT;

CREATE TABLE stage_team (
  stage_id INTEGER NOT NULL REFERENCES stage (id), team_id INTEGER NOT NULL REFERENCES team (id),
  PRIMARY KEY (stage_id, team_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE lost_reason (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice
  version INTEGER NOT NULL, create_date INTEGER NOT NULL, write_date INTEGER NOT NULL, create_uid INTEGER, write_uid INTEGER,
  name TEXT NOT NULL, sequence INTEGER NOT NULL, is_cancellation INTEGER NOT NULL, active INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX lost_reason_name ON lost_reason (name);

CREATE TABLE tag (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice
  version INTEGER NOT NULL, create_date INTEGER NOT NULL, write_date INTEGER NOT NULL, create_uid INTEGER, write_uid INTEGER,
  name TEXT NOT NULL, color INTEGER NOT NULL, parent_id INTEGER REFERENCES tag (id)
) STRICT;
CREATE UNIQUE INDEX tag_name ON tag (name);

CREATE TABLE campaign (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice
  version INTEGER NOT NULL, create_date INTEGER NOT NULL, write_date INTEGER NOT NULL, create_uid INTEGER, write_uid INTEGER,
  name TEXT NOT NULL, active INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX campaign_name ON campaign (name);

CREATE TABLE medium (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice
  version INTEGER NOT NULL, create_date INTEGER NOT NULL, write_date INTEGER NOT NULL, create_uid INTEGER, write_uid INTEGER,
  name TEXT NOT NULL, active INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX medium_name ON medium (name);

CREATE TABLE source (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice
  version INTEGER NOT NULL, create_date INTEGER NOT NULL, write_date INTEGER NOT NULL, create_uid INTEGER, write_uid INTEGER,
  name TEXT NOT NULL, active INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX source_name ON source (name);

CREATE TABLE recurring_plan (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice
  version INTEGER NOT NULL, create_date INTEGER NOT NULL, write_date INTEGER NOT NULL, create_uid INTEGER, write_uid INTEGER,
  name TEXT NOT NULL, number_of_months INTEGER NOT NULL, sequence INTEGER NOT NULL, active INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX recurring_plan_name ON recurring_plan (name);

CREATE TABLE partner (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice
  version INTEGER NOT NULL, create_date INTEGER NOT NULL, write_date INTEGER NOT NULL, create_uid INTEGER, write_uid INTEGER,
  name TEXT NOT NULL, is_company INTEGER NOT NULL,
  parent_id INTEGER REFERENCES partner (id),
  address_type INTEGER NOT NULL, -- 0 contact, 1 invoice, 2 delivery, 3 private, 4 other
  is_customer INTEGER NOT NULL, is_supplier INTEGER NOT NULL,
  function TEXT, email TEXT, email_normalized TEXT, phone TEXT, mobile TEXT, phone_normalized TEXT, website TEXT,
  street TEXT, street2 TEXT, city TEXT, zip TEXT, state_code TEXT, country_code TEXT, lang TEXT,
  user_id INTEGER REFERENCES user_account (id),
  company_id INTEGER REFERENCES company (id),
  comment TEXT,
  properties TEXT, -- a JSON object by name
  active INTEGER NOT NULL
) STRICT;
CREATE INDEX partner_parent ON partner (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX partner_name ON partner (name);
CREATE INDEX partner_email ON partner (email_normalized) WHERE email_normalized IS NOT NULL;
CREATE INDEX partner_phone ON partner (phone_normalized) WHERE phone_normalized IS NOT NULL;

-- One row per setting that was ever set; the value is JSON.
CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

-- Declared custom fields.
CREATE TABLE property (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  record TEXT NOT NULL, name TEXT NOT NULL,
  type INTEGER NOT NULL, -- 0 text, 1 number, 2 date, 3 boolean, 4 selection
  label TEXT,
  options TEXT NOT NULL, -- JSON list of words
  team_ids TEXT NOT NULL -- JSON list; empty: every team
) STRICT;
CREATE UNIQUE INDEX property_name ON property (record, name);

-- What other systems call our records.
CREATE TABLE external_id (
  system TEXT NOT NULL, kind TEXT NOT NULL, external_id TEXT NOT NULL, record_id INTEGER NOT NULL,
  PRIMARY KEY (system, kind, external_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX external_id_record ON external_id (kind, record_id);
