"""The page and its files: a template, a style sheet and a few scripts, held in memory."""

import gzip
import hashlib
from importlib import resources
from typing import Any

import jinja2
import msgspec
from starlette.responses import HTMLResponse, Response

MEDIA_TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
A_YEAR = "public, max-age=31536000, immutable"


class Look(msgspec.Struct, frozen=True):
    """What the page tells people about the hub."""

    hub_name: str
    regions: tuple[tuple[str, str], ...] = ()
    """Name and label of each region that a person may say to be in."""
    practice: str = ""
    """A sentence where answers come from a practice model; empty: they do not."""
    suggestions: tuple[str, ...] = ()
    """Questions to begin with."""


class Page:
    """Renders the page, serves its files. Their path holds a hash of all of them, so browsers may keep them."""

    def __init__(self, look: Look) -> None:
        here = resources.files("channels.web")
        self._look = look
        self._files = {
            file.name: file.read_bytes()
            for file in sorted(here.joinpath("static").iterdir(), key=lambda file: file.name)
            if file.name.rpartition(".")[2] in MEDIA_TYPES
        }
        self._packed = {name: gzip.compress(content, mtime=0) for name, content in self._files.items()}
        self._version = hashlib.sha256(b"".join(self._files.values())).hexdigest()[:16]
        template = here.joinpath("templates", "page.html").read_text(encoding="utf-8")
        self._template = jinja2.Environment(autoescape=True).from_string(template)

    @property
    def weight(self) -> int:
        """Bytes of all files as they travel, without the page itself."""
        return sum(map(len, self._packed.values()))

    def html(self, *, browser: str, **about: Any) -> HTMLResponse:
        """The page for one browser; `about` is what its scripts are told beside its id and the look."""
        look = msgspec.json.encode({**msgspec.to_builtins(self._look), "browser": browser, **about}).decode()
        scripts = [name for name in self._files if name.endswith(".js")]
        return HTMLResponse(
            self._template.render(
                look=self._look, about=look, browser=browser, static=f"/static/{self._version}", scripts=scripts
            )
        )

    def file(self, version: str, name: str, *, packed: bool) -> Response | None:
        """One file, with gzip where `packed`, or None. Asked for under an older version, it is served and not kept."""
        content = (self._packed if packed else self._files).get(name)
        if content is None:
            return None
        headers = {"cache-control": A_YEAR if version == self._version else "no-store", "vary": "accept-encoding"}
        if packed:
            headers["content-encoding"] = "gzip"
        return Response(content, media_type=MEDIA_TYPES[name.rpartition(".")[2]], headers=headers)
