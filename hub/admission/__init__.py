"""Who may speak: bots, lists, invitations, and what stops two machines from talking to each other for ever."""

from hub.admission.access import Standing, is_owner, known_standing
from hub.admission.admit import Admission
from hub.admission.invitations import code_in, new_code
from hub.admission.verdict import Verdict

__all__ = ["Admission", "Standing", "Verdict", "code_in", "is_owner", "known_standing", "new_code"]
