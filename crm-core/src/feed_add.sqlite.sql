INSERT INTO feed (date, user_id, event, kind, record_id, data) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
