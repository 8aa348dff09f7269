UPDATE lead_tally SET weighted_high = 0, weighted_low = 0 WHERE outcome = 0;
WITH w AS (
  SELECT g.value AS grain, COALESCE(company_id, 0) AS company_id, COALESCE(team_id, 0) AS team_id, COALESCE(stage_id, 0) AS stage_id,
    COALESCE(user_id, 0) AS user_id, kind, currency,
    CASE WHEN g.value = 0 OR date_deadline IS NULL THEN 0
      ELSE CAST(strftime('%Y', date_deadline * 86400, 'unixepoch') AS INTEGER) * 12 + CAST(strftime('%m', date_deadline * 86400, 'unixepoch') AS INTEGER) - 1
    END AS period,
    sum(expected_revenue * COALESCE(manual_probability, automated_probability)) AS weighted
  FROM lead JOIN lead_score ON lead_id = lead.id, json_each('[0,1]') AS g
  WHERE won_status = 0 AND active AND NOT on_hold
  GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
)
UPDATE lead_tally SET weighted_high = w.weighted / 1000000000000, weighted_low = w.weighted % 1000000000000
FROM w WHERE lead_tally.outcome = 0 AND lead_tally.grain = w.grain AND lead_tally.company_id = w.company_id AND lead_tally.team_id = w.team_id
  AND lead_tally.stage_id = w.stage_id AND lead_tally.user_id = w.user_id AND lead_tally.kind = w.kind AND lead_tally.currency = w.currency
  AND lead_tally.period = w.period;
