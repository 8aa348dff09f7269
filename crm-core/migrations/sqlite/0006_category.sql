-- How sure we are of a deal follows its outcome once it has one (won: closed, lost: omitted); what was said before is kept beside it.
ALTER TABLE lead ADD COLUMN open_category INTEGER;
UPDATE lead SET open_category = NULLIF(forecast_category, 3) WHERE won_status <> 0;
UPDATE lead SET forecast_category = CASE won_status WHEN 1 THEN 3 WHEN 2 THEN 4 ELSE 0 END
WHERE won_status <> 0 OR forecast_category = 3;
UPDATE lead_history SET forecast_category = CASE won_status WHEN 1 THEN 3 WHEN 2 THEN 4 ELSE 0 END
WHERE won_status <> 0 OR forecast_category = 3;
