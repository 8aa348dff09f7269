-- Names, addresses and tax numbers of partners are compared by other rules, and so are found by other forms, which the program writes.
INSERT INTO setting (key, value) SELECT 'renewal_due', 'true' FROM company WHERE id = 1 ON CONFLICT DO NOTHING;
