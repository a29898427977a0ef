"""What has changed in a roster since it was last handed out (NRPS 2.0, 2.4.3)."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from threading import RLock

from lti_mentoring.sandbox.world import opaque_id

MOST_KEPT = 200
DELETED = "Deleted"

Member = dict[str, object]


class RosterMemory:
    """Rosters as they were handed out, by the names in the addresses that ask for changes."""

    def __init__(self, lock: RLock) -> None:
        self._lock = lock
        self._kept: OrderedDict[str, Mapping[str, Member]] = OrderedDict()
        self._made = 0

    def keep(self, members: Sequence[Member]) -> str:
        """Remember a roster; its name. The oldest ones are forgotten."""
        with self._lock:
            self._made += 1
            name = opaque_id("roster", self._made, 16)
            self._kept[name] = {str(member["user_id"]): member for member in members}
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
            return name

    def changes_since(self, name: str, now: Sequence[Member]) -> list[Member] | None:
        """Who was added, changed or deleted since then; null if that is forgotten."""
        with self._lock:
            before = self._kept.get(name)
        if before is None:
            return None
        present = {str(member["user_id"]) for member in now}
        changed = [each for each in now if before.get(str(each["user_id"])) != each]
        gone = [
            {"user_id": person, "roles": member["roles"], "status": DELETED}
            for person, member in before.items()
            if person not in present
        ]
        return [*changed, *gone]
