WITH RECURSIVE
  up (id, parent_id, is_company, depth) AS (
    SELECT id, parent_id, is_company, CAST(0 AS BIGINT) FROM partner WHERE id = ?1
    UNION ALL
    SELECT partner.id, partner.parent_id, partner.is_company, up.depth + 1
    FROM up JOIN partner ON partner.id = up.parent_id
    WHERE NOT up.is_company AND up.depth < ?2
  ),
  top (id) AS (SELECT id FROM up ORDER BY depth DESC LIMIT 1),
  down (id, depth) AS (
    SELECT id, CAST(0 AS BIGINT) FROM top
    UNION ALL
    SELECT partner.id, down.depth + 1 FROM down JOIN partner ON partner.parent_id = down.id
    WHERE NOT partner.is_company AND down.depth < ?2
  )
SELECT id FROM down ORDER BY id
