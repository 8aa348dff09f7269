-- What the machine had said of a lead by an instant is found by the lead, so the log of scores goes by lead, then run. It also keeps what
-- each value rested on. Of values from before, the last one rests on what the lead's score rests on; the others on their run's model.
ALTER TABLE score_log RENAME TO score_log_before;
CREATE TABLE score_log (
  lead_id INTEGER NOT NULL, run INTEGER NOT NULL, automated_probability INTEGER NOT NULL, -- ppm
  probability_source INTEGER NOT NULL, -- as in lead_score
  PRIMARY KEY (lead_id, run)
) STRICT, WITHOUT ROWID;
INSERT INTO score_log (lead_id, run, automated_probability, probability_source)
SELECT said.lead_id, said.run, said.automated_probability,
  CASE WHEN said.run = last.run THEN COALESCE(lead_score.probability_source, 3)
    WHEN score_run.model = 'base' THEN 1 WHEN score_run.model = 'stage' THEN 2 ELSE 3 END
FROM score_log_before said
JOIN (SELECT lead_id, MAX(run) AS run FROM score_log_before GROUP BY lead_id) last ON last.lead_id = said.lead_id
JOIN score_run ON score_run.id = said.run
LEFT JOIN lead_score ON lead_score.lead_id = said.lead_id
ORDER BY said.lead_id, said.run;
DROP TABLE score_log_before;
