"""The family of errors: what a person sees is one sentence with the remedy; what a machine sees has the cause."""


class TrunklineError(Exception):
    """Something went wrong in the hub."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip().splitlines()[0])
