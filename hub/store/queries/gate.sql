-- The rate gate where several processes may deliver: a row for each chat, one with an empty chat for the account.

-- Both rows or none. The chat's row is locked before the account's, as everywhere: so no two wait for each other. Where a
-- row is new to two processes at once, one of them may count it alone: then it has not taken.
-- name: take
WITH held AS (
  SELECT closed_us,
    due_us - CASE chat WHEN '' THEN CAST(:account_slack_us AS BIGINT) ELSE CAST(:chat_slack_us AS BIGINT) END AS open_us
  FROM gate WHERE account = :account AND chat IN ('', :chat) ORDER BY chat DESC FOR NO KEY UPDATE
)
INSERT INTO gate (account, chat, due_us, used_ms)
SELECT :account, place.chat, CAST(:now AS BIGINT) * 1000 + place.interval_us, :now
FROM (
  SELECT CAST(:chat AS TEXT) AS chat, CAST(:chat_interval_us AS BIGINT) AS interval_us
  UNION ALL SELECT '', CAST(:account_interval_us AS BIGINT)
) AS place
WHERE NOT EXISTS (
  SELECT 1 FROM held WHERE closed_us > CAST(:now AS BIGINT) * 1000 OR open_us > CAST(:now AS BIGINT) * 1000
)
ON CONFLICT (account, chat) DO UPDATE SET
  due_us = CASE WHEN gate.due_us > CAST(:now AS BIGINT) * 1000 THEN gate.due_us ELSE CAST(:now AS BIGINT) * 1000 END
    + excluded.due_us - CAST(:now AS BIGINT) * 1000,
  closed_us = 0,
  used_ms = :now
WHERE gate.closed_us <= CAST(:now AS BIGINT) * 1000
  AND gate.due_us - CASE gate.chat WHEN '' THEN CAST(:account_slack_us AS BIGINT) ELSE CAST(:chat_slack_us AS BIGINT) END
    <= CAST(:now AS BIGINT) * 1000
RETURNING chat

-- name: waits
SELECT chat, due_us - CAST(:now AS BIGINT) * 1000 AS due_us, closed_us - CAST(:now AS BIGINT) * 1000 AS closed_us
FROM gate WHERE account = :account AND (chat = '' OR chat = :chat)

-- name: close
INSERT INTO gate (account, chat, due_us, closed_us, used_ms)
VALUES (:account, :chat, 0, CAST(:now AS BIGINT) * 1000 + CAST(:for_us AS BIGINT), :now)
ON CONFLICT (account, chat) DO UPDATE SET closed_us = excluded.closed_us, used_ms = excluded.used_ms
WHERE gate.closed_us < excluded.closed_us

-- The platform does not say which of its limits was hit: with another chat closed, the whole account is.
-- name: close_account
INSERT INTO gate (account, chat, due_us, closed_us, used_ms)
SELECT :account, '', 0, CAST(:now AS BIGINT) * 1000 + CAST(:for_us AS BIGINT), :now
WHERE EXISTS (
  SELECT 1 FROM gate other WHERE other.account = :account AND other.chat <> '' AND other.chat <> :chat
    AND other.closed_us > CAST(:now AS BIGINT) * 1000
)
ON CONFLICT (account, chat) DO UPDATE SET closed_us = excluded.closed_us, used_ms = excluded.used_ms
WHERE gate.closed_us < excluded.closed_us

-- name: closed
SELECT account, chat, closed_us - CAST(:now AS BIGINT) * 1000 AS for_us FROM gate
WHERE closed_us > 0 AND closed_us > CAST(:now AS BIGINT) * 1000

-- name: forget
DELETE FROM gate WHERE used_ms < :before_ms AND closed_us <= CAST(:now AS BIGINT) * 1000
