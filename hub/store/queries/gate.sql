-- The rate gate where several processes may deliver: a row for each chat, one with an empty chat for the account.

-- name: take expects 1
INSERT INTO gate (account, chat, due_us, used_ms)
VALUES (:account, :chat, CAST(:now AS BIGINT) * 1000 + CAST(:interval_us AS BIGINT), :now)
ON CONFLICT (account, chat) DO UPDATE SET
  due_us = CASE WHEN gate.due_us > CAST(:now AS BIGINT) * 1000 THEN gate.due_us ELSE CAST(:now AS BIGINT) * 1000 END
    + CAST(:interval_us AS BIGINT),
  closed_us = 0,
  used_ms = :now
WHERE gate.closed_us <= CAST(:now AS BIGINT) * 1000
  AND gate.due_us - CAST(:slack_us AS BIGINT) <= CAST(:now AS BIGINT) * 1000

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
