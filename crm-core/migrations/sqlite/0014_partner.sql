-- Tax numbers as written and comparable, whether e-mail and phone can be one, and the name as it is compared: in Latin letters, without
-- what says the form of a company. Half of it is right where one letter is wrong, so both halves are found.
ALTER TABLE partner ADD COLUMN tax_id TEXT;
ALTER TABLE partner ADD COLUMN tax_id_normalized TEXT;
ALTER TABLE partner ADD COLUMN email_state INTEGER; -- 0 correct, 1 incorrect
ALTER TABLE partner ADD COLUMN phone_state INTEGER;
ALTER TABLE partner ADD COLUMN name_key TEXT; -- null: not reckoned yet, which repair does
CREATE INDEX partner_tax_id ON partner (tax_id_normalized) WHERE tax_id_normalized IS NOT NULL;
CREATE INDEX partner_name_head ON partner (substr(name_key, 1, length(name_key) / 2)) WHERE name_key IS NOT NULL;
CREATE INDEX partner_name_tail ON partner (substr(name_key, length(name_key) / 2 + 1)) WHERE name_key IS NOT NULL;
UPDATE partner SET
  email_state = CASE WHEN email IS NULL THEN NULL WHEN email_normalized IS NULL THEN 1 ELSE 0 END,
  phone_state = CASE WHEN phone IS NULL THEN NULL WHEN phone_normalized IS NULL THEN 1 ELSE 0 END;

CREATE TABLE partner_tag (
  partner_id INTEGER NOT NULL, tag_id INTEGER NOT NULL,
  PRIMARY KEY (partner_id, tag_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX partner_tag_tag ON partner_tag (tag_id, partner_id);
