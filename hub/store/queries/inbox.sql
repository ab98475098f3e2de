-- Accept, claim, renew, finish. A conversation is the unit of order: whoever holds it answers its oldest message.
-- Positions have no gaps (an undone accept takes its position back), so the oldest unfinished one is
-- last_position - waiting + 1, and every read below is bounded by it.

-- name: open_conversation
INSERT INTO conversation
  (id, channel, account, place, home_region, created_ms, last_position, waiting, due_ms, bot_streak)
VALUES (:conversation, :channel, :account, :place, :home_region, :now, 1, 1, :now, :bot)
ON CONFLICT (id) DO UPDATE SET
  bot_streak = (conversation.bot_streak + :bot) * :bot,
  last_position = conversation.last_position + 1,
  waiting = conversation.waiting + 1,
  due_ms = COALESCE(conversation.due_ms, :now)
RETURNING home_region

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
RETURNING stop_position

-- name: hurry
UPDATE conversation SET due_ms = :now WHERE id = :conversation AND holder IS NULL AND due_ms > :now

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
-- Of the newest messages, those with this key in any revision, and where they were asked again; what is still waiting is
-- taken back or replaced elsewhere.
UPDATE message SET deleted_ms = COALESCE(deleted_ms, :now)
WHERE conversation = :conversation AND state = 'done'
AND (rtrim(key, '0123456789') = :start OR substr(key, 1, length(:again)) = :again)
AND position > (SELECT last_position FROM conversation WHERE id = :conversation) - :most

-- name: forget_said
-- What the same messages left in the context, also where they were answered together with others.
DELETE FROM turn WHERE message IN (
  SELECT COALESCE(r.message, m.id) FROM message m
  LEFT JOIN reply r ON m.outcome = 'joined' AND r.conversation = m.conversation AND r.position < m.position
    AND r.position > m.position - :most AND length(replace(r.joined, m.id, '')) < length(r.joined)
  WHERE m.conversation = :conversation AND m.state = 'done'
  AND (rtrim(m.key, '0123456789') = :start OR substr(m.key, 1, length(:again)) = :again)
  AND m.position > (SELECT last_position FROM conversation WHERE id = :conversation) - :most
)

-- name: stop_oldest
UPDATE conversation SET stop_position = :position + 1
WHERE id = :conversation AND last_position - waiting + 1 = :position AND stop_position <= :position

-- name: fate
SELECT deleted_ms, replaced_ms FROM message WHERE id = :id

-- name: revisions
SELECT m.id, m.conversation, m.payload, m.state, m.deleted_ms, m.replaced_ms, r.parts, r.joined, r.state AS reply_state,
  CAST(:now AS BIGINT) - m.finished_ms AS ended_ms_ago
FROM conversation c
JOIN message m ON m.conversation = c.id AND m.position > c.last_position - :reach
LEFT JOIN reply r ON r.message = m.id
WHERE c.id = :conversation AND substr(m.key, 1, length(:prefix)) = :prefix
ORDER BY m.position

-- name: replace
UPDATE message SET replaced_ms = COALESCE(replaced_ms, :now) WHERE id = :id AND state = 'waiting'

-- name: stop_replaced
UPDATE conversation SET stop_position = last_position - waiting + 2
WHERE id = :conversation AND stop_position <= last_position - waiting + 1 AND EXISTS (
  SELECT 1 FROM message m
  WHERE m.conversation = conversation.id AND m.position = conversation.last_position - conversation.waiting + 1
    AND m.state = 'waiting' AND m.replaced_ms IS NOT NULL
)
RETURNING stop_position

-- name: words_of
UPDATE message SET author = o.person_of
FROM (SELECT COALESCE(author, person) AS person_of FROM message WHERE id = :of) AS o
WHERE message.key = :key AND message.person <> o.person_of

-- name: forget_turns
DELETE FROM turn WHERE message = :message

-- A claim binds a process that a loss of power ends as well, and what its turn does is synced with it or after it.
-- Each account's longest waiting are looked up in its own part of the index, however many of another wait.
-- name: claim unsynced
UPDATE conversation SET holder = :holder, fence = fence + 1, due_ms = :now + :lease_ms
WHERE id IN (
  SELECT c.id FROM json_each(:accounts) asked CROSS JOIN conversation c WHERE c.id IN (
    SELECT id FROM conversation
    WHERE channel = json_extract(asked.value, '$[0]') AND account = json_extract(asked.value, '$[1]') AND due_ms <= :now
    ORDER BY due_ms LIMIT :of_one
  )
  ORDER BY c.due_ms LIMIT :most
)
RETURNING id, place, fence, stop_position, left_position, bot_streak, context_from, agent, handover, noted,
  COALESCE((SELECT version FROM steering), 0) AS steering
-- postgresql
UPDATE conversation SET holder = :holder, fence = fence + 1, due_ms = :now + :lease_ms
WHERE id IN (
  SELECT due.id FROM json_array_elements(CAST(CAST(:accounts AS TEXT) AS JSON)) AS asked (key)
  CROSS JOIN LATERAL (
    SELECT id, due_ms FROM conversation
    WHERE channel = asked.key ->> 0 AND account = asked.key ->> 1 AND due_ms <= :now
    ORDER BY due_ms LIMIT :of_one FOR UPDATE SKIP LOCKED
  ) AS due
  ORDER BY due.due_ms LIMIT :most
)
RETURNING id, place, fence, stop_position, left_position, bot_streak, context_from, agent, handover, noted,
  COALESCE((SELECT version FROM steering), 0) AS steering

-- Where workers have regions, in its part of each region's.
-- name: claim_of
UPDATE conversation SET holder = :holder, fence = fence + 1, due_ms = :now + :lease_ms
WHERE id IN (
  SELECT c.id FROM json_each(:accounts) asked CROSS JOIN conversation c WHERE c.id IN (
    SELECT id FROM conversation
    WHERE channel = json_extract(asked.value, '$[0]') AND account = json_extract(asked.value, '$[1]') AND due_ms <= :now
      AND replace(:regions, ',' || home_region || ',', '') <> :regions
    ORDER BY due_ms LIMIT :of_one
  )
  ORDER BY c.due_ms LIMIT :most
)
RETURNING id, place, fence, stop_position, left_position, bot_streak, context_from, agent, handover, noted,
  COALESCE((SELECT version FROM steering), 0) AS steering
-- postgresql
UPDATE conversation SET holder = :holder, fence = fence + 1, due_ms = :now + :lease_ms
WHERE id IN (
  SELECT due.id FROM json_array_elements(CAST(CAST(:accounts AS TEXT) AS JSON)) AS asked (key)
  CROSS JOIN unnest(string_to_array(CAST(:regions AS TEXT), ',')) AS region (name)
  CROSS JOIN LATERAL (
    SELECT id, due_ms FROM conversation
    WHERE channel = asked.key ->> 0 AND account = asked.key ->> 1 AND due_ms <= :now
      AND home_region = region.name
    ORDER BY due_ms LIMIT :of_one FOR UPDATE SKIP LOCKED
  ) AS due
  ORDER BY due.due_ms LIMIT :most
)
RETURNING id, place, fence, stop_position, left_position, bot_streak, context_from, agent, handover, noted,
  COALESCE((SELECT version FROM steering), 0) AS steering

-- name: claimed_messages unsynced
SELECT
  m.conversation, m.id, m.position, m.person, m.payload, m.accepted_ms, m.deleted_ms, m.replaced_ms,
  COALESCE(p.region, '') AS region, COALESCE(p.hints, '{}') AS hints, COALESCE(p.tier, 'free') AS tier,
  COALESCE(p.created_ms, 0) AS known_ms
FROM conversation c
JOIN message m ON m.conversation = c.id
  AND m.position > c.last_position - c.waiting AND m.position <= c.last_position - c.waiting + :most
LEFT JOIN person p ON p.number = m.person  -- who is being forgotten has none any more
WHERE c.holder = :holder AND m.state = 'waiting'
ORDER BY m.conversation, m.position

-- name: claimed_replies unsynced
SELECT r.conversation, r.message, r.id, r.agent, r.state, r.sending, r.parts, r.text, r.joined, r.created_ms
FROM conversation c
JOIN reply r ON r.conversation = c.id AND r.position > c.last_position - c.waiting
WHERE c.holder = :holder

-- Last of a claim: its turn is thought out while the message is synced. Each of its writes is guarded and comes after.
-- name: claimed_turns unsynced ahead
SELECT t.conversation, t.message, t.role, t.agent, t.text, t.tokens, t.at_ms, t.position
FROM conversation c
JOIN turn t ON t.conversation = c.id
  -- The window's beginning moves in steps, so that a provider's prompt cache fits from one turn to the next. One bound on
  -- this side: of two, SQLite would begin to read at the one that it meets first.
  AND t.position >= CASE
    WHEN c.context_from > ((c.last_position - c.waiting) / :step - 1) * :step THEN c.context_from
    ELSE ((c.last_position - c.waiting) / :step - 1) * :step + 1 END
  AND t.position <= c.last_position - c.waiting
WHERE c.holder = :holder
ORDER BY t.conversation, t.position, t.role DESC

-- name: renew
UPDATE conversation SET due_ms = :now + :lease_ms
WHERE id = :conversation AND fence = :fence AND holder = :holder
RETURNING id, stop_position

-- name: guard expects 1
SELECT id FROM conversation WHERE id = :conversation AND fence = :fence AND holder = :holder FOR NO KEY UPDATE

-- What a loss of power takes of a turn's end is done again: its answer is stored, and the same edit twice is one.
-- name: finish_message expects 1 unsynced
UPDATE message SET state = 'done', outcome = :outcome, finished_ms = :now WHERE id = :id AND state = 'waiting'

-- name: let_go expects 1 unsynced
UPDATE conversation SET
  waiting = waiting - :finished,
  holder = NULL,
  due_ms = CASE WHEN waiting > :finished THEN CAST(:now AS BIGINT) + :pause_ms END
WHERE id = :conversation AND fence = :fence AND holder = :holder
RETURNING waiting

-- name: give_back
UPDATE conversation SET due_ms = :now, holder = NULL
WHERE id = :conversation AND fence = :fence AND holder = :holder

-- name: let_go_of_all
UPDATE conversation SET due_ms = :now, holder = NULL WHERE holder = :holder

-- name: take_over
UPDATE conversation SET due_ms = :now, holder = NULL WHERE holder IS NOT NULL
RETURNING id

-- When the message with the newest id was accepted: ids are of processes' clocks, this is of the store's own.
-- name: newest
SELECT accepted_ms FROM message ORDER BY id DESC LIMIT 1

-- name: clock_set_back
UPDATE conversation
SET due_ms = CAST(:now AS BIGINT) + CASE WHEN holder IS NULL THEN 0 ELSE CAST(:lease_ms AS BIGINT) END
WHERE due_ms > CAST(:now AS BIGINT) + CASE WHEN holder IS NULL THEN 0 ELSE CAST(:lease_ms AS BIGINT) END

-- name: begin_context expects 1
UPDATE conversation SET context_from = :position WHERE id = :conversation AND fence = :fence

-- name: history
SELECT m.id, m.payload, m.accepted_ms, m.state, m.outcome, r.id AS reply, r.text, r.state AS reply_state, r.agent, r.route
FROM message m LEFT JOIN reply r ON r.message = m.id
WHERE m.conversation = :conversation AND m.position > (
  SELECT last_position FROM conversation WHERE id = :conversation
) - :most AND m.outcome <> 'forgotten'
ORDER BY m.position

-- name: depth
SELECT COUNT(*) AS conversations, COALESCE(SUM(waiting), 0) AS messages FROM conversation WHERE due_ms IS NOT NULL

-- name: last_seen
SELECT m.payload FROM conversation c
JOIN message m ON m.conversation = c.id AND m.position = c.last_position
WHERE c.channel = :channel AND c.account = :account AND m.accepted_ms >= :since_ms AND m.outcome <> 'forgotten'
ORDER BY m.accepted_ms DESC LIMIT :most

-- name: membership
INSERT INTO membership (conversation, place, joined, by_person, at_ms) VALUES (:conversation, :place, :joined, :by, :now)
ON CONFLICT (conversation) DO UPDATE SET joined = :joined, by_person = :by, at_ms = :now

-- What waits where the bot no longer is cannot be answered; what comes later means that it is back.
-- name: left
UPDATE conversation SET left_position = last_position
WHERE due_ms IS NOT NULL AND channel = :channel AND account = :account
  AND (id = :conversation OR substr(id, 1, length(:under)) = :under
    OR length(replace(place, :workspace, '')) < length(place))

-- name: came_back
UPDATE conversation SET left_position = 0
WHERE due_ms IS NOT NULL AND channel = :channel AND account = :account
  AND (id = :conversation OR substr(id, 1, length(:under)) = :under
    OR length(replace(place, :workspace, '')) < length(place))

-- name: forget_presses
DELETE FROM press WHERE id IN (SELECT id FROM press WHERE at_ms < :before_ms ORDER BY at_ms LIMIT :most)
