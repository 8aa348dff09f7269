WITH RECURSIVE up (id, place) AS (
  SELECT gone.record_id, gone.into_id FROM merge_row AS gone
  WHERE gone.kind = ?1 AND gone.record_id IN (SELECT value FROM json_each(?2)) AND gone.into_id IS NOT NULL
  UNION
  SELECT up.id, gone.into_id FROM up JOIN merge_row AS gone ON gone.record_id = up.place
  WHERE gone.kind = ?1 AND gone.into_id IS NOT NULL
)
SELECT up.id, up.place FROM up
WHERE NOT EXISTS (SELECT 1 FROM merge_row AS gone WHERE gone.kind = ?1 AND gone.record_id = up.place AND gone.into_id IS NOT NULL)
