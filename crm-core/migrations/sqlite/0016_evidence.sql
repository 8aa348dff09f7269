-- Texts are told apart by their first 100 characters: what was counted by longer ones is counted by those.
INSERT INTO score_count (team_id, variable, value, won, lost)
SELECT team_id, variable, substr(value, 1, 100), SUM(won), SUM(lost) FROM score_count WHERE length(value) > 100
GROUP BY team_id, variable, substr(value, 1, 100)
ON CONFLICT (team_id, variable, value) DO UPDATE SET won = won + excluded.won, lost = lost + excluded.lost;
DELETE FROM score_count WHERE length(value) > 100;
DELETE FROM score_weight WHERE length(value) > 100;
