SELECT subject_id, MIN(CASE WHEN day_end <= ?3 THEN 0 WHEN day_start <= ?3 THEN 1 ELSE 2 END),
  MIN(date_deadline), MIN(CASE WHEN user_id = ?4 THEN date_deadline END), COUNT(*)
FROM activity
WHERE date_done IS NULL AND subject_kind = ?1 AND subject_id IN (SELECT value FROM json_each(?2))
GROUP BY subject_id
