PRAGMA application_id = 1129467185;
PRAGMA user_version = 31;
CREATE VIEW feed_told AS
SELECT personal.kind, personal.record_id, personal.seq, feed.date, feed.user_id, feed.event, feed.data,
  personal.data AS personal
FROM feed_personal AS personal JOIN feed ON feed.seq = personal.seq;
CREATE VIEW feed_whole AS
SELECT feed.seq, feed.date, feed.user_id, feed.event, feed.kind, feed.record_id, feed.data, personal.data AS personal
FROM feed LEFT JOIN feed_personal AS personal
  ON personal.kind = feed.kind AND personal.record_id = feed.record_id AND personal.seq = feed.seq;
CREATE VIEW team_member_active AS SELECT team_id, user_id FROM team_member WHERE active;
CREATE TABLE access_rule (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice
  version INTEGER NOT NULL, create_date INTEGER NOT NULL, write_date INTEGER NOT NULL, create_uid INTEGER, write_uid INTEGER,
  name TEXT NOT NULL,
  record INTEGER, -- 0 lead, 1 partner
  role INTEGER, user_id INTEGER,
  filter TEXT NOT NULL,
  use_read INTEGER NOT NULL, use_create INTEGER NOT NULL, use_update INTEGER NOT NULL, use_delete INTEGER NOT NULL,
  active INTEGER NOT NULL
, field_names TEXT) STRICT;
CREATE TABLE activity (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice
  version INTEGER NOT NULL, create_date INTEGER NOT NULL, write_date INTEGER NOT NULL, create_uid INTEGER, write_uid INTEGER,
  subject_kind INTEGER NOT NULL, -- 0 lead, 1 partner
  subject_id INTEGER NOT NULL,
  activity_type_id INTEGER NOT NULL REFERENCES activity_type (id),
  summary TEXT, note TEXT,
  date_deadline INTEGER NOT NULL, -- days since 1970-01-01
  user_id INTEGER REFERENCES user_account (id),
  date_done INTEGER, feedback TEXT,
  next_activity_id INTEGER, -- what followed when it was done
  day_start INTEGER NOT NULL, day_end INTEGER NOT NULL -- when the deadline's day begins and ends in the assignee's zone
) STRICT;
CREATE TABLE activity_type (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice
  version INTEGER NOT NULL, create_date INTEGER NOT NULL, write_date INTEGER NOT NULL, create_uid INTEGER, write_uid INTEGER,
  name TEXT NOT NULL, summary TEXT, sequence INTEGER NOT NULL,
  category INTEGER NOT NULL, -- 0 other, 1 todo, 2 email, 3 call, 4 meeting, 5 document
  icon TEXT,
  decoration INTEGER, -- 0 warning, 1 danger
  subject_kind INTEGER, -- the only kind it is for; null: each
  delay_count INTEGER NOT NULL,
  delay_unit INTEGER NOT NULL, -- 0 days, 1 weeks, 2 months
  delay_from INTEGER NOT NULL, -- 0 the previous activity's deadline, 1 the day it was done
  chaining_type INTEGER NOT NULL, -- 0 suggest, 1 trigger
  triggered_next_type_id INTEGER REFERENCES activity_type (id),
  default_user_id INTEGER REFERENCES user_account (id),
  default_note TEXT,
  active INTEGER NOT NULL
) STRICT;
CREATE TABLE activity_type_suggestion (
  activity_type_id INTEGER NOT NULL REFERENCES activity_type (id), suggested_type_id INTEGER NOT NULL REFERENCES activity_type (id),
  PRIMARY KEY (activity_type_id, suggested_type_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE audit_chain (
  seq INTEGER PRIMARY KEY, -- of the feed
  kind TEXT NOT NULL, record_id INTEGER NOT NULL,
  digest TEXT NOT NULL, -- SHA-256 over the digest before, the entry and personal
  personal TEXT, -- SHA-256 over salt and what may identify a person; null: nothing did
  salt TEXT -- null: nothing did, or it was erased
) STRICT;
CREATE TABLE campaign (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice
  version INTEGER NOT NULL, create_date INTEGER NOT NULL, write_date INTEGER NOT NULL, create_uid INTEGER, write_uid INTEGER,
  name TEXT NOT NULL, active INTEGER NOT NULL
) STRICT;
CREATE TABLE company (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice
  version INTEGER NOT NULL, create_date INTEGER NOT NULL, write_date INTEGER NOT NULL, create_uid INTEGER, write_uid INTEGER,
  name TEXT NOT NULL,
  currency TEXT NOT NULL, -- ISO 4217
  country_code TEXT, zone TEXT
, probability_policy INTEGER) STRICT;
CREATE TABLE conversion (
  key TEXT PRIMARY KEY,
  date INTEGER NOT NULL, user_id INTEGER,
  asked TEXT NOT NULL, converted TEXT NOT NULL -- JSON lists of leads
) STRICT, WITHOUT ROWID;
CREATE TABLE external_id (
  system TEXT NOT NULL, kind TEXT NOT NULL, external_id TEXT NOT NULL, record_id INTEGER NOT NULL,
  PRIMARY KEY (system, kind, external_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE feed (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  date INTEGER NOT NULL, user_id INTEGER, event TEXT NOT NULL, kind TEXT NOT NULL, record_id INTEGER NOT NULL,
  data TEXT -- JSON
) STRICT;
CREATE TABLE feed_personal (
  kind TEXT NOT NULL, record_id INTEGER NOT NULL, seq INTEGER NOT NULL, data TEXT NOT NULL,
  PRIMARY KEY (kind, record_id, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE lead (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice
  version INTEGER NOT NULL, create_date INTEGER NOT NULL, write_date INTEGER NOT NULL, create_uid INTEGER, write_uid INTEGER,
  kind INTEGER NOT NULL, -- 0 lead, 1 opportunity
  company_id INTEGER, currency TEXT NOT NULL,
  partner_id INTEGER, user_id INTEGER, team_id INTEGER, stage_id INTEGER,
  priority INTEGER NOT NULL,
  expected_revenue INTEGER NOT NULL, recurring_revenue INTEGER NOT NULL, -- minor units
  recurring_plan_id INTEGER,
  manual_probability INTEGER, -- ppm; null: follow the machine
  won_status INTEGER NOT NULL, -- 0 pending, 1 won, 2 lost
  active INTEGER NOT NULL, on_hold INTEGER NOT NULL,
  forecast_category INTEGER NOT NULL,
  date_deadline INTEGER, date_open INTEGER, date_closed INTEGER, date_conversion INTEGER, date_last_stage_update INTEGER,
  lost_reason_id INTEGER, campaign_id INTEGER, medium_id INTEGER, source_id INTEGER,
  country_code TEXT, state_code TEXT, lang TEXT,
  email_state INTEGER, phone_state INTEGER, -- 0 correct, 1 incorrect
  color INTEGER NOT NULL,
  won_from_stage_id INTEGER, open_category INTEGER, probability_policy INTEGER NOT NULL DEFAULT 0,
  CHECK (manual_probability BETWEEN 0 AND 1000000),
  CHECK ((won_status = 0) = (date_closed IS NULL)),
  CHECK (won_status <> 2 OR active = 0)
) STRICT;
CREATE TABLE lead_history (
  lead_id INTEGER NOT NULL, seq INTEGER NOT NULL,
  known_at INTEGER NOT NULL, effective_at INTEGER NOT NULL, -- when the file learned it; when it is true in business
  user_id_by INTEGER, -- who did it
  deleted INTEGER NOT NULL,
  kind INTEGER NOT NULL, company_id INTEGER, currency TEXT NOT NULL, partner_id INTEGER, user_id INTEGER, team_id INTEGER, stage_id INTEGER,
  expected_revenue INTEGER NOT NULL, recurring_revenue INTEGER NOT NULL, recurring_plan_id INTEGER,
  manual_probability INTEGER, forecast_category INTEGER NOT NULL, date_deadline INTEGER,
  won_status INTEGER NOT NULL, lost_reason_id INTEGER, active INTEGER NOT NULL, on_hold INTEGER NOT NULL, probability_policy INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (lead_id, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE lead_score (
  lead_id INTEGER PRIMARY KEY,
  automated_probability INTEGER NOT NULL, -- ppm
  probability_source INTEGER NOT NULL -- 0 none, 1 base, 2 stage, 3 model, 4 manual, 5 outcome
) STRICT;
CREATE TABLE lead_tag (
  lead_id INTEGER NOT NULL, tag_id INTEGER NOT NULL,
  PRIMARY KEY (lead_id, tag_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE lead_tally (
  grain INTEGER NOT NULL, outcome INTEGER NOT NULL, -- 0 open, 1 won, 2 lost
  company_id INTEGER NOT NULL, team_id INTEGER NOT NULL, stage_id INTEGER NOT NULL, user_id INTEGER NOT NULL,
  kind INTEGER NOT NULL, currency TEXT NOT NULL, period INTEGER NOT NULL,
  n INTEGER NOT NULL,
  revenue INTEGER NOT NULL, -- sum of minor units
  weighted_high INTEGER NOT NULL, weighted_low INTEGER NOT NULL, stage_revenue INTEGER NOT NULL DEFAULT 0, -- sum of minor units x ppm, as high * 10^12 + low
  PRIMARY KEY (grain, outcome, company_id, team_id, stage_id, user_id, kind, currency, period)
) STRICT, WITHOUT ROWID;
CREATE TABLE lead_text (
  lead_id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  partner_name TEXT, contact_name TEXT, function TEXT,
  email_from TEXT, email_cc TEXT, email_normalized TEXT,
  phone TEXT, mobile TEXT, phone_normalized TEXT, website TEXT,
  street TEXT, street2 TEXT, city TEXT, zip TEXT, referred TEXT, description TEXT,
  properties TEXT -- a JSON object by name
) STRICT;
CREATE TABLE lost_reason (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice
  version INTEGER NOT NULL, create_date INTEGER NOT NULL, write_date INTEGER NOT NULL, create_uid INTEGER, write_uid INTEGER,
  name TEXT NOT NULL, sequence INTEGER NOT NULL, is_cancellation INTEGER NOT NULL, active INTEGER NOT NULL
) STRICT;
CREATE TABLE medium (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice
  version INTEGER NOT NULL, create_date INTEGER NOT NULL, write_date INTEGER NOT NULL, create_uid INTEGER, write_uid INTEGER,
  name TEXT NOT NULL, active INTEGER NOT NULL
) STRICT;
CREATE TABLE merge (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice
  date INTEGER NOT NULL, user_id INTEGER,
  kind TEXT NOT NULL, head_id INTEGER NOT NULL,
  undone INTEGER -- when it was taken back; null: it stands
, message_id INTEGER) STRICT;
CREATE TABLE merge_row (
  merge_id INTEGER NOT NULL, record_id INTEGER NOT NULL, kind TEXT NOT NULL,
  into_id INTEGER, -- who took its place
  seq INTEGER NOT NULL, -- the last row of its history before
  seq_after INTEGER, -- and after, of the one that was kept
  data TEXT NOT NULL, -- JSON: {"was": {field: stored value}, "is": {…}}
  personal TEXT, -- the same of what may identify a person; null: erased
  moved TEXT NOT NULL, -- JSON: keys of the rows that hung on it, by table
  PRIMARY KEY (merge_id, record_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE message (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice
  version INTEGER NOT NULL, create_date INTEGER NOT NULL, write_date INTEGER NOT NULL, create_uid INTEGER, write_uid INTEGER,
  subject_kind INTEGER NOT NULL, -- 0 lead, 1 partner
  subject_id INTEGER NOT NULL,
  message_type INTEGER NOT NULL, -- 0 comment, 1 notification, 2 activity, 3 lost
  internal INTEGER NOT NULL,
  author_id INTEGER REFERENCES user_account (id),
  date INTEGER NOT NULL,
  body TEXT,
  activity_id INTEGER -- the one that was done
, origin_id INTEGER, origin TEXT) STRICT;
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
, tax_id TEXT, tax_id_normalized TEXT, email_state INTEGER, phone_state INTEGER, name_key TEXT, referrer_id INTEGER REFERENCES partner (id), date_erased INTEGER) STRICT;
CREATE TABLE partner_contact (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice
  version INTEGER NOT NULL, create_date INTEGER NOT NULL, write_date INTEGER NOT NULL, create_uid INTEGER, write_uid INTEGER,
  partner_id INTEGER NOT NULL,
  channel INTEGER NOT NULL, -- 0 email, 1 phone
  kind INTEGER NOT NULL, -- 0 work, 1 home, 2 mobile, 3 billing, 4 other
  value TEXT NOT NULL, normalized TEXT,
  state INTEGER -- 0 correct, 1 incorrect
) STRICT;
CREATE TABLE partner_role (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice
  version INTEGER NOT NULL, create_date INTEGER NOT NULL, write_date INTEGER NOT NULL, create_uid INTEGER, write_uid INTEGER,
  partner_id INTEGER NOT NULL,
  role INTEGER NOT NULL, -- 0 prospect, 1 customer, 2 supplier, 3 partner, 4 former
  date_start INTEGER, date_end INTEGER -- days since 1970-01-01, from the first to the one after the last
) STRICT;
CREATE TABLE partner_tag (
  partner_id INTEGER NOT NULL, tag_id INTEGER NOT NULL,
  PRIMARY KEY (partner_id, tag_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE property (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  record TEXT NOT NULL, name TEXT NOT NULL,
  type INTEGER NOT NULL, -- 0 text, 1 number, 2 date, 3 boolean, 4 selection
  label TEXT,
  options TEXT NOT NULL, -- JSON list of words
  team_ids TEXT NOT NULL -- JSON list; empty: every team
) STRICT;
CREATE TABLE recurring_plan (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice
  version INTEGER NOT NULL, create_date INTEGER NOT NULL, write_date INTEGER NOT NULL, create_uid INTEGER, write_uid INTEGER,
  name TEXT NOT NULL, number_of_months INTEGER NOT NULL, sequence INTEGER NOT NULL, active INTEGER NOT NULL
) STRICT;
CREATE TABLE score_count (
  team_id INTEGER NOT NULL, variable TEXT NOT NULL, value TEXT NOT NULL,
  won INTEGER NOT NULL, lost INTEGER NOT NULL,
  PRIMARY KEY (team_id, variable, value)
) STRICT, WITHOUT ROWID;
CREATE TABLE score_created (
  lead_id INTEGER PRIMARY KEY,
  fields TEXT NOT NULL
) STRICT;
CREATE TABLE score_log (
  lead_id INTEGER NOT NULL, run INTEGER NOT NULL, automated_probability INTEGER NOT NULL, -- ppm
  probability_source INTEGER NOT NULL, -- as in lead_score
  PRIMARY KEY (lead_id, run)
) STRICT, WITHOUT ROWID;
CREATE TABLE score_model (
  part TEXT PRIMARY KEY, -- weights, bins
  state TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE score_run (
  id INTEGER PRIMARY KEY AUTOINCREMENT, date INTEGER NOT NULL, user_id INTEGER, model TEXT NOT NULL
) STRICT;
CREATE TABLE score_weight (
  variable TEXT NOT NULL, value TEXT NOT NULL, pull REAL NOT NULL, seen REAL NOT NULL,
  PRIMARY KEY (variable, value)
) STRICT, WITHOUT ROWID;
CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE source (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice
  version INTEGER NOT NULL, create_date INTEGER NOT NULL, write_date INTEGER NOT NULL, create_uid INTEGER, write_uid INTEGER,
  name TEXT NOT NULL, active INTEGER NOT NULL
) STRICT;
CREATE TABLE stage (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice
  version INTEGER NOT NULL, create_date INTEGER NOT NULL, write_date INTEGER NOT NULL, create_uid INTEGER, write_uid INTEGER,
  name TEXT NOT NULL, sequence INTEGER NOT NULL,
  is_won INTEGER NOT NULL, fold INTEGER NOT NULL,
  requirements TEXT,
  company_id INTEGER REFERENCES company (id),
  rotting_days INTEGER NOT NULL, color INTEGER NOT NULL
) STRICT;
CREATE TABLE stage_chance (
  team_id INTEGER NOT NULL, stage_id INTEGER NOT NULL, ppm INTEGER NOT NULL,
  source INTEGER NOT NULL, -- 1 base, 2 stage
  PRIMARY KEY (team_id, stage_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE stage_chance_log (
  team_id INTEGER NOT NULL, stage_id INTEGER NOT NULL, run INTEGER NOT NULL, ppm INTEGER NOT NULL, source INTEGER NOT NULL,
  PRIMARY KEY (team_id, stage_id, run)
) STRICT, WITHOUT ROWID;
CREATE TABLE stage_team (
  stage_id INTEGER NOT NULL REFERENCES stage (id), team_id INTEGER NOT NULL REFERENCES team (id),
  PRIMARY KEY (stage_id, team_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE tag (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice
  version INTEGER NOT NULL, create_date INTEGER NOT NULL, write_date INTEGER NOT NULL, create_uid INTEGER, write_uid INTEGER,
  name TEXT NOT NULL, color INTEGER NOT NULL, parent_id INTEGER REFERENCES tag (id)
) STRICT;
CREATE TABLE target (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice
  version INTEGER NOT NULL, create_date INTEGER NOT NULL, write_date INTEGER NOT NULL, create_uid INTEGER, write_uid INTEGER,
  name TEXT,
  team_id INTEGER, user_id INTEGER, -- at least one
  metric TEXT NOT NULL,
  amount INTEGER, count INTEGER, -- exactly one: minor units of the currency, or a number
  currency TEXT NOT NULL,
  date_from INTEGER NOT NULL, date_to INTEGER NOT NULL, -- days since 1970-01-01, both included
  actual_amount INTEGER, actual_count INTEGER, date_actual INTEGER, -- what the host fed last; of when
  active INTEGER NOT NULL
) STRICT;
CREATE TABLE team (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice
  version INTEGER NOT NULL, create_date INTEGER NOT NULL, write_date INTEGER NOT NULL, create_uid INTEGER, write_uid INTEGER,
  name TEXT NOT NULL, sequence INTEGER NOT NULL,
  user_id INTEGER REFERENCES user_account (id), -- the leader
  company_id INTEGER REFERENCES company (id),
  parent_id INTEGER REFERENCES team (id),
  use_leads INTEGER NOT NULL, use_opportunities INTEGER NOT NULL,
  assignment_filter TEXT, active INTEGER NOT NULL
, probability_policy INTEGER, use_quotations INTEGER NOT NULL DEFAULT 0, alias TEXT, assignment_optout INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE team_member (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice
  version INTEGER NOT NULL, create_date INTEGER NOT NULL, write_date INTEGER NOT NULL, create_uid INTEGER, write_uid INTEGER,
  team_id INTEGER NOT NULL REFERENCES team (id),
  user_id INTEGER NOT NULL REFERENCES user_account (id),
  assignment_filter TEXT
, assignment_max INTEGER, active INTEGER NOT NULL DEFAULT 1, date_start INTEGER, date_end INTEGER, assignment_filter_preferred TEXT, assignment_optout INTEGER NOT NULL DEFAULT 0, absences TEXT, territory TEXT, languages TEXT) STRICT;
CREATE TABLE team_member_skill (
  team_member_id INTEGER NOT NULL, tag_id INTEGER NOT NULL,
  PRIMARY KEY (team_member_id, tag_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE user_account (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice
  version INTEGER NOT NULL, create_date INTEGER NOT NULL, write_date INTEGER NOT NULL, create_uid INTEGER, write_uid INTEGER,
  name TEXT NOT NULL, login TEXT NOT NULL, email TEXT,
  role INTEGER NOT NULL, -- 0 own, 1 team, 2 all, 3 admin
  company_id INTEGER REFERENCES company (id),
  active INTEGER NOT NULL
, partner_id INTEGER) STRICT;
CREATE TABLE user_company (
  user_id INTEGER NOT NULL REFERENCES user_account (id), company_id INTEGER NOT NULL REFERENCES company (id),
  PRIMARY KEY (user_id, company_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX activity_deadline ON activity (date_deadline) WHERE date_done IS NULL;
CREATE INDEX activity_lead ON activity ((CASE WHEN subject_kind = 0 THEN subject_id END));
CREATE INDEX activity_next ON activity (next_activity_id) WHERE next_activity_id IS NOT NULL;
CREATE INDEX activity_of_type ON activity (activity_type_id);
CREATE INDEX activity_subject ON activity (subject_kind, subject_id);
CREATE UNIQUE INDEX activity_type_name ON activity_type (name);
CREATE INDEX activity_user ON activity (user_id, date_deadline) WHERE date_done IS NULL;
CREATE INDEX audit_chain_record ON audit_chain (record_id, kind, seq);
CREATE UNIQUE INDEX campaign_name ON campaign (name);
CREATE UNIQUE INDEX company_name ON company (name);
CREATE INDEX external_id_record ON external_id (kind, record_id);
CREATE INDEX lead_board ON lead (stage_id, priority DESC, id DESC) WHERE active;
CREATE INDEX lead_deadline ON lead (date_deadline) WHERE won_status = 0 AND active;
CREATE INDEX lead_email ON lead_text (
  (substr(email_normalized, instr(email_normalized, '@') + 1) || '@' || substr(email_normalized, 1, instr(email_normalized, '@') - 1))
) WHERE email_normalized IS NOT NULL;
CREATE INDEX lead_list ON lead (priority DESC, id DESC) WHERE active;
CREATE INDEX lead_partner ON lead (partner_id) WHERE partner_id IS NOT NULL;
CREATE INDEX lead_phone ON lead_text (phone_normalized) WHERE phone_normalized IS NOT NULL;
CREATE INDEX lead_tag_tag ON lead_tag (tag_id, lead_id);
CREATE INDEX lead_team_board ON lead (team_id, stage_id, priority DESC, id DESC) WHERE active;
CREATE INDEX lead_user ON lead (user_id, priority DESC, id DESC) WHERE active;
CREATE INDEX lead_won ON lead (date_closed) WHERE won_status = 1;
CREATE UNIQUE INDEX lost_reason_name ON lost_reason (name);
CREATE UNIQUE INDEX medium_name ON medium (name);
CREATE UNIQUE INDEX merge_row_gone ON merge_row (kind, record_id) WHERE into_id IS NOT NULL;
CREATE INDEX merge_row_record ON merge_row (kind, record_id);
CREATE INDEX message_subject ON message (subject_kind, subject_id, date);
CREATE INDEX partner_contact_email ON partner_contact (
  (substr(normalized, instr(normalized, '@') + 1) || '@' || substr(normalized, 1, instr(normalized, '@') - 1))
) WHERE channel = 0 AND normalized IS NOT NULL;
CREATE INDEX partner_contact_normalized ON partner_contact (normalized) WHERE normalized IS NOT NULL;
CREATE INDEX partner_contact_partner ON partner_contact (partner_id);
CREATE INDEX partner_email ON partner (
  (substr(email_normalized, instr(email_normalized, '@') + 1) || '@' || substr(email_normalized, 1, instr(email_normalized, '@') - 1))
) WHERE email_normalized IS NOT NULL;
CREATE INDEX partner_name ON partner (name);
CREATE INDEX partner_name_head ON partner (substr(name_key, 1, length(name_key) / 2), name_key) WHERE name_key IS NOT NULL;
CREATE INDEX partner_name_tail ON partner (substr(name_key, length(name_key) / 2 + 1), name_key) WHERE name_key IS NOT NULL;
CREATE INDEX partner_parent ON partner (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX partner_phone ON partner (phone_normalized) WHERE phone_normalized IS NOT NULL;
CREATE INDEX partner_referrer ON partner (referrer_id) WHERE referrer_id IS NOT NULL;
CREATE INDEX partner_role_partner ON partner_role (partner_id);
CREATE INDEX partner_role_role ON partner_role (role, date_start);
CREATE INDEX partner_tag_tag ON partner_tag (tag_id, partner_id);
CREATE INDEX partner_tax_id ON partner (tax_id_normalized) WHERE tax_id_normalized IS NOT NULL;
CREATE UNIQUE INDEX property_name ON property (record, name);
CREATE UNIQUE INDEX recurring_plan_name ON recurring_plan (name);
CREATE UNIQUE INDEX source_name ON source (name);
CREATE UNIQUE INDEX tag_name ON tag (name);
CREATE UNIQUE INDEX team_member_pair ON team_member (team_id, user_id) WHERE active;
CREATE INDEX team_member_skill_tag ON team_member_skill (tag_id, team_member_id);
CREATE INDEX team_member_user ON team_member (user_id);
CREATE UNIQUE INDEX user_account_login ON user_account (login);
INSERT INTO activity VALUES (1, 2, 1772442000000000, 1772442000000000, NULL, NULL, 0, 1, 3, NULL, NULL, 20516, NULL, 1772442000000000, 'forty vans', NULL, 1772582400000000, 1772668800000000);
INSERT INTO activity_type VALUES (1, 1, 1795438288241576, 1795438288241576, NULL, NULL, 'To-Do', NULL, 2, 1, NULL, NULL, NULL, 5, 0, 0, 0, NULL, NULL, NULL, 1);
INSERT INTO activity_type VALUES (2, 1, 1795438288241576, 1795438288241576, NULL, NULL, 'Email', NULL, 10, 2, NULL, NULL, NULL, 0, 0, 0, 0, NULL, NULL, NULL, 1);
INSERT INTO activity_type VALUES (3, 1, 1795438288241576, 1795438288241576, NULL, NULL, 'Call', NULL, 10, 3, NULL, NULL, NULL, 2, 0, 0, 0, NULL, NULL, NULL, 1);
INSERT INTO activity_type VALUES (4, 1, 1795438288241576, 1795438288241576, NULL, NULL, 'Meeting', NULL, 10, 4, NULL, NULL, NULL, 0, 0, 0, 0, NULL, NULL, NULL, 1);
INSERT INTO activity_type VALUES (5, 1, 1795438288241576, 1795438288241576, NULL, NULL, 'Document', NULL, 10, 5, NULL, NULL, NULL, 5, 0, 0, 0, NULL, NULL, NULL, 1);
INSERT INTO activity_type VALUES (6, 1, 1795438288241576, 1795438288241576, NULL, NULL, 'Exception', NULL, 10, 0, NULL, NULL, NULL, 0, 0, 0, 0, NULL, NULL, NULL, 0);
INSERT INTO campaign VALUES (1, 1, 1795438288241576, 1795438288241576, NULL, NULL, 'Sale', 1);
INSERT INTO campaign VALUES (2, 1, 1795438288241576, 1795438288241576, NULL, NULL, 'Christmas Special', 1);
INSERT INTO campaign VALUES (3, 1, 1795438288241576, 1795438288241576, NULL, NULL, 'Email Campaign - Services', 1);
INSERT INTO campaign VALUES (4, 1, 1795438288241576, 1795438288241576, NULL, NULL, 'Email Campaign - Products', 1);
INSERT INTO company VALUES (1, 1, 1795438288241576, 1795438288241576, NULL, NULL, 'My Company', 'EUR', NULL, NULL, NULL);
INSERT INTO feed VALUES (1, 1795438288241576, NULL, 'company.created', 'company', 1, '{"set":{"id":1,"create_date":"2026-11-23T12:51:28.241576Z","name":"My Company","currency":"EUR"},"version":1}');
INSERT INTO feed VALUES (2, 1795438288241576, NULL, 'stage.created', 'stage', 1, '{"set":{"id":1,"create_date":"2026-11-23T12:51:28.241576Z","name":"New","sequence":1,"is_won":false,"fold":false,"team_ids":[],"rotting_days":0,"color":0},"version":1}');
INSERT INTO feed VALUES (3, 1795438288241576, NULL, 'stage.created', 'stage', 2, '{"set":{"id":2,"create_date":"2026-11-23T12:51:28.241576Z","name":"Qualified","sequence":2,"is_won":false,"fold":false,"team_ids":[],"rotting_days":0,"color":0},"version":1}');
INSERT INTO feed VALUES (4, 1795438288241576, NULL, 'stage.created', 'stage', 3, '{"set":{"id":3,"create_date":"2026-11-23T12:51:28.241576Z","name":"Proposition","sequence":3,"is_won":false,"fold":false,"team_ids":[],"rotting_days":0,"color":0},"version":1}');
INSERT INTO feed VALUES (5, 1795438288241576, NULL, 'stage.created', 'stage', 4, '{"set":{"id":4,"create_date":"2026-11-23T12:51:28.241576Z","name":"Won","sequence":70,"is_won":true,"fold":false,"team_ids":[],"rotting_days":0,"color":0},"version":1}');
INSERT INTO feed VALUES (6, 1795438288241576, NULL, 'lost_reason.created', 'lost_reason', 1, '{"set":{"id":1,"create_date":"2026-11-23T12:51:28.241576Z","name":"Too expensive","sequence":0,"is_cancellation":false,"active":true},"version":1}');
INSERT INTO feed VALUES (7, 1795438288241576, NULL, 'lost_reason.created', 'lost_reason', 2, '{"set":{"id":2,"create_date":"2026-11-23T12:51:28.241576Z","name":"We don''t have people or skills","sequence":1,"is_cancellation":false,"active":true},"version":1}');
INSERT INTO feed VALUES (8, 1795438288241576, NULL, 'lost_reason.created', 'lost_reason', 3, '{"set":{"id":3,"create_date":"2026-11-23T12:51:28.241576Z","name":"Not enough stock","sequence":2,"is_cancellation":false,"active":true},"version":1}');
INSERT INTO feed VALUES (9, 1795438288241576, NULL, 'team.created', 'team', 1, '{"set":{"id":1,"create_date":"2026-11-23T12:51:28.241576Z","name":"Sales","sequence":0,"member_ids":[],"use_leads":true,"use_opportunities":true,"active":true,"use_quotations":false,"assignment_optout":false},"version":1}');
INSERT INTO feed VALUES (10, 1795438288241576, NULL, 'recurring_plan.created', 'recurring_plan', 1, '{"set":{"id":1,"create_date":"2026-11-23T12:51:28.241576Z","name":"Monthly","number_of_months":1,"sequence":10,"active":true},"version":1}');
INSERT INTO feed VALUES (11, 1795438288241576, NULL, 'recurring_plan.created', 'recurring_plan', 2, '{"set":{"id":2,"create_date":"2026-11-23T12:51:28.241576Z","name":"Yearly","number_of_months":12,"sequence":10,"active":true},"version":1}');
INSERT INTO feed VALUES (12, 1795438288241576, NULL, 'recurring_plan.created', 'recurring_plan', 3, '{"set":{"id":3,"create_date":"2026-11-23T12:51:28.241576Z","name":"Over 3 years","number_of_months":36,"sequence":10,"active":true},"version":1}');
INSERT INTO feed VALUES (13, 1795438288241576, NULL, 'recurring_plan.created', 'recurring_plan', 4, '{"set":{"id":4,"create_date":"2026-11-23T12:51:28.241576Z","name":"Over 5 years","number_of_months":60,"sequence":10,"active":true},"version":1}');
INSERT INTO feed VALUES (14, 1795438288241576, NULL, 'activity_type.created', 'activity_type', 1, '{"set":{"id":1,"create_date":"2026-11-23T12:51:28.241576Z","name":"To-Do","sequence":2,"category":"todo","delay_count":5,"delay_unit":"days","delay_from":"previous_activity","chaining_type":"suggest","suggested_next_type_ids":[],"active":true},"version":1}');
INSERT INTO feed VALUES (15, 1795438288241576, NULL, 'activity_type.created', 'activity_type', 2, '{"set":{"id":2,"create_date":"2026-11-23T12:51:28.241576Z","name":"Email","sequence":10,"category":"email","delay_count":0,"delay_unit":"days","delay_from":"previous_activity","chaining_type":"suggest","suggested_next_type_ids":[],"active":true},"version":1}');
INSERT INTO feed VALUES (16, 1795438288241576, NULL, 'activity_type.created', 'activity_type', 3, '{"set":{"id":3,"create_date":"2026-11-23T12:51:28.241576Z","name":"Call","sequence":10,"category":"call","delay_count":2,"delay_unit":"days","delay_from":"previous_activity","chaining_type":"suggest","suggested_next_type_ids":[],"active":true},"version":1}');
INSERT INTO feed VALUES (17, 1795438288241576, NULL, 'activity_type.created', 'activity_type', 4, '{"set":{"id":4,"create_date":"2026-11-23T12:51:28.241576Z","name":"Meeting","sequence":10,"category":"meeting","delay_count":0,"delay_unit":"days","delay_from":"previous_activity","chaining_type":"suggest","suggested_next_type_ids":[],"active":true},"version":1}');
INSERT INTO feed VALUES (18, 1795438288241576, NULL, 'activity_type.created', 'activity_type', 5, '{"set":{"id":5,"create_date":"2026-11-23T12:51:28.241576Z","name":"Document","sequence":10,"category":"document","delay_count":5,"delay_unit":"days","delay_from":"previous_activity","chaining_type":"suggest","suggested_next_type_ids":[],"active":true},"version":1}');
INSERT INTO feed VALUES (19, 1795438288241576, NULL, 'activity_type.created', 'activity_type', 6, '{"set":{"id":6,"create_date":"2026-11-23T12:51:28.241576Z","name":"Exception","sequence":10,"category":"other","delay_count":0,"delay_unit":"days","delay_from":"previous_activity","chaining_type":"suggest","suggested_next_type_ids":[],"active":false},"version":1}');
INSERT INTO feed VALUES (20, 1795438288241576, NULL, 'tag.created', 'tag', 1, '{"set":{"id":1,"create_date":"2026-11-23T12:51:28.241576Z","name":"Product","color":0},"version":1}');
INSERT INTO feed VALUES (21, 1795438288241576, NULL, 'tag.created', 'tag', 2, '{"set":{"id":2,"create_date":"2026-11-23T12:51:28.241576Z","name":"Software","color":0},"version":1}');
INSERT INTO feed VALUES (22, 1795438288241576, NULL, 'tag.created', 'tag', 3, '{"set":{"id":3,"create_date":"2026-11-23T12:51:28.241576Z","name":"Services","color":0},"version":1}');
INSERT INTO feed VALUES (23, 1795438288241576, NULL, 'tag.created', 'tag', 4, '{"set":{"id":4,"create_date":"2026-11-23T12:51:28.241576Z","name":"Information","color":0},"version":1}');
INSERT INTO feed VALUES (24, 1795438288241576, NULL, 'tag.created', 'tag', 5, '{"set":{"id":5,"create_date":"2026-11-23T12:51:28.241576Z","name":"Design","color":0},"version":1}');
INSERT INTO feed VALUES (25, 1795438288241576, NULL, 'tag.created', 'tag', 6, '{"set":{"id":6,"create_date":"2026-11-23T12:51:28.241576Z","name":"Training","color":0},"version":1}');
INSERT INTO feed VALUES (26, 1795438288241576, NULL, 'tag.created', 'tag', 7, '{"set":{"id":7,"create_date":"2026-11-23T12:51:28.241576Z","name":"Consulting","color":0},"version":1}');
INSERT INTO feed VALUES (27, 1795438288241576, NULL, 'tag.created', 'tag', 8, '{"set":{"id":8,"create_date":"2026-11-23T12:51:28.241576Z","name":"Other","color":0},"version":1}');
INSERT INTO feed VALUES (28, 1795438288241576, NULL, 'medium.created', 'medium', 1, '{"set":{"id":1,"create_date":"2026-11-23T12:51:28.241576Z","name":"Website","active":true},"version":1}');
INSERT INTO feed VALUES (29, 1795438288241576, NULL, 'medium.created', 'medium', 2, '{"set":{"id":2,"create_date":"2026-11-23T12:51:28.241576Z","name":"Phone","active":true},"version":1}');
INSERT INTO feed VALUES (30, 1795438288241576, NULL, 'medium.created', 'medium', 3, '{"set":{"id":3,"create_date":"2026-11-23T12:51:28.241576Z","name":"Direct","active":true},"version":1}');
INSERT INTO feed VALUES (31, 1795438288241576, NULL, 'medium.created', 'medium', 4, '{"set":{"id":4,"create_date":"2026-11-23T12:51:28.241576Z","name":"Email","active":true},"version":1}');
INSERT INTO feed VALUES (32, 1795438288241576, NULL, 'medium.created', 'medium', 5, '{"set":{"id":5,"create_date":"2026-11-23T12:51:28.241576Z","name":"Banner","active":true},"version":1}');
INSERT INTO feed VALUES (33, 1795438288241576, NULL, 'medium.created', 'medium', 6, '{"set":{"id":6,"create_date":"2026-11-23T12:51:28.241576Z","name":"X","active":true},"version":1}');
INSERT INTO feed VALUES (34, 1795438288241576, NULL, 'medium.created', 'medium', 7, '{"set":{"id":7,"create_date":"2026-11-23T12:51:28.241576Z","name":"Facebook","active":true},"version":1}');
INSERT INTO feed VALUES (35, 1795438288241576, NULL, 'medium.created', 'medium', 8, '{"set":{"id":8,"create_date":"2026-11-23T12:51:28.241576Z","name":"LinkedIn","active":true},"version":1}');
INSERT INTO feed VALUES (36, 1795438288241576, NULL, 'medium.created', 'medium', 9, '{"set":{"id":9,"create_date":"2026-11-23T12:51:28.241576Z","name":"Television","active":true},"version":1}');
INSERT INTO feed VALUES (37, 1795438288241576, NULL, 'medium.created', 'medium', 10, '{"set":{"id":10,"create_date":"2026-11-23T12:51:28.241576Z","name":"Google Adwords","active":true},"version":1}');
INSERT INTO feed VALUES (38, 1795438288241576, NULL, 'source.created', 'source', 1, '{"set":{"id":1,"create_date":"2026-11-23T12:51:28.241576Z","name":"Search engine","active":true},"version":1}');
INSERT INTO feed VALUES (39, 1795438288241576, NULL, 'source.created', 'source', 2, '{"set":{"id":2,"create_date":"2026-11-23T12:51:28.241576Z","name":"Lead Recall","active":true},"version":1}');
INSERT INTO feed VALUES (40, 1795438288241576, NULL, 'source.created', 'source', 3, '{"set":{"id":3,"create_date":"2026-11-23T12:51:28.241576Z","name":"Newsletter","active":true},"version":1}');
INSERT INTO feed VALUES (41, 1795438288241576, NULL, 'source.created', 'source', 4, '{"set":{"id":4,"create_date":"2026-11-23T12:51:28.241576Z","name":"Facebook","active":true},"version":1}');
INSERT INTO feed VALUES (42, 1795438288241576, NULL, 'source.created', 'source', 5, '{"set":{"id":5,"create_date":"2026-11-23T12:51:28.241576Z","name":"X","active":true},"version":1}');
INSERT INTO feed VALUES (43, 1795438288241576, NULL, 'source.created', 'source', 6, '{"set":{"id":6,"create_date":"2026-11-23T12:51:28.241576Z","name":"LinkedIn","active":true},"version":1}');
INSERT INTO feed VALUES (44, 1795438288241576, NULL, 'source.created', 'source', 7, '{"set":{"id":7,"create_date":"2026-11-23T12:51:28.241576Z","name":"Monster","active":true},"version":1}');
INSERT INTO feed VALUES (45, 1795438288241576, NULL, 'source.created', 'source', 8, '{"set":{"id":8,"create_date":"2026-11-23T12:51:28.241576Z","name":"Glassdoor","active":true},"version":1}');
INSERT INTO feed VALUES (46, 1795438288241576, NULL, 'source.created', 'source', 9, '{"set":{"id":9,"create_date":"2026-11-23T12:51:28.241576Z","name":"Craigslist","active":true},"version":1}');
INSERT INTO feed VALUES (47, 1795438288241576, NULL, 'source.created', 'source', 10, '{"set":{"id":10,"create_date":"2026-11-23T12:51:28.241576Z","name":"Referral","active":true},"version":1}');
INSERT INTO feed VALUES (48, 1795438288241576, NULL, 'campaign.created', 'campaign', 1, '{"set":{"id":1,"create_date":"2026-11-23T12:51:28.241576Z","name":"Sale","active":true},"version":1}');
INSERT INTO feed VALUES (49, 1795438288241576, NULL, 'campaign.created', 'campaign', 2, '{"set":{"id":2,"create_date":"2026-11-23T12:51:28.241576Z","name":"Christmas Special","active":true},"version":1}');
INSERT INTO feed VALUES (50, 1795438288241576, NULL, 'campaign.created', 'campaign', 3, '{"set":{"id":3,"create_date":"2026-11-23T12:51:28.241576Z","name":"Email Campaign - Services","active":true},"version":1}');
INSERT INTO feed VALUES (51, 1795438288241576, NULL, 'campaign.created', 'campaign', 4, '{"set":{"id":4,"create_date":"2026-11-23T12:51:28.241576Z","name":"Email Campaign - Products","active":true},"version":1}');
INSERT INTO feed VALUES (52, 1772442000000000, NULL, 'lead.created', 'lead', 1, '{"set":{"id":1,"create_date":"2026-03-02T09:00:00Z","kind":"opportunity","stage_id":1,"expected_revenue":"1000.50","active":true,"date_last_stage_update":"2026-03-02T09:00:00Z","email_state":"correct"},"version":1}');
INSERT INTO feed VALUES (53, 1772442000000000, NULL, 'lead.created', 'lead', 2, '{"set":{"id":2,"create_date":"2026-03-02T09:00:00Z","kind":"opportunity","stage_id":1,"priority":3,"active":true,"date_last_stage_update":"2026-03-02T09:00:00Z"},"version":1}');
INSERT INTO feed VALUES (54, 1772442000000000, NULL, 'lead.changed', 'lead', 2, '{"set":{"won_status":"lost","active":false,"forecast_category":"omitted","date_closed":"2026-03-02T09:00:00Z"},"was":{"won_status":"pending","active":true,"forecast_category":"pipeline","date_closed":null},"version":2}');
INSERT INTO feed VALUES (55, 1772442000000000, NULL, 'lead.lost', 'lead', 2, NULL);
INSERT INTO feed VALUES (56, 1772442000000000, NULL, 'activity.created', 'activity', 1, '{"set":{"id":1,"create_date":"2026-03-02T09:00:00Z","subject_kind":"lead","subject_id":1,"activity_type_id":3,"date_deadline":"2026-03-04"},"version":1}');
INSERT INTO feed VALUES (57, 1772442000000000, NULL, 'activity.changed', 'activity', 1, '{"set":{"date_done":"2026-03-02T09:00:00Z"},"was":{"date_done":null},"version":2}');
INSERT INTO feed VALUES (58, 1772442000000000, NULL, 'activity.done', 'activity', 1, NULL);
INSERT INTO feed VALUES (59, 1772442000000000, NULL, 'message.posted', 'message', 1, '{"set":{"id":1,"create_date":"2026-03-02T09:00:00Z","subject_kind":"lead","subject_id":1,"message_type":"activity","internal":true,"date":"2026-03-02T09:00:00Z","activity_id":1},"version":1}');
INSERT INTO feed_personal VALUES ('activity', 1, 57, '{"set":{"feedback":"forty vans"},"was":{"feedback":null}}');
INSERT INTO feed_personal VALUES ('lead', 1, 52, '{"set":{"name":"Frozen deal","email_from":"ada@harbour.example","email_normalized":"ada@harbour.example"}}');
INSERT INTO feed_personal VALUES ('lead', 2, 53, '{"set":{"name":"Frozen loss"}}');
INSERT INTO feed_personal VALUES ('message', 1, 59, '{"set":{"body":"forty vans"}}');
INSERT INTO lead VALUES (1, 1, 1772442000000000, 1772442000000000, NULL, NULL, 1, NULL, 'EUR', NULL, NULL, NULL, 1, 0, 100050, 0, NULL, NULL, 0, 1, 0, 0, NULL, NULL, NULL, NULL, 1772442000000000, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL, 0, NULL, NULL, 0);
INSERT INTO lead VALUES (2, 2, 1772442000000000, 1772442000000000, NULL, NULL, 1, NULL, 'EUR', NULL, NULL, NULL, 1, 3, 0, 0, NULL, NULL, 2, 0, 0, 4, NULL, NULL, 1772442000000000, NULL, 1772442000000000, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL, 0, 0);
INSERT INTO lead_history VALUES (1, 1, 1772442000000000, 1772442000000000, NULL, 0, 1, NULL, 'EUR', NULL, NULL, NULL, 1, 100050, 0, NULL, NULL, 0, NULL, 0, NULL, 1, 0, 0);
INSERT INTO lead_history VALUES (2, 1, 1772442000000000, 1772442000000000, NULL, 0, 1, NULL, 'EUR', NULL, NULL, NULL, 1, 0, 0, NULL, NULL, 0, NULL, 0, NULL, 1, 0, 0);
INSERT INTO lead_history VALUES (2, 2, 1772442000000000, 1772442000000000, NULL, 0, 1, NULL, 'EUR', NULL, NULL, NULL, 1, 0, 0, NULL, NULL, 4, NULL, 2, NULL, 0, 0, 0);
INSERT INTO lead_score VALUES (1, 500000, 0);
INSERT INTO lead_score VALUES (2, 0, 5);
INSERT INTO lead_tally VALUES (0, 0, 0, 0, 1, 0, 1, 'EUR', 0, 1, 100050, 0, 50025000000, 0);
INSERT INTO lead_tally VALUES (0, 2, 0, 0, 1, 0, 1, 'EUR', 0, 1, 0, 0, 0, 0);
INSERT INTO lead_tally VALUES (1, 0, 0, 0, 1, 0, 1, 'EUR', 0, 1, 100050, 0, 50025000000, 0);
INSERT INTO lead_tally VALUES (1, 2, 0, 0, 1, 0, 1, 'EUR', 24314, 1, 0, 0, 0, 0);
INSERT INTO lead_tally VALUES (2, 1, 0, 0, 0, 0, 1, 'EUR', 0, 1, 0, 0, 0, 0);
INSERT INTO lead_tally VALUES (2, 4, 0, 0, 0, 0, 1, 'EUR', 0, 1, 0, 0, 0, 0);
INSERT INTO lead_text VALUES (1, 'Frozen deal', NULL, NULL, NULL, 'ada@harbour.example', NULL, 'ada@harbour.example', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO lead_text VALUES (2, 'Frozen loss', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO lost_reason VALUES (1, 1, 1795438288241576, 1795438288241576, NULL, NULL, 'Too expensive', 0, 0, 1);
INSERT INTO lost_reason VALUES (2, 1, 1795438288241576, 1795438288241576, NULL, NULL, 'We don''t have people or skills', 1, 0, 1);
INSERT INTO lost_reason VALUES (3, 1, 1795438288241576, 1795438288241576, NULL, NULL, 'Not enough stock', 2, 0, 1);
INSERT INTO medium VALUES (1, 1, 1795438288241576, 1795438288241576, NULL, NULL, 'Website', 1);
INSERT INTO medium VALUES (2, 1, 1795438288241576, 1795438288241576, NULL, NULL, 'Phone', 1);
INSERT INTO medium VALUES (3, 1, 1795438288241576, 1795438288241576, NULL, NULL, 'Direct', 1);
INSERT INTO medium VALUES (4, 1, 1795438288241576, 1795438288241576, NULL, NULL, 'Email', 1);
INSERT INTO medium VALUES (5, 1, 1795438288241576, 1795438288241576, NULL, NULL, 'Banner', 1);
INSERT INTO medium VALUES (6, 1, 1795438288241576, 1795438288241576, NULL, NULL, 'X', 1);
INSERT INTO medium VALUES (7, 1, 1795438288241576, 1795438288241576, NULL, NULL, 'Facebook', 1);
INSERT INTO medium VALUES (8, 1, 1795438288241576, 1795438288241576, NULL, NULL, 'LinkedIn', 1);
INSERT INTO medium VALUES (9, 1, 1795438288241576, 1795438288241576, NULL, NULL, 'Television', 1);
INSERT INTO medium VALUES (10, 1, 1795438288241576, 1795438288241576, NULL, NULL, 'Google Adwords', 1);
INSERT INTO message VALUES (1, 1, 1772442000000000, 1772442000000000, NULL, NULL, 0, 1, 2, 1, NULL, 1772442000000000, 'forty vans', 1, NULL, NULL);
INSERT INTO recurring_plan VALUES (1, 1, 1795438288241576, 1795438288241576, NULL, NULL, 'Monthly', 1, 10, 1);
INSERT INTO recurring_plan VALUES (2, 1, 1795438288241576, 1795438288241576, NULL, NULL, 'Yearly', 12, 10, 1);
INSERT INTO recurring_plan VALUES (3, 1, 1795438288241576, 1795438288241576, NULL, NULL, 'Over 3 years', 36, 10, 1);
INSERT INTO recurring_plan VALUES (4, 1, 1795438288241576, 1795438288241576, NULL, NULL, 'Over 5 years', 60, 10, 1);
INSERT INTO score_count VALUES (0, 'country_code', '', 0, 1);
INSERT INTO score_count VALUES (0, 'email_state', '', 0, 1);
INSERT INTO score_count VALUES (0, 'lang', '', 0, 1);
INSERT INTO score_count VALUES (0, 'phone_state', '', 0, 1);
INSERT INTO score_count VALUES (0, 'source_id', '', 0, 1);
INSERT INTO score_count VALUES (0, 'stage_id', '1', 0, 1);
INSERT INTO score_count VALUES (0, 'state_code', '', 0, 1);
INSERT INTO score_count VALUES (0, 'tag_ids', '', 0, 1);
INSERT INTO score_log VALUES (1, 1, 500000, 0);
INSERT INTO score_log VALUES (2, 1, 500000, 0);
INSERT INTO score_log VALUES (2, 2, 0, 5);
INSERT INTO score_model VALUES ('weights', 'bias	-5e-2	2.5e-1
level	5e-1	2.5e-1
mix	5e-1	1e0	5e-1	1e0	-1.3416407864998738e-2	1.25e0
trust	2.003e-1	7.997e-1
mix changed	5e-1	1e0	5e-1	1e0	0e0	1e0
trust changed	2e-1	8e-1
');
INSERT INTO score_run VALUES (1, 1772442000000000, NULL, 'weighted');
INSERT INTO score_run VALUES (2, 1772442000000000, NULL, 'weighted');
INSERT INTO score_weight VALUES ('country_code', '', 0, 0);
INSERT INTO score_weight VALUES ('email_state', '', 0, 0);
INSERT INTO score_weight VALUES ('lang', '', 0, 0);
INSERT INTO score_weight VALUES ('phone_state', '', 0, 0);
INSERT INTO score_weight VALUES ('source_id', '', 0, 0);
INSERT INTO score_weight VALUES ('state_code', '', 0, 0);
INSERT INTO score_weight VALUES ('tag_ids', '', 0, 0);
INSERT INTO setting VALUES ('score_first_day', '"2026-03-02"');
INSERT INTO source VALUES (1, 1, 1795438288241576, 1795438288241576, NULL, NULL, 'Search engine', 1);
INSERT INTO source VALUES (2, 1, 1795438288241576, 1795438288241576, NULL, NULL, 'Lead Recall', 1);
INSERT INTO source VALUES (3, 1, 1795438288241576, 1795438288241576, NULL, NULL, 'Newsletter', 1);
INSERT INTO source VALUES (4, 1, 1795438288241576, 1795438288241576, NULL, NULL, 'Facebook', 1);
INSERT INTO source VALUES (5, 1, 1795438288241576, 1795438288241576, NULL, NULL, 'X', 1);
INSERT INTO source VALUES (6, 1, 1795438288241576, 1795438288241576, NULL, NULL, 'LinkedIn', 1);
INSERT INTO source VALUES (7, 1, 1795438288241576, 1795438288241576, NULL, NULL, 'Monster', 1);
INSERT INTO source VALUES (8, 1, 1795438288241576, 1795438288241576, NULL, NULL, 'Glassdoor', 1);
INSERT INTO source VALUES (9, 1, 1795438288241576, 1795438288241576, NULL, NULL, 'Craigslist', 1);
INSERT INTO source VALUES (10, 1, 1795438288241576, 1795438288241576, NULL, NULL, 'Referral', 1);
INSERT INTO stage VALUES (1, 1, 1795438288241576, 1795438288241576, NULL, NULL, 'New', 1, 0, 0, NULL, NULL, 0, 0);
INSERT INTO stage VALUES (2, 1, 1795438288241576, 1795438288241576, NULL, NULL, 'Qualified', 2, 0, 0, NULL, NULL, 0, 0);
INSERT INTO stage VALUES (3, 1, 1795438288241576, 1795438288241576, NULL, NULL, 'Proposition', 3, 0, 0, NULL, NULL, 0, 0);
INSERT INTO stage VALUES (4, 1, 1795438288241576, 1795438288241576, NULL, NULL, 'Won', 70, 1, 0, NULL, NULL, 0, 0);
INSERT INTO tag VALUES (1, 1, 1795438288241576, 1795438288241576, NULL, NULL, 'Product', 0, NULL);
INSERT INTO tag VALUES (2, 1, 1795438288241576, 1795438288241576, NULL, NULL, 'Software', 0, NULL);
INSERT INTO tag VALUES (3, 1, 1795438288241576, 1795438288241576, NULL, NULL, 'Services', 0, NULL);
INSERT INTO tag VALUES (4, 1, 1795438288241576, 1795438288241576, NULL, NULL, 'Information', 0, NULL);
INSERT INTO tag VALUES (5, 1, 1795438288241576, 1795438288241576, NULL, NULL, 'Design', 0, NULL);
INSERT INTO tag VALUES (6, 1, 1795438288241576, 1795438288241576, NULL, NULL, 'Training', 0, NULL);
INSERT INTO tag VALUES (7, 1, 1795438288241576, 1795438288241576, NULL, NULL, 'Consulting', 0, NULL);
INSERT INTO tag VALUES (8, 1, 1795438288241576, 1795438288241576, NULL, NULL, 'Other', 0, NULL);
INSERT INTO team VALUES (1, 1, 1795438288241576, 1795438288241576, NULL, NULL, 'Sales', 0, NULL, NULL, NULL, 1, 1, NULL, 1, NULL, 0, NULL, 0);
