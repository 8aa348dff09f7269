-- Merges: which record took others' place, and what each was before, so that it can be taken back.
CREATE TABLE merge (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice
  date INTEGER NOT NULL, user_id INTEGER,
  kind TEXT NOT NULL, head_id INTEGER NOT NULL,
  undone INTEGER -- when it was taken back; null: it stands
) STRICT;

-- One row per record of a merge that stands, the one that was kept among them (into_id null).
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
CREATE UNIQUE INDEX merge_row_gone ON merge_row (kind, record_id) WHERE into_id IS NOT NULL;
