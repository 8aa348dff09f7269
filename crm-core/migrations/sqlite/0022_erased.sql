-- Who somebody was can be forgotten; that it was, and when, stays.
ALTER TABLE partner ADD COLUMN date_erased INTEGER;
-- What the feed says that may identify a person, with what it tells of the same to all.
CREATE VIEW feed_told AS
SELECT personal.kind, personal.record_id, personal.seq, feed.date, feed.user_id, feed.event, feed.data,
  personal.data AS personal
FROM feed_personal AS personal JOIN feed ON feed.seq = personal.seq;
