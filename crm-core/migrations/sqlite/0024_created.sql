-- What fields that count for the score said when their lead was created, of leads that say something else since; as JSON, lists of texts by
-- field. It tells what was filled in later from what was there from the beginning.
CREATE TABLE score_created (
  lead_id INTEGER PRIMARY KEY,
  fields TEXT NOT NULL
) STRICT;
-- What was changed before is found when the score counts anew the next time.
INSERT INTO score_model (part, state) SELECT 'created_due', '1' WHERE EXISTS (SELECT 1 FROM lead);
