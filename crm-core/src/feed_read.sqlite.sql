SELECT feed.seq, feed.date, feed.user_id, feed.event, feed.kind, feed.record_id, feed.data, feed_personal.data
FROM feed LEFT JOIN feed_personal
  ON feed_personal.kind = feed.kind AND feed_personal.record_id = feed.record_id AND feed_personal.seq = feed.seq
WHERE feed.seq > ?1 ORDER BY feed.seq LIMIT ?2
