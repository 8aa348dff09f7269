WITH RECURSIVE up (leaf, id, parent_id, is_company, user_id, depth) AS (
  SELECT id, id, parent_id, is_company, user_id, CAST(0 AS BIGINT) FROM partner
  WHERE id IN (SELECT value FROM json_each(?1))
  UNION ALL
  SELECT up.leaf, partner.id, partner.parent_id, partner.is_company, partner.user_id, up.depth + 1
  FROM up JOIN partner ON partner.id = up.parent_id
  WHERE NOT up.is_company AND up.depth < ?2
)
SELECT leaf, depth, user_id, id FROM up ORDER BY leaf, depth
