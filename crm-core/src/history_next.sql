INSERT INTO lead_history (lead_id, seq, known_at, effective_at, user_id_by, deleted,
  kind, company_id, currency, partner_id, user_id, team_id, stage_id,
  expected_revenue, recurring_revenue, recurring_plan_id, manual_probability, forecast_category, date_deadline,
  won_status, lost_reason_id, active, on_hold, probability_policy)
SELECT ?1, last.seq + 1, CASE WHEN ?2 < last.known_at THEN last.known_at ELSE ?2 END, ?3, ?4, ?5,
  ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23
FROM (SELECT seq, known_at FROM lead_history WHERE lead_id = ?1 ORDER BY seq DESC LIMIT 1) AS last
