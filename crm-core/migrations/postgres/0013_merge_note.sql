-- The message that a merge has left on the record that was kept; it goes when the merge is taken back.
ALTER TABLE merge ADD COLUMN message_id BIGINT;
