-- name: use_once
INSERT INTO used_once (id, at_ms) VALUES (:id, :now) ON CONFLICT (id) DO NOTHING
RETURNING id

-- name: ready
SELECT MAX(number) AS number FROM schema_version
