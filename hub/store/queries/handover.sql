-- Conversations in which people answer in the agent's stead.

-- Codes are short: one that stands for another conversation already would lead what people answer to the wrong person.
-- name: open expects 1
INSERT INTO handover (id, person, conversation, place, since_ms) VALUES (:id, :person, :conversation, :place, :now)
ON CONFLICT (id) DO NOTHING

-- name: hand
UPDATE conversation SET handover = :id WHERE id = :conversation

-- name: find
SELECT id, person, conversation, place FROM handover WHERE id = :id

-- name: all
SELECT id, conversation, since_ms FROM handover ORDER BY since_ms LIMIT 20

-- name: take_back
UPDATE conversation SET handover = '' WHERE id = (SELECT conversation FROM handover WHERE id = :id) AND handover = :id

-- name: close
DELETE FROM handover WHERE id = :id
