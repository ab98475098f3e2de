-- What is remembered of a person's place, and of what a conversation's people chose.

-- name: known
SELECT region, hints FROM person WHERE id = :person

-- name: remember
UPDATE person SET hints = :hints WHERE number = :person

-- name: choose_region expects 1
UPDATE person SET region = :region, region_source = 'command' WHERE number = :person

-- name: forget_place expects 1
UPDATE person SET region = '', region_source = '', hints = '{}' WHERE number = :person

-- name: move_home expects 1
UPDATE conversation SET home_region = :home_region WHERE id = :conversation

-- name: choose_agent expects 1
UPDATE conversation SET agent = :agent WHERE id = :conversation

-- name: chosen_agent
SELECT agent FROM conversation WHERE id = :conversation

-- name: usage
-- Summaries are the agent's own doing.
SELECT
  COUNT(DISTINCT CASE WHEN at_ms >= :day_ms THEN message END) AS day_messages,
  COUNT(DISTINCT CASE WHEN at_ms >= :week_ms THEN message END) AS week_messages,
  COUNT(DISTINCT CASE WHEN at_ms >= :month_ms THEN message END) AS month_messages,
  COALESCE(SUM(CASE WHEN at_ms >= :day_ms THEN input_tokens + output_tokens END), 0) AS day_tokens,
  COALESCE(SUM(CASE WHEN at_ms >= :week_ms THEN input_tokens + output_tokens END), 0) AS week_tokens,
  COALESCE(SUM(CASE WHEN at_ms >= :month_ms THEN input_tokens + output_tokens END), 0) AS month_tokens,
  COALESCE(SUM(CASE WHEN at_ms >= :day_ms THEN cost_nusd END), 0) AS day_nusd,
  COALESCE(SUM(CASE WHEN at_ms >= :week_ms THEN cost_nusd END), 0) AS week_nusd,
  COALESCE(SUM(CASE WHEN at_ms >= :month_ms THEN cost_nusd END), 0) AS month_nusd,
  COALESCE(SUM(CASE WHEN at_ms >= :month_ms AND mark IN ('estimated', 'presumed', 'correction') THEN cost_nusd END), 0) AS uncertain_nusd,
  COALESCE(SUM(CASE WHEN at_ms >= :month_ms AND kind = 'reuse' THEN 1 END), 0) AS reused,
  COALESCE(SUM(CASE WHEN at_ms >= :month_ms THEN saved_nusd END), 0) AS saved_nusd,
  COALESCE(SUM(CASE WHEN at_ms >= :month_ms AND mark = 'unpriced' THEN 1 END), 0) AS unpriced
FROM ledger WHERE person = :person AND at_ms >= :since_ms AND kind <> 'summary'

-- name: find
SELECT id, number, name, tier FROM person WHERE id = :person OR number = :number

-- name: set_tier expects 1
UPDATE person SET tier = :tier WHERE number = :person

-- name: conversations_of
SELECT m.id, m.conversation, m.position, m.payload, m.accepted_ms, r.text, r.agent
FROM message m LEFT JOIN reply r ON r.message = m.id
WHERE m.person = :person AND m.id > :after ORDER BY m.id LIMIT :most
