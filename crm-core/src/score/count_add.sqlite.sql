INSERT INTO score_count (team_id, variable, value, won, lost) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (team_id, variable, value) DO UPDATE SET won = score_count.won + excluded.won, lost = score_count.lost + excluded.lost
