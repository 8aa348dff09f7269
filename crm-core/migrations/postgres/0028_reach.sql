-- What members can take: where, in which languages, with which skills; see `team::reach`.
ALTER TABLE team_member ADD COLUMN territory TEXT COLLATE "C"; -- SE, US/CA, DE:80
ALTER TABLE team_member ADD COLUMN languages TEXT COLLATE "C"; -- de, pt_BR
CREATE TABLE team_member_skill (
  team_member_id BIGINT NOT NULL, tag_id BIGINT NOT NULL,
  PRIMARY KEY (team_member_id, tag_id)
);
CREATE INDEX team_member_skill_tag ON team_member_skill (tag_id, team_member_id);
