-- Leads are counted by who may see them: cells of a grain of their own in lead_tally, which the program counts.
INSERT INTO setting (key, value) SELECT 'renewal_due', 'true' FROM company WHERE id = 1 ON CONFLICT DO NOTHING;
