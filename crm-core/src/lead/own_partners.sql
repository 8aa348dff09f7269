SELECT id, company_id FROM partner WHERE id IN (
  SELECT partner_id FROM lead WHERE id IN (SELECT value FROM json_each(?1)))
