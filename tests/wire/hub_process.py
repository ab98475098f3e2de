"""The real hub as a child process: started, told to end, or killed."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from bench.hub_under_test import SECRETS, command

ROOT = Path(__file__).resolve().parents[2]
DEFECTS = ("Traceback", "never retrieved", "never awaited", "Task was destroyed", "ResourceWarning")
"""What a log must not contain, whatever happened to the process or to its connections."""


class HubProcess:
    """One hub at a time on the same settings; all of them write to the same log."""

    def __init__(self, settings: Path, environment: Mapping[str, str] = SECRETS) -> None:
        self._settings = settings
        self._environment = {**os.environ, **environment, "PYTHONWARNINGS": "default::ResourceWarning"}
        self.log = settings.parent / "hub.log"
        self._process: subprocess.Popen[bytes] | None = None
        self.started_s = 0.0
        """When the newest process was started, on the monotonic clock."""

    def start(self, stdin: int | None = None) -> None:
        """`stdin`: what the console channel reads; nobody types otherwise."""
        assert not self.running
        words = command(sys.executable, self._settings)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                words, cwd=ROOT, env=self._environment, stdin=stdin, stdout=log, stderr=log
            )
        self.started_s = time.monotonic()

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """SIGKILL: it runs not one more instruction."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """SIGTERM: it may finish what it has begun."""
        if self._process is not None:
            self._process.terminate()

    async def ended(self, within_s: float = 60.0) -> int:
        """Its exit code. Raises subprocess.TimeoutExpired."""
        assert self._process is not None
        return await asyncio.to_thread(self._process.wait, within_s)

    def end(self) -> None:
        """Whatever state it is in: it is gone afterwards."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def defects(self) -> list[str]:
        """Lines of the log that tell of a defect."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines() if self.log.exists() else []
        return [line for line in lines if any(defect in line for defect in DEFECTS)]
