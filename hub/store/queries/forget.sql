-- Forgetting a person. Messages that wait keep their place in the conversation's order, so they go when they are done.

-- name: begin
INSERT INTO erasure (person, at_ms) VALUES (:person, :now) ON CONFLICT (person) DO NOTHING

-- name: take_back
UPDATE message SET deleted_ms = COALESCE(deleted_ms, :now)
WHERE (person = :person OR author = :person) AND state = 'waiting' AND id <> :message

-- What others had asked again of theirs goes as if they had written it.
-- name: asked_again
UPDATE message SET person = :person WHERE author = :person AND person <> :person AND state = 'done'

-- name: who
UPDATE person SET name = '', hints = '{}', region = '', region_source = '' WHERE number = :person

-- name: membership
UPDATE membership SET by_person = '' WHERE by_person = :by

-- name: guest
DELETE FROM guest WHERE id = :id

-- name: stranger
DELETE FROM stranger WHERE id = :id

-- name: left_chat
DELETE FROM membership WHERE conversation = :id

-- name: begun
SELECT person FROM erasure ORDER BY at_ms LIMIT 100

-- Where they have a chat to themselves, the chat's budget is named by the platform's id of it, or of them.
-- name: chats
SELECT place FROM conversation WHERE id IN (SELECT conversation FROM message WHERE person = :person)

-- name: chat_budgets
DELETE FROM budget WHERE id >= 'chat/' || :name || '/' AND id < 'chat/' || :name || '0'  -- the sign after a slash
-- postgresql
DELETE FROM budget WHERE starts_with(id, 'chat/' || CAST(:name AS TEXT) || '/')

-- name: chat_in_holds
-- A charge of a budget that is not there any more charges the others alone.
UPDATE hold SET budgets = replace(budgets, '"chat/' || :name || '/', '"chat/forgotten/')
WHERE id IN (
  SELECT hold FROM ledger WHERE person = :person
  UNION ALL SELECT id FROM hold WHERE person = :person AND state = 'released'
  UNION ALL SELECT id FROM hold WHERE person = :person AND state = 'held' AND expires_ms > 0
)

-- name: ledger
UPDATE ledger SET conversation = :nowhere WHERE person = :person AND conversation <> :nowhere

-- name: holds
-- Every hold that ended otherwise than released has its ledger row, whose index by person serves both.
UPDATE hold SET conversation = :nowhere
WHERE id IN (SELECT hold FROM ledger WHERE person = :person) AND state <> 'held' AND conversation <> :nowhere

-- name: released_holds
UPDATE hold SET conversation = :nowhere WHERE person = :person AND state = 'released' AND conversation <> :nowhere

-- name: turns
DELETE FROM turn WHERE message IN (SELECT id FROM message WHERE person = :person AND state = 'done')

-- The index of a conversation tells who used which word; it is made anew, without the person's.
-- name: recall_postings
DELETE FROM recall_posting WHERE scope IN (
  SELECT scope FROM recall WHERE conversation IN (SELECT conversation FROM message WHERE person = :person))

-- name: recall_vectors
DELETE FROM recall_vector WHERE scope IN (
  SELECT scope FROM recall WHERE conversation IN (SELECT conversation FROM message WHERE person = :person))

-- name: recall
DELETE FROM recall WHERE conversation IN (SELECT conversation FROM message WHERE person = :person)

-- name: pins
DELETE FROM pin WHERE person = :person

-- Whole ones, also of what others said: the next is made of the turns that are left.
-- name: summaries
DELETE FROM summary WHERE conversation IN (SELECT conversation FROM message WHERE person = :person)

-- name: feedback
DELETE FROM feedback WHERE person = :person
  OR reply IN (SELECT r.id FROM reply r JOIN message m ON m.id = r.message WHERE m.person = :person AND m.state = 'done')

-- name: orphans
DELETE FROM orphan
WHERE reply IN (SELECT r.id FROM reply r JOIN message m ON m.id = r.message WHERE m.person = :person AND m.state = 'done')

-- name: sayings
DELETE FROM outgoing
WHERE source >= :begins AND source < :begins || char(1114111) AND state NOT IN ('pending', 'sending')
-- postgresql
DELETE FROM outgoing WHERE starts_with(source, :begins) AND state NOT IN ('pending', 'sending')

-- name: taken_back
UPDATE conversation SET handover = ''
WHERE id IN (SELECT conversation FROM handover WHERE person = :person)
  AND handover IN (SELECT id FROM handover WHERE person = :person)

-- name: handovers
DELETE FROM handover WHERE person = :person

-- name: kept_answers
DELETE FROM kept_answer WHERE person = :person

-- name: replies
DELETE FROM reply WHERE message IN (SELECT id FROM message WHERE person = :person AND state = 'done')

-- Those in which nobody else wrote; their names can be the person's own id.
-- name: conversations
DELETE FROM conversation
WHERE waiting = 0 AND holder IS NULL AND id IN (SELECT conversation FROM message WHERE person = :person)
  AND NOT EXISTS (SELECT 1 FROM message m WHERE m.conversation = conversation.id AND m.person NOT IN (:person, 0))

-- Also the empty places of a conversation that has gone by now. The + keeps SQLite from reading all empty places.
-- name: messages
DELETE FROM message WHERE +person IN (:person, 0) AND state = 'done' AND conversation IN (
  SELECT m.conversation FROM message m
  WHERE m.person = :person AND NOT EXISTS (SELECT 1 FROM conversation c WHERE c.id = m.conversation))

-- Where others wrote as well an empty place stays, of nobody: positions without a gap tell that no message is lost.
-- name: places
UPDATE message SET key = 'forgotten/' || id, person = 0, author = NULL, payload = '', outcome = 'forgotten', reason = ''
WHERE person = :person AND state = 'done'

-- name: person
DELETE FROM person WHERE number = :person
  AND NOT EXISTS (SELECT 1 FROM message WHERE person = :person OR author = :person)

-- Not before a call that is under way for them is booked, nor before what is on its way to people is delivered.
-- name: end
DELETE FROM erasure WHERE person = :person
  AND NOT EXISTS (SELECT 1 FROM person WHERE number = :person)
  AND NOT EXISTS (SELECT 1 FROM hold WHERE person = :person AND state = 'held' AND expires_ms > 0)
  AND NOT EXISTS (
    SELECT 1 FROM outgoing WHERE source >= :begins AND source < :begins || char(1114111)
      AND state IN ('pending', 'sending'))
-- postgresql
DELETE FROM erasure WHERE person = :person
  AND NOT EXISTS (SELECT 1 FROM person WHERE number = :person)
  AND NOT EXISTS (SELECT 1 FROM hold WHERE person = :person AND state = 'held' AND expires_ms > 0)
  AND NOT EXISTS (SELECT 1 FROM outgoing WHERE starts_with(source, :begins) AND state IN ('pending', 'sending'))
