INSERT INTO feed_personal (kind, record_id, seq, data) VALUES (?1, ?2, ?3, ?4)
