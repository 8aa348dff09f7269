-- Entries that have no number yet stand in the order in which their transactions first wrote.
SELECT feed.data, personal.data
FROM feed_entry AS feed LEFT JOIN feed_entry_personal AS personal
  ON personal.kind = feed.kind AND personal.record_id = feed.record_id AND personal.entry_id = feed.id
WHERE feed.kind = ?1 AND feed.record_id = ?2 AND feed.event = ?3 ORDER BY feed.xact DESC, feed.id DESC LIMIT ?4
