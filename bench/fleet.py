"""What a message costs a fleet: a gateway with one worker or two, in turns, over one real PostgreSQL.

`python -m bench.fleet`. CPU is summed over the hub's processes, idle looks and heartbeats included; PostgreSQL's own
and the world's are told beside it. The warm-up is long, since each connection learns each statement for itself, and
PostgreSQL plans the first five runs of each anew. Conversations are so short that nothing of them is recalled: what
that costs, by words or with the extra `embeddings`, `bench.recall` tells.

A message costs a process less the more it has to do: it takes more at each look, and its caches are warmer. So there
are two ratios: two workers against one that has as much to do as each of them, with half the people; and against one
that does alone what they share. The first is what growing costs, the second what a worker costs that was not needed.
At some 100 messages a second none of them is full.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import psutil

from bench import machine
from bench.hub_under_test import SECRETS, command, write_settings
from bench.throughput import ROOT
from tests.postgres import PostgresqlServer, running_server

ALLOWED = 1.10
"""CPU a message with two workers, of that with one."""
REGION = "here"


class Part:
    """A process and what it has used since it was last asked."""

    def __init__(self, role: str, process: subprocess.Popen[bytes]) -> None:
        self.role = role
        self._process = process
        self._before = 0.0
        self.used_s()

    def used_s(self) -> float:
        """Seconds of CPU, of its children as well. Raises RuntimeError where it ended."""
        if self._process.poll() is not None:
            raise RuntimeError(f"The {self.role} ended by itself with {self._process.returncode}.")
        before, self._before = self._before, _cpu_s(psutil.Process(self._process.pid))
        return self._before - before


def measure(server: PostgresqlServer, workers: int, options: dict[str, Any]) -> dict[str, Any]:
    """The world's figures, with milliseconds of CPU a message by role. Raises RuntimeError."""
    database = server.url(asyncio.run(server.create_migrated()))
    postmaster = psutil.Process(server.pid)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        world = stack.enter_context(_world(options))
        where = json.loads(_line(world))
        settings = write_settings(folder, telegram=where["platform"], model=where["model"], database=database)
        roles = ["gateway", *["worker"] * workers]
        parts = [Part(role, stack.enter_context(_member(settings, role))) for role in roles]
        if json.loads(_line(world))["event"] != "measuring":
            raise RuntimeError("The fleet did not answer the warm-up.")
        before = _cpu_s(postmaster)
        for part in parts:
            part.used_s()
        figures: dict[str, Any] = json.loads(_line(world))
        used = [(part.role, part.used_s()) for part in parts]
        each = 1000 / max(1, figures["messages"])
        figures["hub_ms"] = sum(seconds for _, seconds in used) * each
        figures["gateway_ms"] = sum(seconds for role, seconds in used if role == "gateway") * each
        figures["worker_ms"] = [round(seconds * each, 3) for role, seconds in used if role == "worker"]
        figures["postgresql_ms"] = (_cpu_s(postmaster) - before) * each
        return figures


@contextmanager
def _world(options: dict[str, Any]) -> Iterator[subprocess.Popen[str]]:
    words = [sys.executable, "-m", "bench.world", "--stay", *(f"--{name}={value}" for name, value in options.items())]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) as world:
        try:
            yield world
        finally:
            world.terminate()


@contextmanager
def _member(settings: Path, role: str) -> Iterator[subprocess.Popen[bytes]]:
    words: Sequence[str] = [*command(sys.executable, settings), "--role", role, "--region", REGION, "--listen", ""]
    with subprocess.Popen(words, cwd=ROOT, env={**os.environ, **SECRETS}, stderr=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.kill()


def _line(world: subprocess.Popen[str]) -> str:
    assert world.stdout is not None
    if line := world.stdout.readline():
        return line
    raise RuntimeError("The world ended without figures; its errors stand above.")


def _cpu_s(process: psutil.Process) -> float:
    """Of the process, its children, and those of them that have ended."""
    own = process.cpu_times()
    below = (child.cpu_times() for child in process.children(recursive=True))
    return own.children_user + own.children_system + sum(t.user + t.system for t in (own, *below))


def _row(way: str, figures: dict[str, Any]) -> str:
    return (
        f"{way:24} {figures['hub_ms']:6.3f} ms CPU a message"
        f"  (gateway {figures['gateway_ms']:.3f}, workers {figures['worker_ms']})"
        f"  PostgreSQL {figures['postgresql_ms']:.3f}"
        f"  world {figures['world_cpu_ms_a_message']:.3f}  {figures['messages_a_second']:6.1f} messages/s"
        f"  whole p50 {figures['whole_ms']['p50']:.0f} p99 {figures['whole_ms']['p99']:.0f} ms"
        f"  unanswered {figures['unanswered']}  twice {figures['answered_twice']}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=240, help="of two workers, and of the one that does as much")
    parser.add_argument("--messages", type=int, default=8, help="of each person")
    parser.add_argument("--warmup", type=int, default=5, help="of each person, before")
    parser.add_argument("--between-s", type=float, default=0.1, help="seconds between two pieces of an answer")
    parser.add_argument("--spread-s", type=float, default=3.0, help="seconds within which everyone begins")
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    options = {"messages": given.messages, "warmup": given.warmup}
    options |= {"between-s": given.between_s, "spread-s": given.spread_s}
    ways = {
        "1 worker, half of it": (1, given.people // 2),
        "1 worker": (1, given.people),
        "2 workers": (2, given.people),
    }
    costs: dict[str, list[float]] = {way: [] for way in ways}
    print(machine.measure())
    with running_server() as server:
        for _ in range(given.runs):
            for way, (workers, people) in ways.items():
                figures = measure(server, workers, {**options, "people": people})
                costs[way].append(figures["hub_ms"])
                print(_row(way, figures), flush=True)
    half, one, two = (median(each) for each in costs.values())
    print(
        f"medians: {half:.3f}, {one:.3f} and {two:.3f} ms; two workers to one that has as much to do as each of them:"
    )
    print(
        f"  {two / half:.3f} ({'within' if two <= half * ALLOWED else 'above'} {ALLOWED}); to one that does it alone:"
    )
    print(f"  {two / one:.3f} ({'within' if two <= one * ALLOWED else 'above'} {ALLOWED})")


if __name__ == "__main__":
    main()
