-- Entries that have no number yet stand in the order in which their transactions first wrote.
SELECT feed.record_id, feed.event, feed.date, feed.data, personal.data
FROM feed_entry AS feed LEFT JOIN feed_entry_personal AS personal
  ON personal.kind = feed.kind AND personal.record_id = feed.record_id AND personal.entry_id = feed.id
WHERE feed.kind = 'lead' AND feed.event IN ('lead.changed', 'lead.won', 'lead.lost', 'lead.reopened') ORDER BY feed.xact, feed.id
