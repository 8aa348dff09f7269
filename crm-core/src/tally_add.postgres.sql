-- Many count at once: each adds rows of its own, which are folded later, and waits for nobody.
INSERT INTO lead_tally_delta (grain, outcome, company_id, team_id, stage_id, user_id, kind, currency, period,
  n, revenue, weighted_high, weighted_low, stage_revenue)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
