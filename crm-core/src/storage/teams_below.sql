WITH RECURSIVE below (id) AS (
  SELECT id FROM team WHERE id IN (SELECT value FROM json_each(?1))
  UNION SELECT team.id FROM team JOIN below ON team.parent_id = below.id
)
SELECT id FROM below ORDER BY id
