SELECT seq, effective_at, CASE WHEN until < effective_at THEN effective_at ELSE until END, known_at, user_id_by,
  kind, company_id, currency, partner_id, user_id, team_id, stage_id,
  expected_revenue, recurring_revenue, recurring_plan_id, manual_probability, forecast_category, date_deadline,
  won_status, lost_reason_id, active, on_hold
FROM (SELECT lead_history.*,
    MIN(effective_at) OVER (ORDER BY seq ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS until
  FROM lead_history WHERE lead_id = ?1) AS state
ORDER BY seq
