-- Windows of people and agents, buckets of provider keys. A window's row keeps the times of the newest groups, 14 digits
-- each; each is when its statement began, and never before one that was counted already.

-- name: admit expects 1
INSERT INTO rate_window (id, used_ms, admitted, filled)
VALUES (:id, :now, CAST(CAST(:now AS BIGINT) + 10000000000000 AS TEXT), 1)
ON CONFLICT (id) DO UPDATE SET
  used_ms = :now,
  admitted = substr(
      rate_window.admitted,
      CASE WHEN length(rate_window.admitted) >= 14 * CAST(:kept AS INTEGER) AND rate_window.filled >= :group
        THEN length(rate_window.admitted) - 14 * CAST(:kept AS INTEGER) + 15 ELSE 1 END,
      CASE WHEN rate_window.filled >= :group THEN length(rate_window.admitted)
        ELSE length(rate_window.admitted) - 14 END
    ) || CASE
      WHEN CAST(substr(rate_window.admitted, length(rate_window.admitted) - 13, 14) AS BIGINT)
        > CAST(:now AS BIGINT) + 10000000000000
      THEN substr(rate_window.admitted, length(rate_window.admitted) - 13, 14)
      ELSE CAST(CAST(:now AS BIGINT) + 10000000000000 AS TEXT)
    END,
  filled = CASE WHEN rate_window.filled >= :group THEN 1 ELSE rate_window.filled + 1 END
WHERE length(rate_window.admitted)
    < 14 * (CAST(:most AS INTEGER) + CASE WHEN rate_window.filled < :group THEN 1 ELSE 0 END)
  OR CAST(substr(
      rate_window.admitted,
      length(rate_window.admitted) + 1
        - 14 * (CAST(:most AS INTEGER) + CASE WHEN rate_window.filled < :group THEN 1 ELSE 0 END),
      14
    ) AS BIGINT) < CAST(:now AS BIGINT) + 10000000000000 - :length_ms
RETURNING CAST(substr(admitted, length(admitted) - 13, 14) AS BIGINT) - 10000000000000 AS at_ms

-- name: until_room
SELECT
  CAST(:now AS BIGINT) AS now_ms,
  CASE
    WHEN length(admitted) < 14 * (CAST(:most AS INTEGER) + CASE WHEN filled < :group THEN 1 ELSE 0 END) THEN 0
    ELSE CAST(substr(
        admitted,
        length(admitted) + 1 - 14 * (CAST(:most AS INTEGER) + CASE WHEN filled < :group THEN 1 ELSE 0 END),
        14
      ) AS BIGINT) - 10000000000000 + :length_ms + 1 - CAST(:now AS BIGINT)
  END AS wait_ms
FROM rate_window WHERE id = :id

-- name: told
SELECT told_ms FROM rate_window WHERE id = :id AND told_ms > CAST(:now AS BIGINT) - :within_ms

-- name: tell
INSERT INTO rate_window (id, used_ms, admitted, filled, told_ms) VALUES (:id, :now, '', 0, :now)
ON CONFLICT (id) DO UPDATE SET used_ms = excluded.used_ms, told_ms = excluded.told_ms

-- name: because
UPDATE message SET reason = :reason WHERE id = :id

-- name: turned_away
SELECT m.id, m.conversation, m.person, m.accepted_ms, m.outcome, m.reason FROM message m
WHERE m.reason <> '' AND m.accepted_ms >= :since_ms
ORDER BY m.accepted_ms DESC LIMIT :most

-- name: forget_windows
DELETE FROM rate_window WHERE id IN (
  SELECT id FROM rate_window WHERE used_ms < :before_ms ORDER BY used_ms LIMIT :most
)
