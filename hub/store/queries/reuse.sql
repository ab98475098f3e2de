-- Answers that are kept for whoever asks the same.

-- The same words come before other wordings, then the newest.
-- name: find
SELECT id, question, text, model, tier, cost_nusd, made_ms, 0 AS worse FROM kept_answer
WHERE id = :id AND made_ms > CAST(:now AS BIGINT) - :lives_ms
UNION ALL
SELECT id, question, text, model, tier, cost_nusd, made_ms, 1 AS worse FROM kept_answer
WHERE alike = :alike AND alike <> '' AND made_ms > CAST(:now AS BIGINT) - :lives_ms
ORDER BY worse, made_ms DESC LIMIT 1

-- The newest of other wordings, which are then compared. A wording with more words has the first key of one with fewer.
-- name: near
SELECT * FROM (
  SELECT id, question, text, model, tier, cost_nusd, made_ms FROM kept_answer
  WHERE near_first = :first AND near_first <> '' AND made_ms > CAST(:now AS BIGINT) - :lives_ms ORDER BY made_ms DESC LIMIT :most
) AS near_first_first
UNION ALL
SELECT * FROM (
  SELECT id, question, text, model, tier, cost_nusd, made_ms FROM kept_answer
  WHERE near_first = :second AND near_first <> '' AND made_ms > CAST(:now AS BIGINT) - :lives_ms ORDER BY made_ms DESC LIMIT :most
) AS near_first_second
UNION ALL
SELECT * FROM (
  SELECT id, question, text, model, tier, cost_nusd, made_ms FROM kept_answer
  WHERE near_first = :third AND near_first <> '' AND made_ms > CAST(:now AS BIGINT) - :lives_ms ORDER BY made_ms DESC LIMIT :most
) AS near_first_third
UNION ALL
SELECT * FROM (
  SELECT id, question, text, model, tier, cost_nusd, made_ms FROM kept_answer
  WHERE near_second = :first AND near_second <> '' AND made_ms > CAST(:now AS BIGINT) - :lives_ms ORDER BY made_ms DESC LIMIT :most
) AS near_second_first
UNION ALL
SELECT * FROM (
  SELECT id, question, text, model, tier, cost_nusd, made_ms FROM kept_answer
  WHERE near_third = :first AND near_third <> '' AND made_ms > CAST(:now AS BIGINT) - :lives_ms ORDER BY made_ms DESC LIMIT :most
) AS near_third_first
ORDER BY made_ms DESC

-- name: keep
INSERT INTO kept_answer (
  id, alike, near_first, near_second, near_third, agent, model, tier, message, person, question, text, cost_nusd,
  made_ms, expires_ms
)
VALUES (
  :id, :alike, :near_first, :near_second, :near_third, :agent, :model, :tier, :message, :person, :question, :text, :cost_nusd, :now,
  CAST(:now AS BIGINT) + :lives_ms
)
ON CONFLICT (id) DO UPDATE SET
  alike = excluded.alike, near_first = excluded.near_first, near_second = excluded.near_second,
  near_third = excluded.near_third, message = excluded.message, person = excluded.person, question = excluded.question,
  text = excluded.text, cost_nusd = excluded.cost_nusd, made_ms = excluded.made_ms, expires_ms = excluded.expires_ms

-- name: shown
UPDATE reply SET reused = :id WHERE message = :message

-- name: record expects 1
INSERT INTO ledger (
  id, at_ms, hold, message, conversation, person, channel, agent, deployment, region, api, model, tier, kind,
  input_tokens, cached_tokens, cache_write_tokens, output_tokens, reasoning_tokens, cost_nusd, held_nusd, price, mark,
  outcome, took_ms, saved_nusd
)
VALUES (
  :id, :now, '', :message, :conversation, :person, :channel, :agent, :deployment, :region, 'reuse', :model, :tier,
  'reuse', 0, 0, 0, 0, 0, 0, 0, '{}', '', 'stop', 0, :saved_nusd
)

-- Of an answer that somebody dislikes, or wants made anew: whether it is shown as it was made or as it was reused.
-- name: drop
DELETE FROM kept_answer
WHERE message IN (SELECT message FROM reply WHERE id = :reply)
  OR id IN (SELECT reused FROM reply WHERE id = :reply AND reused <> '')

-- name: forget_expired
DELETE FROM kept_answer WHERE id IN (
  SELECT id FROM kept_answer WHERE expires_ms <= :now ORDER BY expires_ms LIMIT :most
)

-- What is over the bound, the soonest to expire first.
-- name: forget_oldest
DELETE FROM kept_answer WHERE id IN (
  SELECT id FROM kept_answer ORDER BY expires_ms DESC LIMIT :most OFFSET :bound
)
