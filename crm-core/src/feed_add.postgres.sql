-- Many write at once: an entry knows its transaction, and who reads gives it its number.
INSERT INTO feed_entry (date, user_id, event, kind, record_id, data) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
