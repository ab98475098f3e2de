-- Budgets, holds, the ledger. Budgets are touched in the order of their ids, and last in their transaction: a busy
-- budget is locked for as short a time as can be.

-- name: ensure_budget
INSERT INTO budget (id, scope, name, period, unit, start_ms, end_ms, limit_amount)
VALUES (
  :id, :scope, :name, :period, :unit, :start_ms, :end_ms,
  COALESCE((SELECT limit_amount FROM budget_change WHERE key = :key), :limit)
)
ON CONFLICT (id) DO UPDATE SET limit_amount = excluded.limit_amount WHERE budget.limit_amount <> excluded.limit_amount

-- name: change_budget
INSERT INTO budget_change (key, limit_amount, by_person, at_ms) VALUES (:key, :limit, :by, :now)
ON CONFLICT (key) DO UPDATE SET limit_amount = :limit, by_person = :by, at_ms = :now

-- name: reset_budget
DELETE FROM budget_change WHERE key = :key

-- name: budget
SELECT id, unit, start_ms, end_ms, limit_amount, spent_amount, held_amount FROM budget WHERE id = :id

-- name: reserve expects 1
UPDATE budget SET
  held_amount = held_amount + CASE unit WHEN 'tokens' THEN CAST(:tokens AS BIGINT) ELSE CAST(:cost_nusd AS BIGINT) END
WHERE id = :id AND spent_amount + held_amount
  + CASE unit WHEN 'tokens' THEN CAST(:tokens AS BIGINT) ELSE CAST(:cost_nusd AS BIGINT) END <= limit_amount

-- name: open_hold expects 1
INSERT INTO hold (
  id, state, fence, budgets, made_ms, expires_ms, message, conversation, person, channel, agent, deployment, region,
  api, model, tier, tier_why, kind, input_tokens, output_tokens, cost_nusd, price
) VALUES (
  :id, 'held', :fence, :budgets, :now, CAST(:now AS BIGINT) + :lives_ms, :message, :conversation, :person, :channel,
  :agent, :deployment, :region, :api, :model, :tier, :tier_why, :kind, :input_tokens, :output_tokens, :cost_nusd, :price
)

-- name: end_hold expects 1
UPDATE hold SET state = :state, ended_ms = :now WHERE id = :id AND state = 'held'

-- name: record expects 1
INSERT INTO ledger (
  id, at_ms, hold, message, conversation, person, channel, agent, deployment, region, api, model, tier, tier_why, kind,
  input_tokens, cached_tokens, cache_write_tokens, output_tokens, reasoning_tokens, cache_write_1h_tokens,
  audio_input_tokens, cached_audio_tokens, audio_output_tokens, image_input_tokens, cached_image_tokens,
  image_output_tokens, cost_nusd, held_nusd, price, mark, outcome, took_ms
)
SELECT
  id, :now, id, message, conversation, person, channel, agent, deployment, region, api, model, tier, tier_why, kind,
  :input_tokens, :cached_tokens, :cache_write_tokens, :output_tokens, :reasoning_tokens, :cache_write_1h_tokens,
  :audio_input_tokens, :cached_audio_tokens, :audio_output_tokens, :image_input_tokens, :cached_image_tokens,
  :image_output_tokens, :cost_nusd, cost_nusd, price, :mark, :outcome, :took_ms
FROM hold WHERE id = :id

-- A budget whose period ended long ago may be forgotten: then there is nothing left to charge, and no row to return.
-- name: charge
UPDATE budget SET
  held_amount = held_amount
    - CASE unit WHEN 'tokens' THEN CAST(:held_tokens AS BIGINT) ELSE CAST(:held_nusd AS BIGINT) END,
  spent_amount = spent_amount
    + CASE unit WHEN 'tokens' THEN CAST(:tokens AS BIGINT) ELSE CAST(:cost_nusd AS BIGINT) END
WHERE id = :id
RETURNING id, unit, limit_amount, spent_amount

-- name: expired_holds
SELECT id, message, budgets, cost_nusd, input_tokens + output_tokens AS tokens FROM hold
WHERE state = 'held' AND expires_ms <= :now ORDER BY expires_ms LIMIT :most

-- name: orphaned_holds
SELECT id, message, budgets, cost_nusd, input_tokens + output_tokens AS tokens FROM hold
WHERE message = :message AND state = 'held' AND fence < :fence

-- name: release expects 1
UPDATE hold SET state = 'released', ended_ms = :now, outcome = :outcome WHERE id = :id AND state = 'held'

-- name: clock_set_back
UPDATE hold SET expires_ms = CAST(:now AS BIGINT) + :lives_ms
WHERE state = 'held' AND expires_ms > CAST(:now AS BIGINT) + :lives_ms

-- name: presume expects 1
INSERT INTO ledger (
  id, at_ms, hold, message, conversation, person, channel, agent, deployment, region, api, model, tier, tier_why, kind,
  input_tokens, cached_tokens, cache_write_tokens, output_tokens, reasoning_tokens, cost_nusd, held_nusd, price, mark,
  outcome, took_ms
)
SELECT
  id, :now, id, message, conversation, person, channel, agent, deployment, region, api, model, tier, tier_why, kind,
  input_tokens, 0, 0, output_tokens, 0, cost_nusd, cost_nusd, price,
  CASE WHEN price LIKE '%"source":"unknown"%' THEN 'unpriced' ELSE 'presumed' END, 'lost',
  CAST(:now AS BIGINT) - made_ms
FROM hold WHERE id = :id

-- name: mark_corrected
UPDATE hold SET state = 'corrected' WHERE id = :id AND state = 'presumed'

-- Made of the presumed row, which is never forgotten as its hold is.
-- name: correct expects 1
INSERT INTO ledger (
  id, at_ms, hold, message, conversation, person, channel, agent, deployment, region, api, model, tier, tier_why, kind,
  input_tokens, cached_tokens, cache_write_tokens, output_tokens, reasoning_tokens, cache_write_1h_tokens,
  audio_input_tokens, cached_audio_tokens, audio_output_tokens, image_input_tokens, cached_image_tokens,
  image_output_tokens, cost_nusd, held_nusd, price, mark, outcome, took_ms
)
SELECT
  id || '/correction', :now, hold, message, conversation, person, channel, agent, deployment, region, api, model, tier,
  tier_why, kind, :input_tokens - input_tokens, :cached_tokens, :cache_write_tokens, :output_tokens - output_tokens,
  :reasoning_tokens, :cache_write_1h_tokens, :audio_input_tokens, :cached_audio_tokens, :audio_output_tokens,
  :image_input_tokens, :cached_image_tokens, :image_output_tokens, :cost_nusd - cost_nusd, 0, price, 'correction',
  :outcome, 0
FROM ledger WHERE id = :id AND outcome = 'lost' AND mark IN ('presumed', 'unpriced')
ON CONFLICT (id) DO NOTHING

-- name: forget_ended_holds
DELETE FROM hold WHERE id IN (SELECT id FROM hold WHERE id < :before ORDER BY id LIMIT :most) AND state <> 'held'
RETURNING id

-- name: forget_ended_budgets
DELETE FROM budget WHERE id IN (
  SELECT id FROM budget WHERE end_ms < :before_ms AND held_amount = 0 ORDER BY end_ms LIMIT :most
)
RETURNING id

-- name: count_margins
SELECT model, permille FROM count_margin

-- name: widen_count_margin
INSERT INTO count_margin (model, permille) VALUES (:model, :permille)
ON CONFLICT (model) DO UPDATE SET permille = excluded.permille WHERE count_margin.permille < excluded.permille

-- name: costs
SELECT
  CASE :by
    WHEN 'agent' THEN agent WHEN 'model' THEN model WHEN 'region' THEN region WHEN 'kind' THEN kind
    WHEN 'channel' THEN channel WHEN 'user' THEN CAST(person AS TEXT) ELSE CAST(at_ms / 900000 AS TEXT)
  END AS label,
  SUM(CASE WHEN mark = 'correction' THEN 0 ELSE 1 END) AS calls,
  SUM(input_tokens) AS input_tokens,
  SUM(cached_tokens) AS cached_tokens,
  SUM(output_tokens) AS output_tokens,
  SUM(reasoning_tokens) AS reasoning_tokens,
  SUM(cost_nusd) AS cost_nusd,
  SUM(CASE WHEN mark = 'estimated' THEN cost_nusd ELSE 0 END) AS estimated_nusd,
  SUM(CASE WHEN mark IN ('presumed', 'correction') THEN cost_nusd ELSE 0 END) AS presumed_nusd,
  SUM(CASE WHEN mark = 'unpriced' THEN 1 ELSE 0 END) AS unpriced
FROM ledger WHERE at_ms >= :since_ms AND at_ms < :until_ms AND (CAST(:agent AS TEXT) = '' OR agent = :agent)
GROUP BY 1

-- What the providers' caches gave, for each price that was used.
-- name: cached
SELECT price, SUM(input_tokens) AS input, SUM(cached_tokens) AS cached,
  SUM(cached_tokens - cached_audio_tokens - cached_image_tokens) AS cached_text,
  SUM(cache_write_tokens - cache_write_1h_tokens) AS written, SUM(cache_write_1h_tokens) AS written_1h
FROM ledger WHERE at_ms >= :since_ms AND (CAST(:agent AS TEXT) = '' OR agent = :agent) AND kind <> 'reuse'
GROUP BY price

-- name: cached_of_person
SELECT price, SUM(input_tokens) AS input, SUM(cached_tokens) AS cached,
  SUM(cached_tokens - cached_audio_tokens - cached_image_tokens) AS cached_text,
  SUM(cache_write_tokens - cache_write_1h_tokens) AS written, SUM(cache_write_1h_tokens) AS written_1h
FROM ledger WHERE person = :person AND at_ms >= :since_ms AND (CAST(:agent AS TEXT) = '' OR agent = :agent)
  AND kind NOT IN ('summary', 'reuse')
GROUP BY price
