"""One process of a fleet: started with its role, killed, started again."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import psutil

from tests.wire.hub_process import DEFECTS, ROOT


class Member:
    """A gateway or a worker on the settings; every process of its place in the fleet writes to the same log."""

    def __init__(
        self, settings: Path, role: str, region: str, name: str, environment: Mapping[str, str], listen: str = ""
    ) -> None:
        self.role = role
        self.region = region
        self.name = name
        self.log = settings.parent / f"{name}.log"
        words = [sys.executable, "-m", "hub", "run", "--config", str(settings), "--role", role, "--listen", listen]
        self._words = [*words, "--region", region] if region else words
        self._environment = {**os.environ, **environment, "PYTHONWARNINGS": "default::ResourceWarning"}
        self._process: subprocess.Popen[bytes] | None = None
        self.kills = 0

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(self._words, cwd=ROOT, env=self._environment, stdout=log, stderr=log)

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """SIGKILL: it runs not one more instruction."""
        self.kills += 1
        self.signal(signal.SIGKILL)

    def signal(self, number: signal.Signals) -> None:
        assert self._process
        self._process.send_signal(number)

    def cpu_s(self) -> float:
        assert self._process
        times = psutil.Process(self._process.pid).cpu_times()
        return round(times.user + times.system, 2)

    async def ended(self, within_s: float = 60.0) -> int:
        """Its exit code. Raises subprocess.TimeoutExpired."""
        assert self._process
        return await asyncio.to_thread(self._process.wait, within_s)

    def end(self) -> None:
        """Whatever state it is in: it is gone afterwards."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def text(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""

    def defects(self) -> list[str]:
        """Lines of the log that tell of a defect."""
        return [line for line in self.text().splitlines() if any(defect in line for defect in DEFECTS)]

    async def said(self, words: str, within_s: float = 60.0) -> None:
        """Until the log has these words. Raises TimeoutError, AssertionError where the process ended."""
        until = time.monotonic() + within_s
        while words not in self.text():
            assert self.running, self.text()[-2000:]
            if time.monotonic() > until:
                raise TimeoutError(f"{self.name} never said {words!r}: {self.text()[-2000:]}")
            await asyncio.sleep(0.05)
