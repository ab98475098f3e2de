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

-- A bucket that is full takes any call, be it larger than the burst: it then owes the more.
-- name: clock_set_back_windows
DELETE FROM rate_window WHERE used_ms > :now

-- name: clock_set_back_keys
DELETE FROM provider_key WHERE used_ms > :now

-- name: spend expects 1
INSERT INTO provider_key (id, requests_us, tokens_us, used_ms)
VALUES (
  :id, CAST(:now AS BIGINT) * 1000 + CAST(:request_us AS BIGINT),
  CAST(:now AS BIGINT) * 1000 + CAST(:tokens_us AS BIGINT), :now
)
ON CONFLICT (id) DO UPDATE SET
  used_ms = :now,
  requests_us = CASE
    WHEN provider_key.requests_us > CAST(:now AS BIGINT) * 1000 THEN provider_key.requests_us
    ELSE CAST(:now AS BIGINT) * 1000 END + CAST(:request_us AS BIGINT),
  tokens_us = CASE
    WHEN provider_key.tokens_us > CAST(:now AS BIGINT) * 1000 THEN provider_key.tokens_us
    ELSE CAST(:now AS BIGINT) * 1000 END + CAST(:tokens_us AS BIGINT)
WHERE provider_key.blocked_us <= CAST(:now AS BIGINT) * 1000
  AND (provider_key.requests_us <= CAST(:now AS BIGINT) * 1000
    OR provider_key.requests_us + CAST(:request_us AS BIGINT) - CAST(:now AS BIGINT) * 1000
      <= CAST(:request_burst_us AS BIGINT))
  AND (provider_key.tokens_us <= CAST(:now AS BIGINT) * 1000
    OR provider_key.tokens_us + CAST(:tokens_us AS BIGINT) - CAST(:now AS BIGINT) * 1000
      <= CAST(:tokens_burst_us AS BIGINT))

-- name: spend_wait
SELECT MAX(w.wait_us) AS wait_us FROM (
  SELECT blocked_us - CAST(:now AS BIGINT) * 1000 AS wait_us FROM provider_key WHERE id = :id
  UNION ALL
  SELECT requests_us - CAST(:now AS BIGINT) * 1000 - CASE
    WHEN CAST(:request_burst_us AS BIGINT) > CAST(:request_us AS BIGINT)
    THEN CAST(:request_burst_us AS BIGINT) - CAST(:request_us AS BIGINT) ELSE 0 END
  FROM provider_key WHERE id = :id
  UNION ALL
  SELECT tokens_us - CAST(:now AS BIGINT) * 1000 - CASE
    WHEN CAST(:tokens_burst_us AS BIGINT) > CAST(:tokens_us AS BIGINT)
    THEN CAST(:tokens_burst_us AS BIGINT) - CAST(:tokens_us AS BIGINT) ELSE 0 END
  FROM provider_key WHERE id = :id
) w

-- name: give_back
UPDATE provider_key SET tokens_us = tokens_us - CAST(:tokens_us AS BIGINT) WHERE id = :id

-- name: block
INSERT INTO provider_key (id, requests_us, tokens_us, blocked_us, used_ms)
VALUES (:id, 0, 0, CAST(:now AS BIGINT) * 1000 + CAST(:for_us AS BIGINT), :now)
ON CONFLICT (id) DO UPDATE SET used_ms = excluded.used_ms, blocked_us = excluded.blocked_us
WHERE provider_key.blocked_us < excluded.blocked_us

-- name: forget_keys
DELETE FROM provider_key WHERE id IN (
  SELECT id FROM provider_key WHERE used_ms < :before_ms ORDER BY used_ms LIMIT :most
)

-- name: measured
SELECT
  agent, region, api,
  SUM(CASE WHEN mark IN ('correction', 'presumed') THEN 0 ELSE 1 END) AS calls,
  SUM(CASE WHEN mark IN ('correction', 'presumed') THEN 0 ELSE took_ms END) AS took_ms,
  SUM(input_tokens + output_tokens) AS tokens,
  SUM(cost_nusd) AS cost_nusd,
  SUM(CASE WHEN mark = 'unpriced' THEN 1 ELSE 0 END) AS unpriced,
  SUM(CASE WHEN mark IN ('estimated', 'presumed') THEN 1 ELSE 0 END) AS estimated
FROM ledger WHERE at_ms >= :since_ms
GROUP BY agent, region, api
ORDER BY agent, region, api

-- name: messages
SELECT COUNT(DISTINCT message) AS messages FROM ledger WHERE at_ms >= :since_ms
