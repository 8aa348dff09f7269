WITH RECURSIVE up (id) AS (
  SELECT into_id FROM merge_row WHERE kind = ?1 AND record_id = ?2 AND into_id IS NOT NULL
  UNION
  SELECT gone.into_id FROM merge_row AS gone JOIN up ON gone.record_id = up.id WHERE gone.kind = ?1 AND gone.into_id IS NOT NULL
)
SELECT id FROM up
WHERE NOT EXISTS (SELECT 1 FROM merge_row AS gone WHERE gone.kind = ?1 AND gone.record_id = up.id AND gone.into_id IS NOT NULL)
