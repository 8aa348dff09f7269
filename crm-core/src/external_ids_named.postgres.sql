-- A list of texts: `json_each` is read as a list of ids here.
SELECT external_id, record_id FROM external_id
WHERE system = ?1 AND kind = ?2 AND external_id IN (SELECT json_array_elements_text(CAST(CAST(?3 AS TEXT) AS JSON)))
