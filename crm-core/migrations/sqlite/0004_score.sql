-- The score: counters that learn from closed leads, and what the machine says of each lead.

-- Raw counts: a closed lead counts once per value it had. For stage_id the value is the stage it closed in; what the model reads
-- of stages is derived from that. A row whose counts are both 0 does not exist. team_id 0: leads without team.
CREATE TABLE score_count (
  team_id INTEGER NOT NULL, variable TEXT NOT NULL, value TEXT NOT NULL,
  won INTEGER NOT NULL, lost INTEGER NOT NULL,
  PRIMARY KEY (team_id, variable, value)
) STRICT, WITHOUT ROWID;

CREATE TABLE lead_score (
  lead_id INTEGER PRIMARY KEY,
  automated_probability INTEGER NOT NULL, -- ppm
  probability_source INTEGER NOT NULL -- 0 none, 1 base, 2 stage, 3 model, 4 manual, 5 outcome
) STRICT;

-- Which values changed when: one run per write that rescored something, or per batch.
CREATE TABLE score_run (
  id INTEGER PRIMARY KEY AUTOINCREMENT, date INTEGER NOT NULL, user_id INTEGER, model TEXT NOT NULL
) STRICT;

CREATE TABLE score_log (
  run INTEGER NOT NULL, lead_id INTEGER NOT NULL, automated_probability INTEGER NOT NULL,
  PRIMARY KEY (run, lead_id)
) STRICT, WITHOUT ROWID;
