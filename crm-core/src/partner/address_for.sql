WITH RECURSIVE
  up (id, parent_id, is_company, level) AS (
    SELECT id, parent_id, is_company, CAST(0 AS BIGINT) FROM partner WHERE id = ?1
    UNION ALL
    SELECT partner.id, partner.parent_id, partner.is_company, up.level + 1
    FROM up JOIN partner ON partner.id = up.parent_id
    WHERE NOT up.is_company AND up.level < ?2
  ),
  down (id, level, depth) AS (
    SELECT id, level, CAST(0 AS BIGINT) FROM up
    UNION ALL
    SELECT partner.id, down.level, down.depth + 1 FROM down JOIN partner ON partner.parent_id = down.id
    WHERE ?3 <> 0 AND partner.active AND NOT partner.is_company AND down.depth < ?2
  )
SELECT partner.id, partner.company_id FROM down JOIN partner ON partner.id = down.id
WHERE COALESCE(partner.street, partner.street2, partner.city, partner.zip, partner.state_code, partner.country_code) IS NOT NULL
  AND (partner.address_type = ?3 OR (down.depth = 0 AND (down.level = 0 OR partner.address_type <> 3)))
ORDER BY CASE WHEN partner.address_type = ?3 THEN 0 ELSE 1 END, down.level, down.depth, partner.id
