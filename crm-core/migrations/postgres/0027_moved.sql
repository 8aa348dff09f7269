-- The score knows whose a lead was when it was created, and counts the stages of leads of which a field was changed: all is counted anew.
INSERT INTO score_model (part, state) SELECT 'created_due', '1' WHERE EXISTS (SELECT 1 FROM lead) ON CONFLICT DO NOTHING;
INSERT INTO setting (key, value) SELECT 'renewal_due', 'true' FROM company WHERE id = 1 ON CONFLICT DO NOTHING;
