-- An entry that has no number yet is named by its id.
INSERT INTO feed_entry_personal (kind, record_id, entry_id, data) VALUES (?1, ?2, ?3, ?4)
