SELECT external_id, record_id FROM external_id
WHERE system = ?1 AND kind = ?2 AND external_id IN (SELECT value FROM json_each(?3))
