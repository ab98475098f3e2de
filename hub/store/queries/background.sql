-- What is known of a conversation beside its turns, for each agent: pinned facts and the rolling summary.

-- name: of
SELECT '' AS id, s.text, s.upto_position FROM summary s
WHERE s.conversation = :conversation AND s.agent = :agent AND s.context_from = :context_from AND s.upto_position > 0
UNION ALL
SELECT p.id, p.text, 0 FROM pin p WHERE p.conversation = :conversation AND p.agent = :agent
ORDER BY 1

-- name: noted expects 1
UPDATE conversation SET noted = 1 WHERE id = :conversation

-- name: pin
INSERT INTO pin (conversation, agent, id, person, text) VALUES (:conversation, :agent, :id, :person, :text)

-- name: pins
SELECT id, text FROM pin WHERE conversation = :conversation AND agent = :agent ORDER BY id

-- name: unpin
DELETE FROM pin WHERE conversation = :conversation AND agent = :agent AND id = :id

-- name: unpin_all
DELETE FROM pin WHERE conversation = :conversation AND agent = :agent

-- name: begin_summary expects 1
INSERT INTO summary (conversation, agent, maker, lease_ms)
VALUES (:conversation, :agent, :maker, CAST(:now AS BIGINT) + :lives_ms)
ON CONFLICT (conversation, agent) DO UPDATE SET maker = excluded.maker, lease_ms = excluded.lease_ms
WHERE summary.lease_ms <= :now

-- name: to_summarize
-- The newest first: of what one summary cannot take in, the oldest is left to recall.
SELECT t.position, t.role, t.text FROM turn t JOIN message m ON m.id = t.message
WHERE t.conversation = :conversation AND t.agent = :agent AND t.position > :after AND t.position <= :upto
  AND m.deleted_ms IS NULL
ORDER BY t.position DESC, t.role LIMIT :most

-- name: store_summary expects 1
UPDATE summary SET
  text = :text, made_by = :made_by, upto_position = :upto, context_from = :context_from, made_ms = :now,
  maker = '', lease_ms = 0
WHERE conversation = :conversation AND agent = :agent AND maker = :maker

-- What was said in a message that its author takes back or edits stands in no summary any more; the next one is made of
-- the turns that are left.
-- name: stale_summary
DELETE FROM summary WHERE conversation = (SELECT conversation FROM message WHERE id = :message)
  AND (maker <> '' OR upto_position >= (SELECT position FROM message WHERE id = :message))

-- name: stale_summaries
DELETE FROM summary WHERE conversation = :conversation AND (maker <> '' OR upto_position >= (
  SELECT MIN(COALESCE(r.position, m.position)) FROM message m
  LEFT JOIN reply r ON m.outcome = 'joined' AND r.conversation = m.conversation AND r.position < m.position
    AND r.position > m.position - :most AND length(replace(r.joined, m.id, '')) < length(r.joined)
  WHERE m.conversation = :conversation AND m.state = 'done'
    AND (rtrim(m.key, '0123456789') = :start OR substr(m.key, 1, length(:again)) = :again)
    AND m.position > (SELECT last_position FROM conversation WHERE id = :conversation) - :most
))
