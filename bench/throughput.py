"""How many messages a second a bot answers on one core, and what each costs it: the world on another core."""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parents[1]
Addresses = Mapping[str, str]
"""Of the world: `platform`, `model`, and on Discord `gateway`."""
BotCommand = Sequence[str] | Callable[[Addresses], Sequence[str]]
"""The command line, where `{platform}`, `{model}` and so on stand for the addresses; or made from these."""
ADDRESSES = ("--platform", "{platform}", "--model", "{model}")


def measure(
    bot_command: BotCommand,
    *,
    platform: str = "telegram",
    people: int = 100,
    messages: int = 20,
    warmup: int = 2,
    chunks: int = 20,
    first_s: float = 0.0,
    between_s: float = 0.0,
    spread_s: float = 0.0,
    bot_cpu: int | None = 0,
    world_cpu: int | None = 1,
    timeout_s: float = 120.0,
    env: dict[str, str] | None = None,
) -> dict[str, Any]:
    """The world's figures (see bench/world.py) with `cpu_ms_a_message` and `rss_mb` of the bot and its children.

    Raises RuntimeError where the bot ends by itself or the world gives no figures.
    """
    options = {"people": people, "messages": messages, "warmup": warmup, "chunks": chunks, "timeout": timeout_s}
    options |= {"first-s": first_s, "between-s": between_s, "spread-s": spread_s, "platform": platform}
    if world_cpu is not None and world_cpu < (os.cpu_count() or 1):
        options["cpu"] = world_cpu
    command = [sys.executable, "-m", "bench.world", "--stay", *(f"--{name}={value}" for name, value in options.items())]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as world:
        bot: subprocess.Popen[bytes] | None = None
        try:
            addresses = _line(world)
            bot = _start(bot_command, addresses, bot_cpu, env)
            if _line(world)["event"] != "measuring":
                raise RuntimeError("The bot did not answer the warm-up.")
            before = _cpu_s(bot)
            figures = _line(world)
            spent = _cpu_s(bot) - before
            figures["cpu_ms_a_message"] = round(spent * 1000 / max(1, figures["messages"]), 3)
            figures["rss_mb"] = round(sum(p.memory_info().rss for p in _family(bot)) / 1e6, 1)
            figures["anonymous_mb"] = round(sum(_anonymous(p) for p in _family(bot)) / 1e6, 1)
            figures.pop("event")
            return figures
        finally:
            _stop(bot)
            world.terminate()


def _start(
    command: BotCommand, addresses: Addresses, cpu: int | None, env: dict[str, str] | None
) -> subprocess.Popen[bytes]:
    words = command(addresses) if callable(command) else command
    filled = [_filled(word, addresses) for word in words]
    bot = subprocess.Popen(filled, cwd=ROOT, env=None if env is None else {**os.environ, **env})
    if cpu is not None:
        # Before it has threads or children, which inherit it.
        psutil.Process(bot.pid).cpu_affinity([cpu])
    return bot


def _filled(word: str, addresses: Addresses) -> str:
    for name, address in addresses.items():
        word = word.replace(f"{{{name}}}", address)
    return word


def _line(world: subprocess.Popen[str]) -> dict[str, Any]:
    assert world.stdout is not None
    line = world.stdout.readline()
    if not line:
        raise RuntimeError("The world ended without figures; its errors stand above.")
    said: dict[str, Any] = json.loads(line)
    return said


def _family(bot: subprocess.Popen[bytes]) -> list[psutil.Process]:
    if bot.poll() is not None:
        raise RuntimeError(f"The bot ended by itself with {bot.returncode}.")
    process = psutil.Process(bot.pid)
    return [process, *process.children(recursive=True)]


def _cpu_s(bot: subprocess.Popen[bytes]) -> float:
    return sum(times.user + times.system for times in (p.cpu_times() for p in _family(bot)))


def _anonymous(process: psutil.Process) -> int:
    """Bytes that are no page of a file."""
    memory = process.memory_info()
    return int(memory.rss - getattr(memory, "shared", 0))


def _stop(bot: subprocess.Popen[bytes] | None) -> None:
    if bot is None:
        return
    bot.terminate()
    try:
        bot.wait(20)
    except subprocess.TimeoutExpired:
        bot.kill()
        bot.wait()


def bare_bot(transport: str) -> list[str]:
    """The command of a bare bot to compare with; `httpx` or `aiohttp`."""
    return [sys.executable, "-m", "bench.bare_bot", "--transport", transport, *ADDRESSES]


def main() -> None:
    parser = argparse.ArgumentParser(description="Throughput of the bare bots.")
    parser.add_argument("--people", type=int, default=100)
    parser.add_argument("--messages", type=int, default=20)
    given = parser.parse_args()
    for transport in ("httpx", "aiohttp"):
        figures = measure(bare_bot(transport), people=given.people, messages=given.messages)
        print(json.dumps({"bot": f"bare, {transport}", **figures}))


if __name__ == "__main__":
    main()
