-- What a team or somebody is to reach from a day to a day; see `target`.
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
