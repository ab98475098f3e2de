-- name: use_once
INSERT INTO used_once (id, at_ms) VALUES (:id, :now) ON CONFLICT (id) DO NOTHING
RETURNING id

-- name: forget_used
DELETE FROM used_once WHERE id IN (SELECT id FROM used_once WHERE at_ms < :before_ms ORDER BY at_ms LIMIT :most)

-- name: ready
SELECT MAX(number) AS number FROM schema_version
