INSERT INTO lead_tally (grain, outcome, company_id, team_id, stage_id, user_id, kind, currency, period,
  n, revenue, weighted_high, weighted_low, stage_revenue)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
ON CONFLICT (grain, outcome, company_id, team_id, stage_id, user_id, kind, currency, period) DO UPDATE SET
  n = lead_tally.n + excluded.n,
  revenue = lead_tally.revenue + excluded.revenue,
  weighted_high = lead_tally.weighted_high + excluded.weighted_high
    + (lead_tally.weighted_low + excluded.weighted_low) / 1000000000000,
  weighted_low = (lead_tally.weighted_low + excluded.weighted_low) % 1000000000000,
  stage_revenue = lead_tally.stage_revenue + excluded.stage_revenue
WHERE lead_tally.revenue / 2 + excluded.revenue / 2 < 4500000000000000000
