-- Whose number is the chance of pending deals: 0 blend, 1 stage, 2 manual, 3 model. Of teams and companies null: not said. Of leads what
-- that comes to; of those that have ended, what it was.
ALTER TABLE company ADD COLUMN probability_policy INTEGER;
ALTER TABLE team ADD COLUMN probability_policy INTEGER;
ALTER TABLE lead ADD COLUMN probability_policy INTEGER NOT NULL DEFAULT 0;
ALTER TABLE lead_history ADD COLUMN probability_policy INTEGER NOT NULL DEFAULT 0;

-- Minor units of the deals of a cell that are weighed by what their stage says; the weighted sums are of the others.
ALTER TABLE lead_tally ADD COLUMN stage_revenue INTEGER NOT NULL DEFAULT 0;

-- What each stage says, team by team, as of the last batch: 0 stands for all teams, and for deals without a stage.
CREATE TABLE stage_chance (
  team_id INTEGER NOT NULL, stage_id INTEGER NOT NULL, ppm INTEGER NOT NULL,
  source INTEGER NOT NULL, -- 1 base, 2 stage
  PRIMARY KEY (team_id, stage_id)
) STRICT, WITHOUT ROWID;

-- Which of them changed in which run.
CREATE TABLE stage_chance_log (
  team_id INTEGER NOT NULL, stage_id INTEGER NOT NULL, run INTEGER NOT NULL, ppm INTEGER NOT NULL, source INTEGER NOT NULL,
  PRIMARY KEY (team_id, stage_id, run)
) STRICT, WITHOUT ROWID;
