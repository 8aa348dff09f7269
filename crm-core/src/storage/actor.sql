SELECT u.role, u.company_id,
  (SELECT string_agg(CAST(company_id AS TEXT), ',') FROM user_company WHERE user_id = u.id),
  (SELECT string_agg(CAST(t.id AS TEXT), ',') FROM (
     SELECT team_id AS id FROM team_member_active WHERE user_id = u.id
     UNION SELECT id FROM team WHERE user_id = u.id) AS t),
  u.partner_id,
  (SELECT string_agg(CAST(r.id AS TEXT), ',') FROM access_rule AS r
     WHERE r.active AND (r.user_id = u.id OR r.user_id IS NULL AND (r.role = u.role OR r.role IS NULL))),
  u.id
FROM user_account AS u WHERE u.active AND u.id
