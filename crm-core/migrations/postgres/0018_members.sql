-- Memberships have dates, and one that ended is kept. What a member may be given (null: as much as there is; 0: nothing) adds up to what the
-- team may be given, so that the team's own number goes.
ALTER TABLE team_member ALTER COLUMN assignment_max DROP NOT NULL;
ALTER TABLE team_member ADD COLUMN active BOOLEAN NOT NULL DEFAULT true;
ALTER TABLE team_member ADD COLUMN date_start BIGINT; -- days since 1970-01-01
ALTER TABLE team_member ADD COLUMN date_end BIGINT; -- the first day on which it is no more
ALTER TABLE team_member ADD COLUMN assignment_filter_preferred TEXT COLLATE "C";
ALTER TABLE team_member ADD COLUMN assignment_optout BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE team_member ADD COLUMN absences TEXT COLLATE "C"; -- days as 2026-12-24/2027-01-02, with commas between them
UPDATE team_member SET date_start = create_date / 86400000000;
DROP INDEX team_member_pair;
CREATE UNIQUE INDEX team_member_pair ON team_member (team_id, user_id) WHERE active;
CREATE VIEW team_member_active AS SELECT team_id, user_id FROM team_member WHERE active;

ALTER TABLE team DROP COLUMN assignment_max;
ALTER TABLE team ADD COLUMN use_quotations BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE team ADD COLUMN alias TEXT COLLATE "C";
ALTER TABLE team ADD COLUMN assignment_optout BOOLEAN NOT NULL DEFAULT false;
-- The switch refuses from now on: nobody has switched it off knowing that.
UPDATE team SET use_leads = true;
