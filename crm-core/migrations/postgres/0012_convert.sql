-- Conversions by the key that the host gave them: the same key again answers the same leads.
CREATE TABLE conversion (
  key TEXT COLLATE "C" PRIMARY KEY,
  date BIGINT NOT NULL, user_id BIGINT,
  asked TEXT COLLATE "C" NOT NULL, converted TEXT COLLATE "C" NOT NULL -- JSON lists of leads
);
