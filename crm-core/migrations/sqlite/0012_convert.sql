-- Conversions by the key that the host gave them: the same key again answers the same leads.
CREATE TABLE conversion (
  key TEXT PRIMARY KEY,
  date INTEGER NOT NULL, user_id INTEGER,
  asked TEXT NOT NULL, converted TEXT NOT NULL -- JSON lists of leads
) STRICT, WITHOUT ROWID;
