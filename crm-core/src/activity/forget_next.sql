UPDATE activity SET next_activity_id = NULL WHERE next_activity_id IN (SELECT value FROM json_each(?1))
