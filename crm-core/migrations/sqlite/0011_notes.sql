-- What is to be done and what was said. Both hang on a record: a lead or a partner, named by `subject_kind` and `subject_id`. Whatever has
-- these two columns goes with its record when that is merged into another or deleted.
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
CREATE UNIQUE INDEX activity_type_name ON activity_type (name);

CREATE TABLE activity_type_suggestion (
  activity_type_id INTEGER NOT NULL REFERENCES activity_type (id), suggested_type_id INTEGER NOT NULL REFERENCES activity_type (id),
  PRIMARY KEY (activity_type_id, suggested_type_id)
) STRICT, WITHOUT ROWID;

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
CREATE INDEX activity_subject ON activity (subject_kind, subject_id);
CREATE INDEX activity_lead ON activity ((CASE WHEN subject_kind = 0 THEN subject_id END));
CREATE INDEX activity_user ON activity (user_id, date_deadline) WHERE date_done IS NULL;
CREATE INDEX activity_deadline ON activity (date_deadline) WHERE date_done IS NULL;
CREATE INDEX activity_of_type ON activity (activity_type_id);
CREATE INDEX activity_next ON activity (next_activity_id) WHERE next_activity_id IS NOT NULL;

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
) STRICT;
CREATE INDEX message_subject ON message (subject_kind, subject_id, date);

-- A database from before gets the types that a new one starts with, as old as itself.
INSERT INTO activity_type (version, create_date, write_date, name, sequence, category, delay_count, delay_unit, delay_from, chaining_type, active)
SELECT 1, company.create_date, company.create_date, usual.name, usual.sequence, usual.category, usual.days, 0, 0, 0, usual.category <> 0
FROM company, (
  SELECT 'To-Do' AS name, 2 AS sequence, 1 AS category, 5 AS days UNION ALL SELECT 'Email', 10, 2, 0 UNION ALL SELECT 'Call', 10, 3, 2
  UNION ALL SELECT 'Meeting', 10, 4, 0 UNION ALL SELECT 'Document', 10, 5, 5 UNION ALL SELECT 'Exception', 10, 0, 0
) AS usual
WHERE company.id = 1;
