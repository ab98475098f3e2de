-- What a scrape reads; found by indexes of what is open, so it costs the same whatever the history.

-- name: open_holds
SELECT COUNT(*) AS holds, COALESCE(SUM(cost_nusd), 0) AS nusd FROM hold WHERE state = 'held'
