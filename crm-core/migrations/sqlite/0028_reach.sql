-- What members can take: where, in which languages, with which skills; see `team::reach`.
ALTER TABLE team_member ADD COLUMN territory TEXT; -- SE, US/CA, DE:80
ALTER TABLE team_member ADD COLUMN languages TEXT; -- de, pt_BR
CREATE TABLE team_member_skill (
  team_member_id INTEGER NOT NULL, tag_id INTEGER NOT NULL,
  PRIMARY KEY (team_member_id, tag_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX team_member_skill_tag ON team_member_skill (tag_id, team_member_id);
