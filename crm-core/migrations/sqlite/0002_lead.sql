-- Leads. The row is narrow, since boards, forecasts and scoring scan it; words stand in lead_text.
-- References are checked by the verbs, not by the engine: a dozen foreign keys would cost more than the insert.

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
  won_from_stage_id INTEGER,
  CHECK (manual_probability BETWEEN 0 AND 1000000),
  CHECK ((won_status = 0) = (date_closed IS NULL)),
  CHECK (won_status <> 2 OR active = 0)
) STRICT;
-- A page of the default list; a column of the board; the same for one team.
CREATE INDEX lead_list ON lead (priority DESC, id DESC) WHERE active;
CREATE INDEX lead_board ON lead (stage_id, priority DESC, id DESC) WHERE active;
CREATE INDEX lead_team_board ON lead (team_id, stage_id, priority DESC, id DESC) WHERE active;
CREATE INDEX lead_user ON lead (user_id, priority DESC, id DESC) WHERE active;
CREATE INDEX lead_partner ON lead (partner_id) WHERE partner_id IS NOT NULL;
CREATE INDEX lead_deadline ON lead (date_deadline) WHERE won_status = 0 AND active;

CREATE TABLE lead_text (
  lead_id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  partner_name TEXT, contact_name TEXT, function TEXT,
  email_from TEXT, email_cc TEXT, email_normalized TEXT,
  phone TEXT, mobile TEXT, phone_normalized TEXT, website TEXT,
  street TEXT, street2 TEXT, city TEXT, zip TEXT, referred TEXT, description TEXT,
  properties TEXT -- a JSON object by name
) STRICT;
CREATE INDEX lead_email ON lead_text (email_normalized) WHERE email_normalized IS NOT NULL;
CREATE INDEX lead_phone ON lead_text (phone_normalized) WHERE phone_normalized IS NOT NULL;

CREATE TABLE lead_tag (
  lead_id INTEGER NOT NULL, tag_id INTEGER NOT NULL,
  PRIMARY KEY (lead_id, tag_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX lead_tag_tag ON lead_tag (tag_id, lead_id);

-- Kept counts. grain 0 is a cell of the board (period 0), grain 1 the same by month: of the deadline for open deals (0: none), of
-- closing in UTC for won and lost ones; months since year 0. Open means pending, active and not on hold. 0 stands for "none" in ids.
CREATE TABLE lead_tally (
  grain INTEGER NOT NULL, outcome INTEGER NOT NULL, -- 0 open, 1 won, 2 lost
  company_id INTEGER NOT NULL, team_id INTEGER NOT NULL, stage_id INTEGER NOT NULL, user_id INTEGER NOT NULL,
  kind INTEGER NOT NULL, currency TEXT NOT NULL, period INTEGER NOT NULL,
  n INTEGER NOT NULL,
  revenue INTEGER NOT NULL, -- sum of minor units
  weighted_high INTEGER NOT NULL, weighted_low INTEGER NOT NULL, -- sum of minor units x ppm, as high * 10^12 + low
  PRIMARY KEY (grain, outcome, company_id, team_id, stage_id, user_id, kind, currency, period)
) STRICT, WITHOUT ROWID;
