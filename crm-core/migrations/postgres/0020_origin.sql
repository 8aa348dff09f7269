-- What was said about a record that was merged into another says about whom, by id and by name.
ALTER TABLE message ADD COLUMN origin_id BIGINT;
ALTER TABLE message ADD COLUMN origin TEXT COLLATE "C";
-- Merges are listed by the records that they were of, those taken back too: of these nothing is kept but whom they were of.
CREATE INDEX merge_row_record ON merge_row (kind, record_id);
-- Who recommended a partner.
ALTER TABLE partner ADD COLUMN referrer_id BIGINT REFERENCES partner (id);
CREATE INDEX partner_referrer ON partner (referrer_id) WHERE referrer_id IS NOT NULL;
