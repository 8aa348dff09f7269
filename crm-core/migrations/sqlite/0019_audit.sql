-- Who may have changed what is told: digests go over the feed when somebody seals it, never as it is written, so that writers stay as
-- they are. A sealed entry is found by its record, too.
CREATE TABLE audit_chain (
  seq INTEGER PRIMARY KEY, -- of the feed
  kind TEXT NOT NULL, record_id INTEGER NOT NULL,
  digest TEXT NOT NULL, -- SHA-256 over the digest before, the entry and personal
  personal TEXT, -- SHA-256 over salt and what may identify a person; null: nothing did
  salt TEXT -- null: nothing did, or it was erased
) STRICT;
CREATE INDEX audit_chain_record ON audit_chain (record_id, kind, seq);
CREATE VIEW feed_whole AS
SELECT feed.seq, feed.date, feed.user_id, feed.event, feed.kind, feed.record_id, feed.data, personal.data AS personal
FROM feed LEFT JOIN feed_personal AS personal
  ON personal.kind = feed.kind AND personal.record_id = feed.record_id AND personal.seq = feed.seq;
