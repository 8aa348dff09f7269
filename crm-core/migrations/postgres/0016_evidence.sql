-- Texts are told apart by their first 100 characters: what was counted by longer ones is counted by those.
INSERT INTO score_count_delta (team_id, variable, value, won, lost)
SELECT team_id, variable, substr(value, 1, 100), won, lost FROM score_count WHERE char_length(value) > 100;
DELETE FROM score_count_total WHERE char_length(value) > 100;
DELETE FROM score_count_delta WHERE char_length(value) > 100;
DELETE FROM score_weight WHERE char_length(value) > 100;
