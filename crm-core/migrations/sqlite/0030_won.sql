-- What was won on some days, for targets; see `target::attain`.
CREATE INDEX lead_won ON lead (date_closed) WHERE won_status = 1;
