-- Numbers stand beside the entries, given by who reads.
SELECT at.seq, feed.date, feed.user_id, feed.event, feed.kind, feed.record_id, feed.data, personal.data
FROM feed_position AS at JOIN feed_entry AS feed ON feed.id = at.entry_id LEFT JOIN feed_entry_personal AS personal
  ON personal.kind = feed.kind AND personal.record_id = feed.record_id AND personal.entry_id = feed.id
WHERE at.seq > ?1 ORDER BY at.seq LIMIT ?2
