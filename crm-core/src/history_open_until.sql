INSERT INTO lead_history (lead_id, seq, known_at, effective_at, user_id_by, deleted,
  kind, company_id, currency, partner_id, user_id, team_id, stage_id,
  expected_revenue, recurring_revenue, recurring_plan_id, manual_probability, forecast_category, date_deadline,
  won_status, lost_reason_id, active, on_hold, probability_policy)
SELECT ?1, last.seq + 1, CASE WHEN ?2 < last.known_at THEN last.known_at ELSE ?2 END, ?3, ?4, was.deleted,
  was.kind, was.company_id, was.currency, was.partner_id, was.user_id, was.team_id, was.stage_id,
  was.expected_revenue, was.recurring_revenue, was.recurring_plan_id, was.manual_probability, was.forecast_category, was.date_deadline,
  0, was.lost_reason_id, was.active, was.on_hold, was.probability_policy
FROM (SELECT seq, known_at FROM lead_history WHERE lead_id = ?1 ORDER BY seq DESC LIMIT 1) AS last,
  (SELECT * FROM lead_history WHERE lead_id = ?1 ORDER BY CASE WHEN won_status = 0 THEN seq ELSE -seq END DESC LIMIT 1) AS was
