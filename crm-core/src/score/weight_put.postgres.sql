-- An index takes no value that is longer than a third of a page: its key is the value's digest.
INSERT INTO score_weight (variable, value, pull, seen) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (variable, md5(value)) DO UPDATE SET pull = excluded.pull, seen = excluded.seen
