"""A platform's SDK costs half a second and tens of megabytes: only a channel that is on may import it."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.unit

WEB_ONLY = """
[hub]
name = "Acme"
timezone = "UTC"
default_region = "here"
[channels.web]
listen = "127.0.0.1:0"
[regions.here]
location = "Europe/London"
residency = "none"
[agents.desk]
prompt = "desk.md"
serves = ["web"]
[[agents.desk.deployments]]
region = "here"
api = "faq"
"""
PROGRAM = """
import os, sys
from pathlib import Path
import hub.accounts
import hub.app
from hub.clock import SystemClock
settings = hub.app.read_settings(Path(sys.argv[1]), os.environ, SystemClock())
channels = hub.accounts.channels_of(settings, None, SystemClock())
print(*(f"on:{name}" for name, _ in channels), *sys.modules, sep="\\n")
"""


def test_no_sdk_of_a_channel_that_is_off_is_imported(tmp_path: Path) -> None:
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts" / "desk.md").write_text("You answer.\n", encoding="utf-8")
    (tmp_path / "prompts" / "desk.faq.md").write_text("## When are you open?\n\nFrom nine to six.\n", encoding="utf-8")
    path = tmp_path / "regions.toml"
    path.write_text(WEB_ONLY, encoding="utf-8")

    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(path)],
        cwd=Path(__file__).parent.parent,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert ran.returncode == 0, ran.stderr
    modules = set(ran.stdout.split("\n"))
    assert {"on:web", "hub.app", "channels.web.channel"} <= modules
    heavy = {"telegram", "discord", "slack_bolt", "slack_sdk", "matplotlib", "xllamacpp", "asyncpg"}
    assert not modules & heavy
