-- How partners are reached, and what they are to us. What a partner's card says (e-mail, phone, mobile) is among its contacts: those of
-- partners from before are written when the file is opened, with their comparable forms.
CREATE TABLE partner_contact (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice
  version INTEGER NOT NULL, create_date INTEGER NOT NULL, write_date INTEGER NOT NULL, create_uid INTEGER, write_uid INTEGER,
  partner_id INTEGER NOT NULL,
  channel INTEGER NOT NULL, -- 0 email, 1 phone
  kind INTEGER NOT NULL, -- 0 work, 1 home, 2 mobile, 3 billing, 4 other
  value TEXT NOT NULL, normalized TEXT,
  state INTEGER -- 0 correct, 1 incorrect
) STRICT;
CREATE INDEX partner_contact_partner ON partner_contact (partner_id);
CREATE INDEX partner_contact_email ON partner_contact (
  (substr(normalized, instr(normalized, '@') + 1) || '@' || substr(normalized, 1, instr(normalized, '@') - 1))
) WHERE channel = 0 AND normalized IS NOT NULL;
CREATE INDEX partner_contact_normalized ON partner_contact (normalized) WHERE normalized IS NOT NULL;

CREATE TABLE partner_role (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice
  version INTEGER NOT NULL, create_date INTEGER NOT NULL, write_date INTEGER NOT NULL, create_uid INTEGER, write_uid INTEGER,
  partner_id INTEGER NOT NULL,
  role INTEGER NOT NULL, -- 0 prospect, 1 customer, 2 supplier, 3 partner, 4 former
  date_start INTEGER, date_end INTEGER -- days since 1970-01-01, from the first to the one after the last
) STRICT;
CREATE INDEX partner_role_partner ON partner_role (partner_id);
CREATE INDEX partner_role_role ON partner_role (role, date_start);

-- What this step leaves to the program that opens a database from before; see `storage::migrate::is_due`.
INSERT INTO setting (key, value) SELECT 'renewal_due', 'true' FROM company WHERE id = 1;
