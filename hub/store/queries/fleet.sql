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

-- name: show
INSERT INTO fleet_state (process, at_ms, state) VALUES (:process, :now, :state)
ON CONFLICT (process) DO UPDATE SET at_ms = excluded.at_ms, state = excluded.state

-- name: shown
SELECT process, state FROM fleet_state WHERE at_ms > CAST(:now AS BIGINT) - :within_ms ORDER BY process

-- name: leave
DELETE FROM fleet_state WHERE process = :process

-- name: forget_shown
DELETE FROM fleet_state WHERE at_ms < :before_ms

-- name: took
SELECT deployment, took_ms / CAST(:step_ms AS BIGINT) AS step, COUNT(*) AS calls
FROM ledger WHERE at_ms >= :since_ms AND mark NOT IN ('correction', 'presumed') AND outcome IN ('stop', 'length')
  AND kind IN ('answer', 'retry', 'hedge')
GROUP BY 1, 2

-- name: ended
SELECT
  deployment, COUNT(*) AS calls,
  SUM(CASE WHEN outcome IN ('stop', 'length', 'stopped', 'filter', 'cancelled') THEN 0 ELSE 1 END) AS failed
FROM ledger WHERE at_ms >= :since_ms AND mark <> 'correction'
GROUP BY deployment
