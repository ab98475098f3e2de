-- What was said goes when it is old enough, from each conversation's beginning on; the ledger stays. Ids begin with the
-- time at which they were made, so old messages are found without an index of their own.

-- One process at a time: two would write the same messages to two archives.
-- name: lead
INSERT INTO note (id, value, expires_ms)
VALUES ('hub/retention', :process, CAST(:now AS BIGINT) + CAST(:lives_ms AS BIGINT))
ON CONFLICT (id) DO UPDATE SET value = excluded.value, expires_ms = excluded.expires_ms
WHERE note.value = excluded.value OR note.expires_ms <= :now
RETURNING id

-- Nothing behind a message that stays, so that positions keep having no gaps; and a conversation's newest only where the
-- conversation goes with it. Those before a message are nearly always gone or in the same list: looking is cheap.
-- name: old
SELECT m.id, m.conversation, m.accepted_ms FROM message m
WHERE m.id > :after AND m.id < :before AND m.state = 'done'
  AND NOT EXISTS (
    SELECT 1 FROM message o
    WHERE o.conversation = m.conversation AND o.position < m.position AND (o.id >= :before OR o.state <> 'done'))
  AND COALESCE((
    -- A value, not NOT EXISTS: PostgreSQL would read the whole table once for that.
    SELECT CASE WHEN c.waiting > 0 OR c.holder IS NOT NULL OR c.handover <> '' THEN c.last_position END
    FROM conversation c WHERE c.id = m.conversation), 0) <> m.position
ORDER BY m.id LIMIT :most

-- name: messages
SELECT m.* FROM json_each(:ids) wanted CROSS JOIN message m ON m.id = wanted.value
-- postgresql
SELECT m.* FROM message m WHERE m.id IN (SELECT jsonb_array_elements_text(CAST(CAST(:ids AS text) AS jsonb)))

-- name: replies
SELECT r.* FROM json_each(:ids) wanted CROSS JOIN reply r ON r.message = wanted.value
-- postgresql
SELECT r.* FROM reply r WHERE r.message IN (SELECT jsonb_array_elements_text(CAST(CAST(:ids AS text) AS jsonb)))

-- name: turns
SELECT t.* FROM json_each(:ids) wanted CROSS JOIN turn t ON t.message = wanted.value ORDER BY t.message, t.role DESC
-- postgresql
SELECT t.* FROM turn t WHERE t.message IN (SELECT jsonb_array_elements_text(CAST(CAST(:ids AS text) AS jsonb)))
ORDER BY t.message, t.role DESC

-- name: feedback
SELECT r.message, f.* FROM json_each(:ids) wanted
CROSS JOIN reply r ON r.message = wanted.value CROSS JOIN feedback f ON f.reply = r.id
-- postgresql
SELECT r.message, f.* FROM reply r JOIN feedback f ON f.reply = r.id
WHERE r.message IN (SELECT jsonb_array_elements_text(CAST(CAST(:ids AS text) AS jsonb)))

-- A message that came meanwhile makes waiting more than 0, also where this statement had to wait for its transaction.
-- name: remove_conversations
DELETE FROM conversation
WHERE id IN (SELECT value FROM json_each(:conversations))
  AND waiting = 0 AND holder IS NULL AND handover = ''
  AND NOT EXISTS (
    SELECT 1 FROM message m
    WHERE m.conversation = conversation.id AND m.id NOT IN (SELECT value FROM json_each(:ids)))
-- postgresql
DELETE FROM conversation
WHERE id IN (SELECT jsonb_array_elements_text(CAST(CAST(:conversations AS text) AS jsonb)))
  AND waiting = 0 AND holder IS NULL AND handover = ''
  AND NOT EXISTS (
    SELECT 1 FROM message m
    WHERE m.conversation = conversation.id
      AND m.id NOT IN (SELECT jsonb_array_elements_text(CAST(CAST(:ids AS text) AS jsonb))))

-- name: remove_messages
DELETE FROM message
WHERE id IN (SELECT value FROM json_each(:ids)) AND state = 'done'
  AND NOT EXISTS (
    SELECT 1 FROM conversation c WHERE c.id = message.conversation AND c.last_position = message.position)
-- postgresql
DELETE FROM message
WHERE id IN (SELECT jsonb_array_elements_text(CAST(CAST(:ids AS text) AS jsonb))) AND state = 'done'
  AND NOT EXISTS (
    SELECT 1 FROM conversation c WHERE c.id = message.conversation AND c.last_position = message.position)

-- name: remove_turns
DELETE FROM turn
WHERE message IN (SELECT value FROM json_each(:ids)) AND NOT EXISTS (SELECT 1 FROM message m WHERE m.id = turn.message)
-- postgresql
DELETE FROM turn
WHERE message IN (SELECT jsonb_array_elements_text(CAST(CAST(:ids AS text) AS jsonb)))
  AND NOT EXISTS (SELECT 1 FROM message m WHERE m.id = turn.message)

-- name: remove_feedback
DELETE FROM feedback
WHERE reply IN (
  SELECT r.id FROM reply r
  WHERE r.message IN (SELECT value FROM json_each(:ids))
    AND NOT EXISTS (SELECT 1 FROM message m WHERE m.id = r.message))
-- postgresql
DELETE FROM feedback
WHERE reply IN (
  SELECT r.id FROM reply r
  WHERE r.message IN (SELECT jsonb_array_elements_text(CAST(CAST(:ids AS text) AS jsonb)))
    AND NOT EXISTS (SELECT 1 FROM message m WHERE m.id = r.message))

-- name: remove_replies
DELETE FROM reply
WHERE message IN (SELECT value FROM json_each(:ids)) AND NOT EXISTS (SELECT 1 FROM message m WHERE m.id = reply.message)
-- postgresql
DELETE FROM reply
WHERE message IN (SELECT jsonb_array_elements_text(CAST(CAST(:ids AS text) AS jsonb)))
  AND NOT EXISTS (SELECT 1 FROM message m WHERE m.id = reply.message)

-- name: remove_orphans
DELETE FROM orphan WHERE id IN (SELECT id FROM orphan WHERE id < :before ORDER BY id LIMIT :most)

-- The index of a conversation that goes can have many rows: it is taken down piece by piece before.
-- name: scopes_that_go
SELECT r.scope FROM json_each(:conversations) wanted
CROSS JOIN recall r ON r.conversation = wanted.value
JOIN conversation c ON c.id = r.conversation
WHERE c.waiting = 0 AND c.holder IS NULL AND c.handover = ''
  AND NOT EXISTS (
    SELECT 1 FROM message m WHERE m.conversation = c.id AND m.id NOT IN (SELECT value FROM json_each(:ids)))
-- postgresql
SELECT r.scope FROM recall r JOIN conversation c ON c.id = r.conversation
WHERE r.conversation IN (SELECT jsonb_array_elements_text(CAST(CAST(:conversations AS text) AS jsonb)))
  AND c.waiting = 0 AND c.holder IS NULL AND c.handover = ''
  AND NOT EXISTS (
    SELECT 1 FROM message m
    WHERE m.conversation = c.id
      AND m.id NOT IN (SELECT jsonb_array_elements_text(CAST(CAST(:ids AS text) AS jsonb))))

-- name: remove_postings
DELETE FROM recall_posting WHERE scope = :scope AND (term, block) IN (
  SELECT term, block FROM recall_posting WHERE scope = :scope ORDER BY term, block LIMIT :most)
RETURNING term

-- name: remove_vectors
DELETE FROM recall_vector WHERE scope = :scope AND block IN (
  SELECT block FROM recall_vector WHERE scope = :scope ORDER BY block LIMIT :most)
RETURNING block

-- name: remove_recall
DELETE FROM recall
WHERE conversation IN (SELECT value FROM json_each(:conversations))
  AND NOT EXISTS (SELECT 1 FROM conversation c WHERE c.id = recall.conversation)
-- postgresql
DELETE FROM recall
WHERE conversation IN (SELECT jsonb_array_elements_text(CAST(CAST(:conversations AS text) AS jsonb)))
  AND NOT EXISTS (SELECT 1 FROM conversation c WHERE c.id = recall.conversation)

-- name: remove_pins
DELETE FROM pin
WHERE conversation IN (SELECT value FROM json_each(:conversations))
  AND NOT EXISTS (SELECT 1 FROM conversation c WHERE c.id = pin.conversation)
-- postgresql
DELETE FROM pin
WHERE conversation IN (SELECT jsonb_array_elements_text(CAST(CAST(:conversations AS text) AS jsonb)))
  AND NOT EXISTS (SELECT 1 FROM conversation c WHERE c.id = pin.conversation)

-- name: remove_summaries
DELETE FROM summary
WHERE conversation IN (SELECT value FROM json_each(:conversations))
  AND NOT EXISTS (SELECT 1 FROM conversation c WHERE c.id = summary.conversation)
-- postgresql
DELETE FROM summary
WHERE conversation IN (SELECT jsonb_array_elements_text(CAST(CAST(:conversations AS text) AS jsonb)))
  AND NOT EXISTS (SELECT 1 FROM conversation c WHERE c.id = summary.conversation)
