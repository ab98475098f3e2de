-- What a scrape reads; found by indexes of what is open, so it costs the same whatever the history.

-- name: queue
SELECT home_region, SUM(waiting) AS messages FROM conversation WHERE due_ms IS NOT NULL GROUP BY home_region

-- name: open_holds
SELECT COUNT(*) AS holds, COALESCE(SUM(cost_nusd), 0) AS nusd FROM hold WHERE state = 'held'
