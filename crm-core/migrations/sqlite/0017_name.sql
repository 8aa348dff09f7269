-- The whole name stands behind its half, so that one name is found at once however many share a half of it.
DROP INDEX partner_name_head;
DROP INDEX partner_name_tail;
CREATE INDEX partner_name_head ON partner (substr(name_key, 1, length(name_key) / 2), name_key) WHERE name_key IS NOT NULL;
CREATE INDEX partner_name_tail ON partner (substr(name_key, length(name_key) / 2 + 1), name_key) WHERE name_key IS NOT NULL;
