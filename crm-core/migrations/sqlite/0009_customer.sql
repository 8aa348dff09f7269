-- Addresses are found whole and by their domain in one index: it keeps them as domain@local. Only what has an address is in it.
DROP INDEX lead_email;
CREATE INDEX lead_email ON lead_text (
  (substr(email_normalized, instr(email_normalized, '@') + 1) || '@' || substr(email_normalized, 1, instr(email_normalized, '@') - 1))
) WHERE email_normalized IS NOT NULL;
DROP INDEX partner_email;
CREATE INDEX partner_email ON partner (
  (substr(email_normalized, instr(email_normalized, '@') + 1) || '@' || substr(email_normalized, 1, instr(email_normalized, '@') - 1))
) WHERE email_normalized IS NOT NULL;
