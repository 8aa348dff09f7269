-- Who may have changed what is told: digests go over the feed when somebody seals it, never as it is written, so that writers stay as
-- they are. A sealed entry is found by its record, too.
CREATE TABLE audit_chain (
  seq BIGINT PRIMARY KEY, -- of the feed
  kind TEXT COLLATE "C" NOT NULL, record_id BIGINT NOT NULL,
  digest TEXT COLLATE "C" NOT NULL, -- SHA-256 over the digest before, the entry and personal
  personal TEXT COLLATE "C", -- SHA-256 over salt and what may identify a person; null: nothing did
  salt TEXT COLLATE "C" -- null: nothing did, or it was erased
);
CREATE INDEX audit_chain_record ON audit_chain (record_id, kind, seq);
-- Numbers stand beside the entries, given by who reads.
CREATE VIEW feed_whole AS
SELECT at.seq, feed.date, feed.user_id, feed.event, feed.kind, feed.record_id, feed.data, personal.data AS personal
FROM feed_position AS at JOIN feed_entry AS feed ON feed.id = at.entry_id LEFT JOIN feed_entry_personal AS personal
  ON personal.kind = feed.kind AND personal.record_id = feed.record_id AND personal.entry_id = feed.id;
