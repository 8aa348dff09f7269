SELECT feed.record_id, feed.event, feed.date, feed.data, personal.data
FROM feed LEFT JOIN feed_personal AS personal
  ON personal.kind = feed.kind AND personal.record_id = feed.record_id AND personal.seq = feed.seq
WHERE feed.kind = 'lead' AND feed.event IN ('lead.changed', 'lead.won', 'lead.lost', 'lead.reopened') ORDER BY feed.seq
