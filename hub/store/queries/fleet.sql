-- What the processes tell each other of deployments, and what the store itself knows of them.

-- name: tell
INSERT INTO deployment_health (deployment, process, state, why, until_ms, at_ms)
VALUES (:deployment, :process, :state, :why, CAST(:now AS BIGINT) + :left_ms, :now)
ON CONFLICT (deployment, process) DO UPDATE SET
  state = excluded.state, why = excluded.why, until_ms = excluded.until_ms, at_ms = excluded.at_ms

-- name: well
DELETE FROM deployment_health WHERE deployment = :deployment AND process = :process

-- name: told
SELECT deployment, process, state, why, until_ms - CAST(:now AS BIGINT) AS left_ms, at_ms FROM deployment_health
ORDER BY deployment, process

-- name: forget
DELETE FROM deployment_health WHERE until_ms < :before_ms
