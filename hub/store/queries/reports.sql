-- What reports and alerts read of the ledger: sums of a span of time, found by its index. Nothing here writes but the
-- records of what was reported.

-- name: spend
SELECT
  agent, model, tier, channel, region, kind, mark, outcome,
  SUM(CASE WHEN mark = 'correction' THEN 0 ELSE 1 END) AS calls,
  SUM(input_tokens) AS input_tokens,
  SUM(cached_tokens) AS cached_tokens,
  SUM(output_tokens) AS output_tokens,
  SUM(cost_nusd) AS cost_nusd,
  SUM(CASE WHEN api = 'faq' THEN 1 ELSE 0 END) AS faq,
  SUM(saved_nusd) AS saved_nusd
FROM ledger WHERE at_ms >= :since_ms AND at_ms < :until_ms
GROUP BY agent, model, tier, channel, region, kind, mark, outcome

-- name: quarters
SELECT
  agent, at_ms / 900000 AS quarter, SUM(CASE WHEN mark = 'correction' THEN 0 ELSE 1 END) AS calls,
  SUM(input_tokens) AS input_tokens,
  SUM(cached_tokens) AS cached_tokens, SUM(cost_nusd) AS cost_nusd
FROM ledger WHERE at_ms >= :since_ms AND at_ms < :until_ms
GROUP BY agent, at_ms / 900000

-- name: people
SELECT person, SUM(CASE WHEN mark = 'correction' THEN 0 ELSE 1 END) AS calls, SUM(cost_nusd) AS cost_nusd
FROM ledger WHERE at_ms >= :since_ms AND at_ms < :until_ms
GROUP BY person

-- name: conversations
SELECT agent, COUNT(DISTINCT conversation) AS conversations
FROM ledger WHERE at_ms >= :since_ms AND at_ms < :until_ms AND kind IN ('answer', 'reuse') AND mark <> 'correction'
GROUP BY agent

-- name: latency
SELECT agent, took_ms / 20 AS step, COUNT(*) AS calls
FROM ledger WHERE at_ms >= :since_ms AND at_ms < :until_ms AND kind IN ('answer', 'retry') AND mark <> 'correction'
  AND outcome IN ('stop', 'length') AND api <> 'faq'
GROUP BY agent, took_ms / 20

-- name: dearest_person
SELECT person, SUM(cost_nusd) AS cost_nusd
FROM ledger WHERE at_ms >= :since_ms AND at_ms < :until_ms AND agent = :agent
GROUP BY person ORDER BY SUM(cost_nusd) DESC LIMIT 1

-- name: satisfaction
SELECT r.agent, r.route, f.value, COUNT(*) AS votes
FROM feedback f JOIN reply r ON r.id = f.reply
WHERE f.at_ms >= :since_ms AND f.at_ms < :until_ms AND f.value <> 'none'
GROUP BY r.agent, r.route, f.value

-- name: budgets
SELECT id, scope, name, period, unit, start_ms, end_ms, limit_amount, spent_amount, held_amount FROM budget
WHERE start_ms <= :at_ms AND end_ms > :at_ms AND scope IN ('agent', 'hub', 'workspace')
ORDER BY scope, name, period, unit

-- name: person_name
SELECT name FROM person WHERE number = :person

-- name: newest
SELECT id, label, state, lease_ms FROM report WHERE kind = :kind ORDER BY label DESC LIMIT 1

-- name: skip
INSERT INTO report (id, kind, label, state, holder, lease_ms) VALUES (:id, :kind, :label, 'skipped', '', 0)
ON CONFLICT (id) DO NOTHING

-- name: begin expects 1
INSERT INTO report (id, kind, label, state, holder, lease_ms, late)
VALUES (:id, :kind, :label, 'making', :holder, CAST(:now AS BIGINT) + :lives_ms, :late)
ON CONFLICT (id) DO UPDATE SET holder = excluded.holder, lease_ms = excluded.lease_ms, late = excluded.late
WHERE report.state = 'making' AND report.lease_ms <= :now

-- name: made expects 1
UPDATE report SET state = 'made', text = :text, made_ms = :now WHERE id = :id AND state = 'making' AND holder = :holder

-- Calls that came to nothing and cost nothing (refused, unreachable) have no ledger row, but their holds tell of them.
-- name: recent
SELECT agent, region, model, outcome, mark, COUNT(*) AS calls
FROM ledger WHERE at_ms >= :since_ms AND at_ms <= :now AND mark <> 'correction' AND api NOT IN ('faq', 'reuse')
GROUP BY agent, region, model, outcome, mark
UNION ALL
SELECT agent, region, model, outcome, '' AS mark, COUNT(*) AS calls
FROM hold WHERE outcome <> '' AND ended_ms >= :since_ms AND ended_ms <= :now
GROUP BY agent, region, model, outcome

-- name: spent_between
SELECT COALESCE(SUM(cost_nusd), 0) AS cost_nusd FROM ledger WHERE at_ms >= :since_ms AND at_ms < :until_ms

-- name: waiting
SELECT COALESCE(SUM(waiting), 0) AS messages FROM conversation WHERE due_ms IS NOT NULL

-- name: alert_begins expects 1
INSERT INTO alert (key, text, since_ms, seen_ms) VALUES (:key, :text, :now, :now) ON CONFLICT (key) DO NOTHING

-- name: alert_seen
UPDATE alert SET seen_ms = :now, text = :text WHERE key = :key RETURNING key

-- name: alerts_quiet
SELECT key, text, since_ms FROM alert WHERE seen_ms <= :seen_ms

-- name: alert_over expects 1
DELETE FROM alert WHERE key = :key AND since_ms = :since_ms

-- name: alerts
SELECT key, text, since_ms FROM alert ORDER BY since_ms

-- name: text
SELECT text FROM report WHERE id = :id AND state = 'made'

-- name: tiering
SELECT
  agent, api, tier, tier_why, kind,
  SUM(CASE WHEN mark = 'correction' THEN 0 ELSE 1 END) AS calls,
  SUM(input_tokens) AS input_tokens,
  SUM(cached_tokens) AS cached_tokens,
  SUM(output_tokens) AS output_tokens,
  SUM(cost_nusd) AS cost_nusd
FROM ledger WHERE at_ms >= :since_ms AND at_ms < :until_ms
  AND tier_why IN ('difficulty', 'asked', 'again', 'disliked', 'escalated')
GROUP BY agent, api, tier, tier_why, kind

-- name: disliked_cheap
SELECT r.agent, COUNT(DISTINCT r.id) AS answers
FROM feedback f JOIN reply r ON r.id = f.reply
WHERE f.at_ms >= :since_ms AND f.at_ms < :until_ms AND f.value = 'bad' AND r.route LIKE :pattern
GROUP BY r.agent

-- Calls for answers: no other is sent the prompt file.
-- name: prompt_use
SELECT
  agent, api, model, SUM(CASE WHEN mark = 'correction' THEN 0 ELSE 1 END) AS calls,
  SUM(input_tokens) AS input_tokens, SUM(cached_tokens) AS cached_tokens, SUM(cost_nusd) AS cost_nusd
FROM ledger WHERE at_ms >= :since_ms AND at_ms < :until_ms AND api <> 'faq'
  AND kind IN ('answer', 'retry', 'hedge', 'escalation')
GROUP BY agent, api, model
