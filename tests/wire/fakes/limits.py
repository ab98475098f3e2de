"""The platform's rate limits, as leaking buckets."""

import math


class Limits:
    """Sends a second, in a chat and over all. `scale` makes the whole platform so many times faster.

    A bucket holds a short burst, as the platform's own do.
    """

    def __init__(self, *, overall: float = 30.0, chat: float = 1.0, burst_s: float = 3.0, scale: float = 1.0) -> None:
        self._overall = overall * scale
        self._chat = chat * scale
        self._burst_s = burst_s / scale
        self._whole_seconds = scale == 1.0
        self._free_at: dict[int | None, float] = {}
        self.refused = 0

    def take(self, chat: int, now: float) -> float:
        """Seconds to wait, or 0 where the send is taken."""
        places = ((None, self._overall), (chat, self._chat))
        wait = max(self._free_at.get(place, 0.0) - self._burst_s - now for place, _ in places)
        if wait > 0:
            self.refused += 1
            return math.ceil(wait) if self._whole_seconds else round(wait + 0.001, 3)
        for place, rate in places:
            self._free_at[place] = max(self._free_at.get(place, 0.0), now) + 1 / rate
        return 0
