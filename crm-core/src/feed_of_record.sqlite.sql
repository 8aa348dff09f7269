SELECT feed.data, feed_personal.data
FROM feed LEFT JOIN feed_personal
  ON feed_personal.kind = feed.kind AND feed_personal.record_id = feed.record_id AND feed_personal.seq = feed.seq
WHERE feed.kind = ?1 AND feed.record_id = ?2 AND feed.event = ?3 ORDER BY feed.seq DESC LIMIT ?4
