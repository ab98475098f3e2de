-- The index over the older turns of a conversation with one agent, and the turns that it leads to.

-- name: state
SELECT upto_position, meant_position, turns, terms, language FROM recall WHERE scope = :scope

-- name: open
INSERT INTO recall (scope, conversation) VALUES (:scope, :conversation) ON CONFLICT (scope) DO NOTHING

-- name: advance expects 1
UPDATE recall SET upto_position = :upto, turns = turns + :turns, terms = terms + :terms, language = :language
WHERE scope = :scope AND upto_position = :before

-- name: add
INSERT INTO recall_posting (scope, term, block, turns, data) VALUES (:scope, :term, :block, :turns, :data)
ON CONFLICT (scope, term, block) DO UPDATE SET
  turns = recall_posting.turns + excluded.turns,
  data = recall_posting.data || excluded.data

-- name: not_indexed
SELECT position, role, text, at_ms FROM turn
WHERE conversation = :conversation AND position > :upto AND position <= :last AND agent = :agent
ORDER BY position, role DESC LIMIT :most

-- name: advance_meaning expects 1
UPDATE recall SET meant_position = :upto WHERE scope = :scope AND meant_position = :before

-- name: add_vectors
INSERT INTO recall_vector (scope, block, data) VALUES (:scope, :block, :data)
ON CONFLICT (scope, block) DO UPDATE SET data = recall_vector.data || excluded.data

-- name: vectors
SELECT v.block, v.data FROM json_each(:blocks) wanted
CROSS JOIN recall_vector v ON v.scope = :scope AND v.block = wanted.value
-- postgresql
SELECT v.block, v.data FROM jsonb_array_elements_text(CAST(CAST(:blocks AS text) AS jsonb)) wanted
JOIN recall_vector v ON v.scope = :scope AND v.block = CAST(wanted.value AS BIGINT)

-- name: sizes
SELECT p.term, SUM(p.turns) AS turns FROM json_each(:terms) wanted
CROSS JOIN recall_posting p ON p.scope = :scope AND p.term = wanted.value
GROUP BY p.term
-- postgresql
SELECT p.term, SUM(p.turns) AS turns FROM jsonb_array_elements_text(CAST(CAST(:terms AS text) AS jsonb)) wanted
JOIN recall_posting p ON p.scope = :scope AND p.term = CAST(wanted.value AS BIGINT)
GROUP BY p.term

-- name: postings
SELECT p.term, p.block, p.turns, p.data FROM json_each(:terms) wanted
CROSS JOIN recall_posting p ON p.scope = :scope AND p.term = wanted.value
ORDER BY p.term, p.block
-- postgresql
SELECT p.term, p.block, p.turns, p.data FROM jsonb_array_elements_text(CAST(CAST(:terms AS text) AS jsonb)) wanted
JOIN recall_posting p ON p.scope = :scope AND p.term = CAST(wanted.value AS BIGINT)
ORDER BY p.term, p.block

-- name: turns
SELECT t.position, t.role, t.text, t.at_ms, t.tokens FROM json_each(:ordinals) wanted
CROSS JOIN turn t ON t.conversation = :conversation AND t.position = wanted.value / 2
  AND t.role = CASE wanted.value % 2 WHEN 1 THEN 'assistant' ELSE 'user' END
JOIN message m ON m.id = t.message
WHERE t.agent = :agent AND m.deleted_ms IS NULL
-- postgresql
SELECT t.position, t.role, t.text, t.at_ms, t.tokens
FROM (SELECT CAST(value AS BIGINT) AS ordinal FROM jsonb_array_elements_text(CAST(CAST(:ordinals AS text) AS jsonb))) wanted
JOIN turn t ON t.conversation = :conversation AND t.position = wanted.ordinal / 2
  AND t.role = CASE wanted.ordinal % 2 WHEN 1 THEN 'assistant' ELSE 'user' END
JOIN message m ON m.id = t.message
WHERE t.agent = :agent AND m.deleted_ms IS NULL
