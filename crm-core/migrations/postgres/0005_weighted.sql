-- The model `weighted`: what it learns beside the counts of score_count.

-- The value expert: gradients and squared gradients of one value. variable '': the team with that id.
CREATE TABLE score_weight (
  variable TEXT COLLATE "C" NOT NULL, value TEXT COLLATE "C" NOT NULL, pull DOUBLE PRECISION NOT NULL, seen DOUBLE PRECISION NOT NULL
);
-- A value may be longer than an index takes.
CREATE UNIQUE INDEX score_weight_key ON score_weight (variable, md5(value));

-- Parts of its state: `weights`, written with every outcome, and `bins`, the edges of numbers.
CREATE TABLE score_model (
  part TEXT COLLATE "C" PRIMARY KEY, -- weights, bins
  state TEXT COLLATE "C" NOT NULL
);

-- A database that is older than this step keeps the model it was scored by; new ones have no company yet.
INSERT INTO setting (key, value)
SELECT 'score_model', '"bayes"' FROM company WHERE id = 1
ON CONFLICT (key) DO NOTHING;
