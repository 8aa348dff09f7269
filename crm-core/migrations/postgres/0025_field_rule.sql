-- Rules about fields, apart by commas, instead of records; see `access::fields`.
ALTER TABLE access_rule ADD COLUMN field_names TEXT;
