-- Who was let in, by which code, and what strangers were told and tried. All of it is small and pruned by the sweep.

-- name: guest
SELECT at_ms FROM guest WHERE id = :id

-- name: told
SELECT told_ms FROM stranger WHERE id = :id AND told_ms > CAST(:now AS BIGINT) - :within_ms

-- name: tell
INSERT INTO stranger (id, told_ms) VALUES (:id, :now)
ON CONFLICT (id) DO UPDATE SET told_ms = excluded.told_ms

-- name: try_code
INSERT INTO stranger (id, tries, tries_from_ms) VALUES (:id, 1, :now)
ON CONFLICT (id) DO UPDATE SET
  tries = CASE WHEN stranger.tries_from_ms > excluded.tries_from_ms - :within_ms THEN stranger.tries + 1 ELSE 1 END,
  tries_from_ms = CASE
    WHEN stranger.tries_from_ms > excluded.tries_from_ms - :within_ms THEN stranger.tries_from_ms
    ELSE excluded.tries_from_ms
  END
RETURNING tries

-- name: invite
INSERT INTO invitation (id, uses_left, made_ms, expires_ms)
VALUES (:id, :uses, :now, CAST(:now AS BIGINT) + :lives_ms)

-- name: use_invitation expects 1
UPDATE invitation SET uses_left = uses_left - 1 WHERE id = :id AND uses_left > 0 AND expires_ms > :now

-- name: let_in expects 1
INSERT INTO guest (id, invitation, at_ms) VALUES (:id, :invitation, :now) ON CONFLICT (id) DO NOTHING

-- name: forget_invitations
DELETE FROM invitation WHERE id IN (
  SELECT id FROM invitation WHERE expires_ms < :before_ms ORDER BY expires_ms LIMIT :most
)

-- name: forget_strangers
DELETE FROM stranger WHERE id IN (
  SELECT id FROM stranger WHERE told_ms < :before_ms AND tries_from_ms < :before_ms ORDER BY told_ms LIMIT :most
)
