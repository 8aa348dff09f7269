-- Many count at once: each adds rows of its own, which are folded later, and waits for nobody.
INSERT INTO score_count_delta (team_id, variable, value, won, lost) VALUES (?1, ?2, ?3, ?4, ?5)
