"""Server-sent events, taken apart as the bytes come: linear in their length, whatever the borders of the chunks."""

EVENT_BYTES = 1 << 20
"""Real events carry a few hundred bytes; a whole answer in one of them stays below a hundred kilobytes."""


class EventTooLong(ValueError):
    """One event is longer than any real one."""


class Events:
    """Collects chunks; `feed` gives the data of each event that a chunk completes."""

    __slots__ = ("_after_cr", "_data", "_data_bytes", "_partial", "_partial_bytes", "_started")

    def __init__(self) -> None:
        self._partial: list[bytes] = []
        self._data: list[bytes] = []
        self._partial_bytes = 0
        self._data_bytes = 0
        self._after_cr = False
        self._started = False

    def feed(self, chunk: bytes) -> list[bytes]:
        """The data of the events that end in this chunk, in order; several data lines of one are joined by newlines.

        Raises EventTooLong.
        """
        if self._after_cr:  # CR LF on the border of two chunks is one line end
            chunk = chunk.removeprefix(b"\n")
        self._after_cr = chunk.endswith(b"\r")
        if b"\n" not in chunk and b"\r" not in chunk:
            self._keep(chunk)
            return []
        if self._partial:
            chunk = b"".join((*self._partial, chunk))
            self._partial.clear()
            self._partial_bytes = 0
        lines = chunk.splitlines()
        rest = b"" if chunk.endswith((b"\n", b"\r")) else lines.pop()
        events = self._dispatch(lines)
        self._keep(rest)
        return events

    def rest(self) -> list[bytes]:
        """What a stream that has ended leaves: the data of a last event that lacks its blank line."""
        lines = b"".join(self._partial).splitlines()
        self._partial.clear()
        return self._dispatch([*lines, b""])

    def _keep(self, partial: bytes) -> None:
        self._partial_bytes += len(partial)
        if self._partial_bytes + self._data_bytes > EVENT_BYTES:
            raise EventTooLong
        if partial:
            self._partial.append(partial)

    def _dispatch(self, lines: list[bytes]) -> list[bytes]:
        if not self._started and lines:
            self._started = True
            lines[0] = lines[0].removeprefix(b"\xef\xbb\xbf")
        events: list[bytes] = []
        data = self._data
        for line in lines:
            if not line:
                if data:
                    events.append(data[0] if len(data) == 1 else b"\n".join(data))
                    data.clear()
                    self._data_bytes = 0
            elif line.startswith(b"data:"):
                data.append(line[6:] if line.startswith(b"data: ") else line[5:])
                self._data_bytes += len(line)
        return events
