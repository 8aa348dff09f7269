-- The model `weighted`: what it learns beside the counts of score_count.

-- The value expert: gradients and squared gradients of one value. variable '': the team with that id.
CREATE TABLE score_weight (
  variable TEXT NOT NULL, value TEXT NOT NULL, pull REAL NOT NULL, seen REAL NOT NULL,
  PRIMARY KEY (variable, value)
) STRICT, WITHOUT ROWID;

-- Parts of its state: `weights`, written with every outcome, and `bins`, the edges of numbers.
CREATE TABLE score_model (
  part TEXT PRIMARY KEY, -- weights, bins
  state TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- A file that is older than this step keeps the model it was scored by; new files have no company yet.
INSERT INTO setting (key, value)
SELECT 'score_model', '"bayes"' FROM company WHERE id = 1
ON CONFLICT (key) DO NOTHING;
