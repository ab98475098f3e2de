-- Types that both engines have: TEXT, BIGINT. Times are milliseconds since 1970 UTC (…_ms), money nano-dollars (…_nusd).
-- Flags are BIGINT 0 or 1. Lists and records are JSON in TEXT.
-- WITHOUT ROWID (SQLite alone): the row stands in the tree of its key. It suits short rows that change again and again,
-- and turns, which are read together: those of a conversation are neighbours.

CREATE TABLE conversation (
  id            TEXT PRIMARY KEY,          -- channel/account/chat[/thread]
  channel       TEXT NOT NULL,
  account       TEXT NOT NULL,
  place         TEXT NOT NULL,             -- the Conversation value as JSON
  home_region   TEXT NOT NULL,
  created_ms    BIGINT NOT NULL,
  last_position BIGINT NOT NULL DEFAULT 0, -- of the newest message accepted
  waiting       BIGINT NOT NULL DEFAULT 0, -- messages not finished
  due_ms        BIGINT,                    -- when it may be claimed; while held, when the lease ends; NULL: nothing to do
  holder        TEXT,                      -- the claim that holds it, process:count
  fence         BIGINT NOT NULL DEFAULT 0, -- counts claims; every write of a turn carries it
  stop_position BIGINT NOT NULL DEFAULT 0, -- answers to messages before this one are to end
  context_from  BIGINT NOT NULL DEFAULT 0, -- turns at or after this position are context (moved by /new)
  agent         TEXT NOT NULL DEFAULT '',  -- chosen with /agent; empty: the one that serves
  left_position BIGINT NOT NULL DEFAULT 0, -- the bot left the chat when this was the newest message
  bot_streak    BIGINT NOT NULL DEFAULT 0, -- messages of bots since a person wrote
  handover      TEXT NOT NULL DEFAULT '',  -- while people answer in the agent's stead: the id of the handover
  noted         BIGINT NOT NULL DEFAULT 0  -- 1: there may be pinned facts or a summary
) WITHOUT ROWID;
-- By account: a claim leaves out who floods without reading the flood.
CREATE INDEX conversation_due ON conversation (channel, account, due_ms) WHERE due_ms IS NOT NULL;
CREATE INDEX conversation_account ON conversation (channel, account);
-- Only processes that share a database claim by region; one that is alone is spared a page to write at each change.
-- postgresql
CREATE INDEX conversation_home ON conversation (home_region, channel, account, due_ms) WHERE due_ms IS NOT NULL;
-- Where nearly all are of one region, the planner would look for another's by reading through all that are due.
-- postgresql
ALTER TABLE conversation ALTER COLUMN home_region SET (n_distinct = 20);
CREATE INDEX conversation_holder ON conversation (holder) WHERE holder IS NOT NULL;

CREATE TABLE message (
  id            TEXT PRIMARY KEY,
  key           TEXT NOT NULL UNIQUE,      -- channel/account/chat/platform message id/revision
  conversation  TEXT NOT NULL,
  position      BIGINT NOT NULL,           -- counts up within the conversation, in the order of acceptance
  person        BIGINT NOT NULL,           -- the opaque number
  payload       TEXT NOT NULL,             -- the Message value as JSON
  accepted_ms   BIGINT NOT NULL,
  state         TEXT NOT NULL,             -- waiting, done
  outcome       TEXT NOT NULL DEFAULT '',  -- answered, stopped, refused, command, joined, replaced, deleted, undeliverable,
                                           -- forgotten: an empty place
  reason        TEXT NOT NULL DEFAULT '',  -- why it was turned away, for admins
  finished_ms   BIGINT,
  deleted_ms    BIGINT,                    -- when its author took it back
  replaced_ms   BIGINT,                    -- when a newer revision of it was stored, while it waited
  author        BIGINT                     -- the opaque number of whose words it asks again, where they are another's
);
CREATE UNIQUE INDEX message_order ON message (conversation, position);
CREATE INDEX message_turned_away ON message (accepted_ms) WHERE reason <> '';
CREATE INDEX message_person ON message (person, id);
CREATE INDEX message_author ON message (author) WHERE author IS NOT NULL;

CREATE TABLE person (
  id            TEXT PRIMARY KEY,          -- channel/platform user id
  number        BIGINT NOT NULL UNIQUE,    -- stands for the person in the ledger
  name          TEXT NOT NULL,
  region        TEXT NOT NULL DEFAULT '',  -- the person's own choice
  region_source TEXT NOT NULL DEFAULT '',  -- how it was made: command
  hints         TEXT NOT NULL DEFAULT '{}',-- the Hints of earlier messages that are kept, JSON
  tier          TEXT NOT NULL DEFAULT 'free', -- free, paid, enterprise: set with /tier
  created_ms    BIGINT NOT NULL
) WITHOUT ROWID;

CREATE TABLE reply (
  id            TEXT PRIMARY KEY,
  message       TEXT NOT NULL UNIQUE,      -- one delivery record for each answer
  conversation  TEXT NOT NULL,
  position      BIGINT NOT NULL,
  agent         TEXT NOT NULL,
  route         TEXT NOT NULL,             -- the decision with its reasons, JSON
  state         TEXT NOT NULL,             -- pending, attempting, delivered, failed, uncertain
  sending       BIGINT NOT NULL DEFAULT 0, -- 1 while a placeholder is under way whose id is not stored yet
  parts         TEXT NOT NULL DEFAULT '[]',-- platform ids of its placeholders, JSON
  text          TEXT,                      -- the final text, once settled
  joined        TEXT NOT NULL DEFAULT '[]',-- ids of further messages that it answers, JSON
  reused        TEXT NOT NULL DEFAULT '',  -- id of the kept answer that it repeats
  error         TEXT NOT NULL DEFAULT '',
  created_ms    BIGINT NOT NULL,
  settled_ms    BIGINT,
  delivered_ms  BIGINT
);
CREATE INDEX reply_conversation ON reply (conversation, position);

-- What a message leaves behind is cleared after some thousand messages, not after a fifth of a table of millions; and an
-- answer's text finds room beside its row, so that no index has to be written again.
-- postgresql
ALTER TABLE conversation SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 5000);
-- postgresql
ALTER TABLE message SET (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000);
-- postgresql
ALTER TABLE reply SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000);

CREATE TABLE kept_answer (
  id            TEXT PRIMARY KEY,          -- a digest of the question and of all that its answer depends on
  alike         TEXT NOT NULL,             -- the same for all wordings that surely ask this; empty: there is no such form
  near_first    TEXT NOT NULL,             -- keys by which wordings that differ in little are looked up; empty: none
  near_second   TEXT NOT NULL,
  near_third    TEXT NOT NULL,
  agent         TEXT NOT NULL,
  model         TEXT NOT NULL,             -- that made it
  tier          TEXT NOT NULL,
  message       TEXT NOT NULL,             -- for which it was made
  person        BIGINT NOT NULL,           -- the opaque number of who asked it
  question      TEXT NOT NULL,
  text          TEXT NOT NULL,
  cost_nusd     BIGINT NOT NULL,           -- what it cost when it was made
  made_ms       BIGINT NOT NULL,
  expires_ms    BIGINT NOT NULL
);
CREATE INDEX kept_answer_alike ON kept_answer (alike) WHERE alike <> '';
CREATE INDEX kept_answer_near_first ON kept_answer (near_first, made_ms) WHERE near_first <> '';
CREATE INDEX kept_answer_near_second ON kept_answer (near_second, made_ms) WHERE near_second <> '';
CREATE INDEX kept_answer_near_third ON kept_answer (near_third, made_ms) WHERE near_third <> '';
CREATE INDEX kept_answer_message ON kept_answer (message);
CREATE INDEX kept_answer_person ON kept_answer (person);
CREATE INDEX kept_answer_expires ON kept_answer (expires_ms);

CREATE TABLE press (
  id            TEXT PRIMARY KEY,          -- channel/account/event id: a press that comes again meets it
  at_ms         BIGINT NOT NULL
) WITHOUT ROWID;

CREATE INDEX press_at ON press (at_ms);

CREATE TABLE membership (
  conversation  TEXT PRIMARY KEY,          -- a chat that the bot was added to or removed from
  place         TEXT NOT NULL,             -- the Conversation value as JSON
  joined        BIGINT NOT NULL,           -- 1: it is in there
  by_person     TEXT NOT NULL,             -- channel/platform user id of who did it
  at_ms         BIGINT NOT NULL
);
CREATE INDEX membership_by ON membership (by_person);

CREATE TABLE feedback (
  reply         TEXT NOT NULL,
  person        BIGINT NOT NULL,           -- the opaque number
  value         TEXT NOT NULL,             -- good, bad, none
  words         TEXT NOT NULL DEFAULT '',  -- what was said of it with /feedback
  at_ms         BIGINT NOT NULL,
  PRIMARY KEY (reply, person)
);
CREATE INDEX feedback_person ON feedback (person);

CREATE TABLE orphan (
  id            TEXT PRIMARY KEY,
  reply         TEXT NOT NULL,
  conversation  TEXT NOT NULL,
  part          TEXT NOT NULL DEFAULT '',  -- its platform id where it is known
  reason        TEXT NOT NULL,
  at_ms         BIGINT NOT NULL
);
CREATE INDEX orphan_reply ON orphan (reply);

CREATE TABLE turn (
  message       TEXT NOT NULL,
  role          TEXT NOT NULL,             -- user, assistant
  conversation  TEXT NOT NULL,
  position      BIGINT NOT NULL,
  agent         TEXT NOT NULL,             -- its name; name@zone where it was bound to a residency zone
  text          TEXT NOT NULL,
  tokens        BIGINT NOT NULL,
  at_ms         BIGINT NOT NULL,
  PRIMARY KEY (conversation, position, role)
) WITHOUT ROWID;
CREATE INDEX turn_message ON turn (message);

CREATE TABLE recall (
  scope         BIGINT PRIMARY KEY,        -- stands for a conversation and an agent
  conversation  TEXT NOT NULL,
  upto_position BIGINT NOT NULL DEFAULT 0, -- turns at or before this position are indexed
  meant_position BIGINT NOT NULL DEFAULT 0,-- and by meaning, where that is done at all
  turns         BIGINT NOT NULL DEFAULT 0,
  terms         BIGINT NOT NULL DEFAULT 0, -- of all those turns
  language      TEXT NOT NULL DEFAULT ''   -- that was written last
);

CREATE INDEX recall_conversation ON recall (conversation);

CREATE TABLE recall_posting (
  scope         BIGINT NOT NULL,
  term          BIGINT NOT NULL,           -- stands for the word
  block         BIGINT NOT NULL,           -- of some thousand turns
  turns         BIGINT NOT NULL,           -- that have the term
  data          TEXT NOT NULL,             -- its postings, packed
  PRIMARY KEY (scope, term, block)
);

CREATE TABLE recall_vector (
  scope         BIGINT NOT NULL,
  block         BIGINT NOT NULL,           -- of sixteen turns
  data          TEXT NOT NULL,             -- their meaning, packed
  PRIMARY KEY (scope, block)
);

CREATE TABLE pin (
  conversation  TEXT NOT NULL,
  agent         TEXT NOT NULL,             -- as in turn
  id            TEXT NOT NULL,             -- in the order in which they were pinned
  person        BIGINT NOT NULL,           -- the opaque number of who pinned it
  text          TEXT NOT NULL,
  PRIMARY KEY (conversation, agent, id)
);
CREATE INDEX pin_person ON pin (person);

CREATE TABLE summary (
  conversation  TEXT NOT NULL,
  agent         TEXT NOT NULL,             -- as in turn
  context_from  BIGINT NOT NULL DEFAULT 0, -- the conversation's, when it was made: it counts for no other
  upto_position BIGINT NOT NULL DEFAULT 0, -- it stands for the turns up to this position
  text          TEXT NOT NULL DEFAULT '',
  made_by       TEXT NOT NULL DEFAULT '',  -- extract, or the model
  maker         TEXT NOT NULL DEFAULT '',  -- who is at work on the next one
  lease_ms      BIGINT NOT NULL DEFAULT 0, -- until when that is believed
  made_ms       BIGINT,
  PRIMARY KEY (conversation, agent)
);

CREATE TABLE budget (
  id            TEXT PRIMARY KEY,          -- scope/name/period/start, like agent/support-faq/month/2026-11-01
  scope         TEXT NOT NULL,             -- agent, person, chat, workspace, hub
  name          TEXT NOT NULL,
  period        TEXT NOT NULL,             -- day, week, month
  unit          TEXT NOT NULL,             -- of the amounts: nusd, tokens
  start_ms      BIGINT NOT NULL,
  end_ms        BIGINT NOT NULL,
  limit_amount  BIGINT NOT NULL,
  spent_amount  BIGINT NOT NULL DEFAULT 0,
  held_amount   BIGINT NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX budget_end ON budget (end_ms);

CREATE TABLE budget_change (
  key           TEXT PRIMARY KEY,          -- scope/name/period/unit: an admin's own limit, before that of the settings
  limit_amount  BIGINT NOT NULL,
  by_person     TEXT NOT NULL,             -- channel/platform user id
  at_ms         BIGINT NOT NULL
);

CREATE TABLE hold (
  id            TEXT PRIMARY KEY,
  state         TEXT NOT NULL,             -- held, settled, released, presumed, corrected
  outcome       TEXT NOT NULL DEFAULT '',  -- of a released one: the kind of error by which its call came to nothing
  fence         BIGINT NOT NULL,           -- of the claim that made it
  budgets       TEXT NOT NULL,             -- ids of the budgets it is held on, JSON
  made_ms       BIGINT NOT NULL,
  expires_ms    BIGINT NOT NULL,
  ended_ms      BIGINT,
  message       TEXT NOT NULL,             -- from here on: what its ledger row needs if the process dies
  conversation  TEXT NOT NULL,
  person        BIGINT NOT NULL,
  channel       TEXT NOT NULL,
  agent         TEXT NOT NULL,
  deployment    TEXT NOT NULL,
  region        TEXT NOT NULL,
  api           TEXT NOT NULL,
  model         TEXT NOT NULL,
  tier          TEXT NOT NULL,
  tier_why      TEXT NOT NULL DEFAULT '',  -- difficulty, asked, again, disliked, escalated, spent, failing
  kind          TEXT NOT NULL,
  input_tokens  BIGINT NOT NULL,           -- the bound
  output_tokens BIGINT NOT NULL,           -- the cap
  cost_nusd     BIGINT NOT NULL,           -- the worst case
  price         TEXT NOT NULL
);
CREATE INDEX hold_open ON hold (expires_ms) WHERE state = 'held';
-- Of one process so few are open that those of a message are found among them.
-- postgresql
CREATE INDEX hold_message ON hold (message) WHERE state = 'held';
CREATE INDEX hold_released ON hold (person) WHERE state = 'released';
CREATE INDEX hold_failed ON hold (ended_ms) WHERE outcome <> '';

-- postgresql
ALTER TABLE hold SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000);

CREATE TABLE ledger (
  id            TEXT PRIMARY KEY,          -- that of its hold, so one hold is never charged twice
  at_ms         BIGINT NOT NULL,
  hold          TEXT NOT NULL,
  message       TEXT NOT NULL,
  conversation  TEXT NOT NULL,
  person        BIGINT NOT NULL,
  channel       TEXT NOT NULL,
  agent         TEXT NOT NULL,
  deployment    TEXT NOT NULL,
  region        TEXT NOT NULL,
  api           TEXT NOT NULL,
  model         TEXT NOT NULL,
  tier          TEXT NOT NULL,
  tier_why      TEXT NOT NULL DEFAULT '',  -- difficulty, asked, again, disliked, escalated, spent, failing
  kind          TEXT NOT NULL,             -- answer, retry, hedge, escalation, summary, embedding, classification; reuse: no call
  input_tokens  BIGINT NOT NULL,
  cached_tokens BIGINT NOT NULL,
  cache_write_tokens BIGINT NOT NULL,
  output_tokens BIGINT NOT NULL,
  reasoning_tokens BIGINT NOT NULL,
  cache_write_1h_tokens BIGINT NOT NULL DEFAULT 0, -- of cache_write_tokens
  audio_input_tokens BIGINT NOT NULL DEFAULT 0,    -- these are of input_tokens or output_tokens, as their names say
  cached_audio_tokens BIGINT NOT NULL DEFAULT 0,   -- of audio_input_tokens and of cached_tokens
  audio_output_tokens BIGINT NOT NULL DEFAULT 0,
  image_input_tokens BIGINT NOT NULL DEFAULT 0,
  cached_image_tokens BIGINT NOT NULL DEFAULT 0,   -- of image_input_tokens and of cached_tokens
  image_output_tokens BIGINT NOT NULL DEFAULT 0,
  cost_nusd     BIGINT NOT NULL,
  held_nusd     BIGINT NOT NULL,
  price         TEXT NOT NULL,             -- the price that was used, JSON
  mark          TEXT NOT NULL,             -- '', estimated, presumed, overrun, correction, unpriced
  outcome       TEXT NOT NULL,             -- stop, length, or the kind of error
  took_ms       BIGINT NOT NULL,
  saved_nusd    BIGINT NOT NULL DEFAULT 0  -- of kind reuse: what the answer had cost when it was made
);
CREATE INDEX ledger_at ON ledger (at_ms);
CREATE INDEX ledger_person ON ledger (person, at_ms);

CREATE TABLE count_margin (
  model         TEXT PRIMARY KEY,
  permille      BIGINT NOT NULL            -- billed input over counted input, at the most so far
);

CREATE TABLE report (
  id            TEXT PRIMARY KEY,          -- period/first day, like week/2026-11-16
  kind          TEXT NOT NULL,             -- day, week, month
  label         TEXT NOT NULL,             -- first day of its period
  state         TEXT NOT NULL,             -- making, made, skipped (before the hub's first day)
  holder        TEXT NOT NULL,             -- the process that makes it
  lease_ms      BIGINT NOT NULL,           -- until when it is believed to be at work
  late          BIGINT NOT NULL DEFAULT 0, -- 1: it was due long before
  text          TEXT,                      -- once made
  made_ms       BIGINT
);
CREATE INDEX report_newest ON report (kind, label);

CREATE TABLE outgoing (
  source        TEXT NOT NULL,             -- what it belongs to: report/week/2026-11-16, or an alert and its beginning
  place         TEXT NOT NULL,             -- the destination as JSON: channel, account, workspace, chat
  text          TEXT NOT NULL,             -- Markdown
  files         TEXT NOT NULL,             -- beginning of the paths of the files beside it; empty: none
  state         TEXT NOT NULL,             -- pending, sending, delivered, failed, uncertain
  sent          BIGINT NOT NULL DEFAULT 0, -- parts of its text that stand in the chat
  lease_ms      BIGINT NOT NULL DEFAULT 0, -- while sending: until when its process is believed to be at work
  due_ms        BIGINT NOT NULL,           -- while pending: not before; else when it ended
  error         TEXT NOT NULL DEFAULT '',
  queued_ms     BIGINT NOT NULL DEFAULT 0, -- by the clock of then; later than now: it was set back since
  PRIMARY KEY (source, place)
);
CREATE INDEX outgoing_open ON outgoing (due_ms) WHERE state IN ('pending', 'sending');
CREATE INDEX outgoing_ended ON outgoing (due_ms) WHERE state IN ('failed', 'uncertain');
CREATE INDEX outgoing_over ON outgoing (due_ms) WHERE state NOT IN ('pending', 'sending');

CREATE TABLE alert (
  key           TEXT PRIMARY KEY,          -- what is wrong, and where
  text          TEXT NOT NULL,
  since_ms      BIGINT NOT NULL,
  seen_ms       BIGINT NOT NULL            -- when it was last true
);

CREATE TABLE used_once (
  id            TEXT PRIMARY KEY,          -- of a sign-in link
  at_ms         BIGINT NOT NULL
);
CREATE INDEX used_once_at ON used_once (at_ms);

CREATE TABLE invitation (
  id            TEXT PRIMARY KEY,          -- a digest of channel, account and code
  uses_left     BIGINT NOT NULL,
  made_ms       BIGINT NOT NULL,
  expires_ms    BIGINT NOT NULL
);
CREATE INDEX invitation_expires ON invitation (expires_ms);

CREATE TABLE guest (
  id            TEXT PRIMARY KEY,          -- channel/account/platform user id: let in by invitation
  invitation    TEXT NOT NULL,
  at_ms         BIGINT NOT NULL
);

CREATE TABLE stranger (
  id            TEXT PRIMARY KEY,          -- channel/account/chat
  told_ms       BIGINT NOT NULL DEFAULT 0, -- when they were last told that the hub is not for everyone
  tries         BIGINT NOT NULL DEFAULT 0, -- codes tried
  tries_from_ms BIGINT NOT NULL DEFAULT 0  -- since then
);
CREATE INDEX stranger_told ON stranger (told_ms);

CREATE TABLE rate_window (
  id            TEXT PRIMARY KEY,          -- who is limited: person/number, agent/name; and told/what/person
  used_ms       BIGINT NOT NULL,           -- when it was last written
  admitted      TEXT NOT NULL,             -- when the newest groups were admitted: 14 digits each, oldest first
  filled        BIGINT NOT NULL,           -- admitted in the newest group
  told_ms       BIGINT NOT NULL DEFAULT 0  -- when the person was last told that they must wait
) WITHOUT ROWID;
CREATE INDEX rate_window_used ON rate_window (used_ms);

CREATE TABLE provider_key (
  id            TEXT PRIMARY KEY,          -- a digest of the key
  requests_us   BIGINT NOT NULL,           -- when its bucket of requests is full again, microseconds since 1970
  tokens_us     BIGINT NOT NULL,           -- the same for tokens
  blocked_us    BIGINT NOT NULL DEFAULT 0, -- the provider takes nothing before
  used_ms       BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX provider_key_used ON provider_key (used_ms);

CREATE TABLE deployment_health (
  deployment    TEXT NOT NULL,
  process       TEXT NOT NULL,             -- that found it out
  state         TEXT NOT NULL,             -- open (its breaker), ejected
  why           TEXT NOT NULL,             -- the kind of the fault that opened it
  until_ms      BIGINT NOT NULL,           -- it is left alone so long
  at_ms         BIGINT NOT NULL,
  PRIMARY KEY (deployment, process)
);

CREATE TABLE fleet_state (
  process       TEXT PRIMARY KEY,
  at_ms         BIGINT NOT NULL,           -- when it showed this
  state         TEXT NOT NULL              -- the Sight value as JSON: its deployments and agents as it has them
);

CREATE TABLE override (
  key           TEXT PRIMARY KEY,          -- pause/AGENT (no name: the hub), model/AGENT/TIER, reload/
  value         TEXT NOT NULL,
  by_person     TEXT NOT NULL,             -- channel:platform user id
  at_ms         BIGINT NOT NULL
);

CREATE TABLE steering (
  id            BIGINT PRIMARY KEY,        -- one row: every claim carries its version
  version       BIGINT NOT NULL
);

CREATE TABLE audit (
  id            TEXT PRIMARY KEY,
  at_ms         BIGINT NOT NULL,
  by_person     TEXT NOT NULL,             -- channel:platform user id of the admin
  command       TEXT NOT NULL,
  arguments     TEXT NOT NULL,             -- without secrets; people other than the admin by opaque number
  conversation  TEXT NOT NULL
);
CREATE INDEX audit_at ON audit (at_ms);

CREATE TABLE confirmation (
  id            TEXT PRIMARY KEY,          -- conversation, person and command: one open question of each
  word          TEXT NOT NULL,
  arguments     TEXT NOT NULL,             -- what it is asked about
  expires_ms    BIGINT NOT NULL
);

CREATE TABLE handover (
  id            TEXT PRIMARY KEY,          -- a short code that people can type
  person        BIGINT NOT NULL,           -- the opaque number of who asked
  conversation  TEXT NOT NULL,
  place         TEXT NOT NULL,             -- the Conversation value as JSON
  since_ms      BIGINT NOT NULL
);

CREATE TABLE erasure (
  person        BIGINT PRIMARY KEY,        -- the opaque number of who is being forgotten
  at_ms         BIGINT NOT NULL
);

-- Processes side by side (PostgreSQL).

CREATE TABLE process (
  id            TEXT PRIMARY KEY,          -- made at its start; claims begin with it
  role          TEXT NOT NULL,             -- all, gateway, worker
  region        TEXT NOT NULL,             -- empty: it works for every one
  state         TEXT NOT NULL,             -- serving, draining
  version       TEXT NOT NULL,             -- of the program
  schema_number BIGINT NOT NULL,           -- the newest migration that it knows
  host          TEXT NOT NULL,             -- machine and process id
  started_ms    BIGINT NOT NULL,
  seen_ms       BIGINT NOT NULL            -- its last heartbeat
);

CREATE TABLE account_holder (
  id            TEXT PRIMARY KEY,          -- channel/account with one platform connection at a time
  process       TEXT NOT NULL,             -- who has it; empty: nobody
  since_ms      BIGINT NOT NULL
);

CREATE TABLE gate (
  account       TEXT NOT NULL,             -- channel/account
  chat          TEXT NOT NULL,             -- what the platform counts sends by; empty: the whole account
  due_us        BIGINT NOT NULL,           -- theoretical arrival of the next send, microseconds since 1970
  closed_us     BIGINT NOT NULL DEFAULT 0, -- the platform takes nothing before
  used_ms       BIGINT NOT NULL,
  PRIMARY KEY (account, chat)
) WITHOUT ROWID;
CREATE INDEX gate_closed ON gate (closed_us) WHERE closed_us > 0;

CREATE TABLE note (
  id            TEXT PRIMARY KEY,          -- channel/account/what: left by one process of an account for the others
  value         TEXT NOT NULL,
  expires_ms    BIGINT NOT NULL
);
CREATE INDEX note_expires ON note (expires_ms);
