-- Who somebody was can be forgotten; that it was, and when, stays.
ALTER TABLE partner ADD COLUMN date_erased BIGINT;
-- What the feed says that may identify a person, by its entries: they may not be numbered yet.
CREATE VIEW feed_personal AS SELECT kind, record_id, entry_id AS seq, data FROM feed_entry_personal;
CREATE VIEW feed_told AS
SELECT personal.kind, personal.record_id, personal.entry_id AS seq, feed.date, feed.user_id, feed.event, feed.data,
  personal.data AS personal
FROM feed_entry_personal AS personal JOIN feed_entry AS feed ON feed.id = personal.entry_id;
