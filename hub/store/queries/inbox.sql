-- Accept, claim, renew, finish. A conversation is the unit of order: whoever holds it answers its oldest message.
-- Positions have no gaps (an undone accept takes its position back), so the oldest unfinished one is
-- last_position - waiting + 1, and every read below is bounded by it.

-- name: open_conversation
INSERT INTO conversation (id, channel, account, place, home_region, created_ms, last_position, waiting, due_ms)
VALUES (:conversation, :channel, :account, :place, :home_region, :now, 1, 1, :now)
ON CONFLICT (id) DO UPDATE SET
  last_position = conversation.last_position + 1,
  waiting = conversation.waiting + 1,
  due_ms = COALESCE(conversation.due_ms, :now)

-- name: know_person
INSERT INTO person (id, number, name, created_ms)
VALUES (:person, :number, :name, :now)
ON CONFLICT (id) DO NOTHING

-- name: store_message expects 1
INSERT INTO message (id, key, conversation, position, person, payload, accepted_ms, state)
SELECT :id, :key, c.id, c.last_position, p.number, :payload, :now, 'waiting'
FROM conversation c, person p WHERE c.id = :conversation AND p.id = :person
ON CONFLICT (key) DO NOTHING

-- name: stop
UPDATE conversation SET stop_position = last_position + :including WHERE id = :conversation
RETURNING id

-- name: stop_answer
UPDATE conversation SET stop_position = :position + 1 WHERE id = :conversation AND stop_position <= :position

-- name: press_once expects 1
INSERT INTO press (id, at_ms) VALUES (:id, :now) ON CONFLICT (id) DO NOTHING

-- name: unfinished
SELECT m.id, m.position, m.payload FROM conversation c
JOIN message m ON m.conversation = c.id AND m.position > c.last_position - c.waiting
WHERE c.id = :conversation AND m.state = 'waiting' ORDER BY m.position

-- name: take_back
UPDATE message SET deleted_ms = COALESCE(deleted_ms, :now) WHERE id = :id AND state = 'waiting'

-- name: forget
-- Of the newest messages, those with this key in any revision; what is still waiting is taken back or replaced elsewhere.
UPDATE message SET deleted_ms = COALESCE(deleted_ms, :now)
WHERE conversation = :conversation AND state = 'done' AND rtrim(key, '0123456789') = :start
AND position > (SELECT last_position FROM conversation WHERE id = :conversation) - :most

-- name: stop_oldest
UPDATE conversation SET stop_position = :position + 1
WHERE id = :conversation AND last_position - waiting + 1 = :position AND stop_position <= :position

-- name: taken_back
SELECT deleted_ms FROM message WHERE id = :id

-- name: claim
UPDATE conversation SET holder = :holder, fence = fence + 1, due_ms = :now + :lease_ms
WHERE id IN (SELECT id FROM conversation WHERE due_ms <= :now ORDER BY due_ms LIMIT :most)
RETURNING id, place, fence, stop_position, context_from, agent
-- postgresql
UPDATE conversation SET holder = :holder, fence = fence + 1, due_ms = :now + :lease_ms
WHERE id IN (
  SELECT id FROM conversation WHERE due_ms <= :now ORDER BY due_ms LIMIT :most FOR UPDATE SKIP LOCKED
)
RETURNING id, place, fence, stop_position, context_from, agent

-- name: claimed_messages
SELECT m.conversation, m.id, m.position, m.person, m.payload, m.accepted_ms, m.deleted_ms, p.region, p.hints
FROM conversation c
JOIN message m ON m.conversation = c.id
  AND m.position > c.last_position - c.waiting AND m.position <= c.last_position - c.waiting + :most
JOIN person p ON p.number = m.person
WHERE c.holder = :holder AND m.state = 'waiting'
ORDER BY m.conversation, m.position

-- name: claimed_replies
SELECT r.conversation, r.message, r.id, r.agent, r.state, r.sending, r.parts, r.text, r.joined, r.created_ms
FROM conversation c
JOIN reply r ON r.conversation = c.id AND r.position > c.last_position - c.waiting
WHERE c.holder = :holder

-- name: claimed_turns
SELECT t.conversation, t.role, t.agent, t.text, t.tokens, t.position
FROM conversation c
JOIN turn t ON t.conversation = c.id
  -- The window's beginning moves in steps, so that a provider's prompt cache fits from one turn to the next.
  AND t.position >= c.context_from AND t.position > ((c.last_position - c.waiting) / :step - 1) * :step
  AND t.position <= c.last_position - c.waiting
WHERE c.holder = :holder
ORDER BY t.conversation, t.position, t.role DESC

-- name: renew
UPDATE conversation SET due_ms = :now + :lease_ms
WHERE id = :conversation AND fence = :fence AND holder IS NOT NULL
RETURNING id, stop_position

-- name: guard expects 1
UPDATE conversation SET fence = fence WHERE id = :conversation AND fence = :fence AND holder IS NOT NULL

-- name: finish_message expects 1
UPDATE message SET state = 'done', outcome = :outcome, finished_ms = :now WHERE id = :id AND state = 'waiting'

-- name: let_go expects 1
UPDATE conversation SET
  waiting = waiting - :finished,
  holder = NULL,
  due_ms = CASE WHEN waiting > :finished THEN CAST(:now AS BIGINT) + :pause_ms END
WHERE id = :conversation AND fence = :fence AND holder IS NOT NULL
RETURNING waiting

-- name: take_over
UPDATE conversation SET due_ms = :now, holder = NULL WHERE holder IS NOT NULL
RETURNING id

-- name: begin_context expects 1
UPDATE conversation SET context_from = :position WHERE id = :conversation AND fence = :fence

-- name: history
SELECT m.id, m.payload, m.accepted_ms, m.state, m.outcome, r.id AS reply, r.text, r.state AS reply_state, r.agent, r.route
FROM message m LEFT JOIN reply r ON r.message = m.id
WHERE m.conversation = :conversation AND m.position > (
  SELECT last_position FROM conversation WHERE id = :conversation
) - :most
ORDER BY m.position

-- name: depth
SELECT COUNT(*) AS conversations, COALESCE(SUM(waiting), 0) AS messages FROM conversation WHERE due_ms IS NOT NULL

-- name: last_seen
SELECT m.payload FROM conversation c
JOIN message m ON m.conversation = c.id AND m.position = c.last_position
WHERE c.channel = :channel AND c.account = :account AND m.accepted_ms >= :since_ms
ORDER BY m.accepted_ms DESC LIMIT :most

-- name: membership
INSERT INTO membership (conversation, place, joined, by_person, at_ms) VALUES (:conversation, :place, :joined, :by, :now)
ON CONFLICT (conversation) DO UPDATE SET joined = :joined, by_person = :by, at_ms = :now
