-- What must be true of every committed state: each statement returns what contradicts it, or the sums to compare.
-- Ended holds are forgotten after a week, and only a hold says which budgets it was on: a budget that began before is
-- compared with what is still known, and with what can have been charged to it beside.

-- name: budgets
SELECT
  b.id, b.scope, b.name, b.unit, b.start_ms, b.end_ms, b.spent_amount, b.held_amount,
  COALESCE(SUM(CASE WHEN h.state = 'held' THEN CASE b.unit WHEN 'tokens' THEN h.input_tokens + h.output_tokens
    ELSE h.cost_nusd END ELSE 0 END), 0) AS held,
  COALESCE(SUM(CASE b.unit WHEN 'tokens' THEN COALESCE(l.input_tokens + l.output_tokens, 0)
    + COALESCE(c.input_tokens + c.output_tokens, 0)
    ELSE COALESCE(l.cost_nusd, 0) + COALESCE(c.cost_nusd, 0) END), 0) AS charged
FROM budget b
LEFT JOIN (SELECT hold.*, json_each.value AS budget FROM hold, json_each(hold.budgets)) h ON h.budget = b.id
LEFT JOIN ledger l ON l.id = h.id
LEFT JOIN ledger c ON c.id = h.id || '/correction'
GROUP BY b.id, b.scope, b.name, b.unit, b.start_ms, b.end_ms, b.spent_amount, b.held_amount
ORDER BY b.id
-- postgresql
SELECT
  b.id, b.scope, b.name, b.unit, b.start_ms, b.end_ms, b.spent_amount, b.held_amount,
  COALESCE(SUM(CASE WHEN h.state = 'held' THEN CASE b.unit WHEN 'tokens' THEN h.input_tokens + h.output_tokens
    ELSE h.cost_nusd END ELSE 0 END), 0) AS held,
  COALESCE(SUM(CASE b.unit WHEN 'tokens' THEN COALESCE(l.input_tokens + l.output_tokens, 0)
    + COALESCE(c.input_tokens + c.output_tokens, 0)
    ELSE COALESCE(l.cost_nusd, 0) + COALESCE(c.cost_nusd, 0) END), 0) AS charged
FROM budget b
LEFT JOIN (
  SELECT hold.*, each.value AS budget FROM hold, json_array_elements_text(hold.budgets::json) AS each(value)
) h ON h.budget = b.id
LEFT JOIN ledger l ON l.id = h.id
LEFT JOIN ledger c ON c.id = h.id || '/correction'
GROUP BY b.id, b.scope, b.name, b.unit, b.start_ms, b.end_ms, b.spent_amount, b.held_amount
ORDER BY b.id

-- name: forgotten
SELECT COALESCE(MAX(l.at_ms), -1) AS until_ms FROM ledger l
WHERE l.kind <> 'reuse' AND NOT EXISTS (SELECT 1 FROM hold h WHERE h.id = l.hold)

-- name: charged_beside
SELECT COALESCE(SUM(l.cost_nusd), 0) AS nusd, COALESCE(SUM(l.input_tokens + l.output_tokens), 0) AS tokens
FROM ledger l
WHERE l.id >= :since AND l.id < :until AND (:agent = '' OR l.agent = :agent)
  AND NOT EXISTS (SELECT 1 FROM hold h WHERE h.id = l.hold)

-- name: uncharged
SELECT h.id, h.state FROM hold h
WHERE (h.state IN ('settled', 'presumed', 'corrected') AND NOT EXISTS (SELECT 1 FROM ledger l WHERE l.id = h.id))
  OR (h.state = 'corrected' AND NOT EXISTS (SELECT 1 FROM ledger l WHERE l.id = h.id || '/correction'))
ORDER BY h.id LIMIT 20

-- name: charged_twice_or_early
SELECT h.id, h.state FROM hold h
WHERE h.state IN ('held', 'released') AND EXISTS (SELECT 1 FROM ledger l WHERE l.id = h.id)
ORDER BY h.id LIMIT 20

-- name: gaps
SELECT c.id, c.last_position, c.waiting, COUNT(m.id) AS messages,
  COALESCE(MIN(m.position), 0) AS first, COALESCE(MAX(m.position), 0) AS last,
  COALESCE(SUM(CASE WHEN m.state = 'waiting' THEN 1 ELSE 0 END), 0) AS unfinished
FROM conversation c LEFT JOIN message m ON m.conversation = c.id
GROUP BY c.id, c.last_position, c.waiting
HAVING COALESCE(MAX(m.position), 0) <> c.last_position
  OR (COUNT(m.id) > 0 AND COUNT(m.id) <> MAX(m.position) - MIN(m.position) + 1)
  OR COALESCE(SUM(CASE WHEN m.state = 'waiting' THEN 1 ELSE 0 END), 0) <> c.waiting
ORDER BY c.id LIMIT 20

-- name: unanswered
SELECT m.id, m.conversation FROM message m LEFT JOIN reply r ON r.message = m.id
WHERE m.state = 'done' AND m.outcome = 'answered' AND (r.id IS NULL OR r.state <> 'delivered')
ORDER BY m.id LIMIT 20

-- name: counts
SELECT
  (SELECT COUNT(*) FROM message) AS messages,
  (SELECT COUNT(*) FROM conversation) AS conversations,
  (SELECT COUNT(*) FROM ledger) AS calls,
  (SELECT COUNT(*) FROM budget) AS budgets,
  (SELECT COUNT(*) FROM hold WHERE state = 'held') AS open_holds
