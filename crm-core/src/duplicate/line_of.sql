WITH RECURSIVE
  up (id, parent_id, depth) AS (
    SELECT id, parent_id, CAST(0 AS BIGINT) FROM partner WHERE id = ?1
    UNION ALL
    SELECT partner.id, partner.parent_id, up.depth + 1 FROM up JOIN partner ON partner.id = up.parent_id WHERE up.depth < ?2
  ),
  down (id, depth) AS (
    SELECT id, CAST(0 AS BIGINT) FROM partner WHERE id = ?1
    UNION ALL
    SELECT partner.id, down.depth + 1 FROM down JOIN partner ON partner.parent_id = down.id WHERE down.depth < ?2
  )
SELECT id FROM up UNION SELECT id FROM down
