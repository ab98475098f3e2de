"""A long answer as a model writes one: 30,000 characters with nested lists, three tables and long code."""

from itertools import cycle, islice

_SENTENCES = (
    "The old region keeps serving until the new one has answered **every** probe for ten minutes.",
    "Watch `replication_lag_seconds`; above 5 it is too early to switch.",
    "Nothing is deleted on the way, so each step can be taken back.",
    "If a step fails, read its log before you repeat it: most failures are *a missing right*.",
    "The [runbook](https://docs.example.com/regions/runbook) has the same steps with screenshots.",
    "People notice a short pause of writes, reads go on.",
    "Two people should be there: one who types and one who watches the graphs.",
    "Costs rise by about 40 % while both regions run, so do not leave it over a weekend.",
)
_LAST = "Ask @here or <@everyone> if it is unclear: a < b && c > d, ~~maybe~~ ||soon||."
_STEPS = ("Prepare", "Copy", "Compare", "Switch", "Watch", "Clean up")
_REGIONS = (("eu-west", 12, 3), ("eu-north", 9, 2), ("us-east", 41, 7), ("ap-south", 88, 11))


def _prose(start: int, sentences: int) -> str:
    return " ".join(islice(cycle(_SENTENCES), start, start + sentences))


def _nested(step: str, number: int) -> str:
    return f"""\
1. **{step} the database**
   - Take a snapshot and note its number.
   - Check the rights of the role `mover_{number}`:
     - it may read all schemas,
     - it may write only to the new region,
       and never to the old one.
   - {_prose(number, 2)}
2. **{step} the queues**

   Consumers come first, producers after them.

   ```bash
   queue pause --name orders-{number}
   queue drain --name orders-{number} --wait 30s
   ```
3. **{step} the front**
   - [x] announce it
   - [ ] lower the time to live to 60 s
   - [ ] {_prose(number + 3, 1)}"""


def _narrow() -> str:
    rows = "\n".join(f"| {name} | {latency} | {lag} |" for name, latency, lag in _REGIONS)
    return f"| Region | ms | Lag s |\n|:--|--:|--:|\n{rows}"


def _wide() -> str:
    rows = "\n".join(
        f"| {name} | {_prose(latency, 1)} | {'yes' if lag < 5 else '**not yet**'} |" for name, latency, lag in _REGIONS
    )
    return f"| Region | What is known of it | Ready |\n|---|---|:-:|\n{rows}"


def _linked() -> str:
    rows = "\n".join(f"| {name} | [graph](https://graphs.example.com/{name}) |" for name, *_ in _REGIONS)
    return f"| Region | Where to look |\n|---|---|\n{rows}"


def _code(functions: int) -> str:
    body = "\n\n\n".join(
        f'''def compare_{number}(old: Table, new: Table) -> list[Difference]:
    """Rows of shard {number} that differ."""
    found = []
    for key, row in old.items():
        if new.get(key) != row:  # <- missing or changed
            found.append(Difference(key, row, new.get(key)))
    return found[:{number * 100}]'''
        for number in range(1, functions + 1)
    )
    return f"```python\nfrom mover import Difference, Table\n\n\n{body}\n```"


def answer() -> str:
    """The answer's Markdown."""
    parts = ["# Moving a service to another region", _prose(0, 5), "## Where things stand", _narrow(), _prose(2, 4)]
    parts += ["> **Note** A region is *ready* only when its row says so.\n>\n> - ask before you switch\n> - then wait"]
    parts += [_wide(), _prose(1, 6)]
    for number, step in enumerate(_STEPS, 1):
        parts += [f"## {number}. {step}", _prose(number, 7), _nested(step, number), f"### After step {number}"]
        parts += [_prose(number + 2, 9), "---"]
    parts += ["## The comparison in full", "It takes one shard after the other:", _code(26), _prose(5, 8)]
    parts += [
        "## Where to look",
        _linked(),
        "Ask @here or <@everyone> if it is unclear: a < b && c > d, ~~maybe~~ ||soon||.",
    ]
    filling = (f"#### Remark {number}\n\n{_prose(number, 6)}" for number in range(1, 100))
    text = "\n\n".join(parts)
    while len(text) < 30_000:
        text += "\n\n" + next(filling)
    return text
