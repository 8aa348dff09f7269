INSERT INTO score_weight (variable, value, pull, seen) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (variable, value) DO UPDATE SET pull = excluded.pull, seen = excluded.seen
