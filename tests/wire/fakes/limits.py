"""The platform's rate limits, as leaking buckets."""

import math


class Limits:
    """Sends a second, in a chat and over all. `scale` makes the whole platform so many times faster.

    A bucket holds a short burst, as the platform's own do.
    """

    def __init__(
        self,
        *,
        overall: float = 30.0,
        chat: float = 1.0,
        group: float | None = None,
        burst_s: float = 3.0,
        scale: float = 1.0,
    ) -> None:
        """`group`: where the id is negative; in a group a burst is as many sends as in a private chat."""
        self._overall = overall * scale
        self._chat = chat * scale
        self._group = (chat if group is None else group) * scale
        self._burst_sends = burst_s * chat
        self._burst_s = burst_s / scale
        self._whole_seconds = scale == 1.0
        self._free_at: dict[int | None, float] = {}
        self.refused = 0

    def take(self, chat: int, now: float) -> float:
        """Seconds to wait, or 0 where the send is taken."""
        own = self._group if chat < 0 else self._chat
        places = ((None, self._overall, self._burst_s), (chat, own, self._burst_sends / own))
        wait = max(self._free_at.get(place, 0.0) - burst_s - now for place, _, burst_s in places)
        if wait > 0:
            self.refused += 1
            return math.ceil(wait) if self._whole_seconds else round(wait + 0.001, 3)
        for place, rate, _ in places:
            self._free_at[place] = max(self._free_at.get(place, 0.0), now) + 1 / rate
        return 0
