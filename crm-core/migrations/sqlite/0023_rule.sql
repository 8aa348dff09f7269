-- What must hold of a record for somebody below admin to do something with it; see `access`.
CREATE TABLE access_rule (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice
  version INTEGER NOT NULL, create_date INTEGER NOT NULL, write_date INTEGER NOT NULL, create_uid INTEGER, write_uid INTEGER,
  name TEXT NOT NULL,
  record INTEGER, -- 0 lead, 1 partner
  role INTEGER, user_id INTEGER,
  filter TEXT NOT NULL,
  use_read INTEGER NOT NULL, use_create INTEGER NOT NULL, use_update INTEGER NOT NULL, use_delete INTEGER NOT NULL,
  active INTEGER NOT NULL
) STRICT;
