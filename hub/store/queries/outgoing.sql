-- What the hub says of its own accord: reports and alerts, one record for each destination. No ambiguous send is repeated.
-- Conditions repeat those of the partial indexes: without them SQLite uses none.

-- name: queue
INSERT INTO outgoing (source, place, text, files, state, due_ms, queued_ms)
VALUES (:source, :place, :text, :files, 'pending', :now, :now)
ON CONFLICT (source, place) DO NOTHING

-- name: lost
UPDATE outgoing SET state = 'uncertain', due_ms = :now, error = 'its process ended while it was being sent'
WHERE state = 'sending' AND state IN ('pending', 'sending') AND lease_ms <= :now
RETURNING source, place

-- name: left
UPDATE outgoing SET state = 'uncertain', due_ms = :now, error = 'its process ended while it was being sent'
WHERE state = 'sending' AND state IN ('pending', 'sending')
RETURNING source, place

-- name: clock_set_back
UPDATE outgoing SET
  due_ms = CASE WHEN due_ms > :now THEN CAST(:now AS BIGINT) ELSE due_ms END,
  lease_ms = CASE WHEN lease_ms > CAST(:now AS BIGINT) + :lives_ms THEN CAST(:now AS BIGINT) + :lives_ms
    ELSE lease_ms END,
  queued_ms = CASE WHEN queued_ms > :now THEN CAST(:now AS BIGINT) ELSE queued_ms END
WHERE state IN ('pending', 'sending') AND (due_ms > :now OR lease_ms > CAST(:now AS BIGINT) + :lives_ms)

-- name: newest
SELECT COALESCE(MAX(queued_ms), 0) AS at_ms, CAST(:now AS BIGINT) AS now_ms FROM outgoing WHERE state IN ('pending', 'sending')

-- In each place in the order of the queue: what is put off, or is being sent elsewhere, holds back what came after it.
-- name: due
SELECT source, place, text, files, sent, late_ms FROM (
  SELECT source, place, text, files, sent, state, due_ms, CAST(:now AS BIGINT) - due_ms AS late_ms,
    MAX(CASE WHEN state = 'sending' THEN lease_ms ELSE due_ms END) OVER in_order AS held_ms,
    ROW_NUMBER() OVER in_order AS nth
  FROM outgoing WHERE state IN ('pending', 'sending')
  WINDOW in_order AS (PARTITION BY place ORDER BY queued_ms, source ROWS UNBOUNDED PRECEDING)
) AS waiting WHERE state = 'pending' AND held_ms <= :now AND nth <= 10 ORDER BY nth, due_ms LIMIT 200

-- name: sending expects 1
UPDATE outgoing SET state = 'sending', lease_ms = CAST(:now AS BIGINT) + :lives_ms
WHERE source = :source AND place = :place AND state = 'pending' AND sent = :sent

-- name: part_sent expects 1
UPDATE outgoing SET state = :state, sent = :sent, due_ms = :now, error = CASE WHEN :error = '' THEN error ELSE :error END
WHERE source = :source AND place = :place AND state = 'sending'

-- name: not_sent expects 1
UPDATE outgoing SET state = :state, error = :error, due_ms = CAST(:now AS BIGINT) + :wait_ms
WHERE source = :source AND place = :place AND state = 'sending'

-- name: undelivered
SELECT source, place, state, error FROM outgoing WHERE state IN ('failed', 'uncertain') AND due_ms >= :since_ms

-- name: posted
SELECT source, text, due_ms FROM outgoing
WHERE place = :place AND (sent > 0 OR state IN ('sending', 'uncertain')) ORDER BY due_ms DESC, source DESC LIMIT :most

-- name: forget
DELETE FROM outgoing WHERE due_ms < :before_ms AND state NOT IN ('pending', 'sending')
