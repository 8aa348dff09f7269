-- Whose number is the chance of pending deals: 0 blend, 1 stage, 2 manual, 3 model. Of teams and companies null: not said. Of leads what
-- that comes to; of those that have ended, what it was.
ALTER TABLE company ADD COLUMN probability_policy BIGINT;
ALTER TABLE team ADD COLUMN probability_policy BIGINT;
ALTER TABLE lead ADD COLUMN probability_policy BIGINT NOT NULL DEFAULT 0;
ALTER TABLE lead_history ADD COLUMN probability_policy BIGINT NOT NULL DEFAULT 0;

-- Minor units of the deals of a cell that are weighed by what their stage says; the weighted sums are of the others.
ALTER TABLE lead_tally_total ADD COLUMN stage_revenue BIGINT NOT NULL DEFAULT 0;
ALTER TABLE lead_tally_delta ADD COLUMN stage_revenue BIGINT NOT NULL DEFAULT 0;
CREATE OR REPLACE VIEW lead_tally AS
  SELECT grain, outcome, company_id, team_id, stage_id, user_id, kind, currency, period,
    sum(n)::BIGINT AS n, sum(revenue)::BIGINT AS revenue,
    (sum(weighted_high) + div(sum(weighted_low), 1000000000000))::BIGINT AS weighted_high,
    mod(sum(weighted_low), 1000000000000)::BIGINT AS weighted_low,
    sum(stage_revenue)::BIGINT AS stage_revenue
  FROM (SELECT * FROM lead_tally_total UNION ALL SELECT * FROM lead_tally_delta) AS both_parts
  GROUP BY grain, outcome, company_id, team_id, stage_id, user_id, kind, currency, period
  HAVING sum(n) <> 0;

CREATE OR REPLACE FUNCTION crm_fold_deltas() RETURNS VOID LANGUAGE plpgsql AS $$
BEGIN
  IF NOT pg_try_advisory_xact_lock('lead_tally_total'::REGCLASS::OID::BIGINT) THEN RETURN; END IF;
  WITH gone AS (DELETE FROM lead_tally_delta RETURNING *)
  INSERT INTO lead_tally_total AS kept
    SELECT grain, outcome, company_id, team_id, stage_id, user_id, kind, currency, period, sum(n), sum(revenue),
      sum(weighted_high) + div(sum(weighted_low), 1000000000000), mod(sum(weighted_low), 1000000000000), sum(stage_revenue)
    FROM gone GROUP BY grain, outcome, company_id, team_id, stage_id, user_id, kind, currency, period
    ON CONFLICT (grain, outcome, company_id, team_id, stage_id, user_id, kind, currency, period) DO UPDATE SET
      n = kept.n + excluded.n, revenue = kept.revenue + excluded.revenue,
      weighted_high = kept.weighted_high + excluded.weighted_high + (kept.weighted_low + excluded.weighted_low) / 1000000000000,
      weighted_low = (kept.weighted_low + excluded.weighted_low) % 1000000000000,
      stage_revenue = kept.stage_revenue + excluded.stage_revenue;
  DELETE FROM lead_tally_total WHERE n = 0;
  WITH gone AS (DELETE FROM score_count_delta RETURNING *)
  INSERT INTO score_count_total AS kept
    SELECT team_id, variable, value, sum(won), sum(lost) FROM gone GROUP BY team_id, variable, value
    ON CONFLICT (team_id, variable, md5(value)) DO UPDATE SET won = kept.won + excluded.won, lost = kept.lost + excluded.lost;
  DELETE FROM score_count_total WHERE won = 0 AND lost = 0;
END $$;

-- What each stage says, team by team, as of the last batch: 0 stands for all teams, and for deals without a stage.
CREATE TABLE stage_chance (
  team_id BIGINT NOT NULL, stage_id BIGINT NOT NULL, ppm BIGINT NOT NULL,
  source BIGINT NOT NULL, -- 1 base, 2 stage
  PRIMARY KEY (team_id, stage_id)
);

-- Which of them changed in which run.
CREATE TABLE stage_chance_log (
  team_id BIGINT NOT NULL, stage_id BIGINT NOT NULL, run BIGINT NOT NULL, ppm BIGINT NOT NULL, source BIGINT NOT NULL,
  PRIMARY KEY (team_id, stage_id, run)
);
