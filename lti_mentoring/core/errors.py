"""What can go wrong, in the field's words. Which HTTP status that is, the edge decides."""


class MentoringError(Exception):
    """Base of everything that a person may be told about."""


class NotFound(MentoringError):
    """It does not exist, or is not in the actor's course; the caller cannot tell which."""

    def __init__(self, noun: str, key: object = None) -> None:
        super().__init__(f"{noun} {key}" if key is not None else noun)
        self.noun = noun
        self.key = key


class NotAllowed(MentoringError):
    """The actor may not do this; ``act`` completes the sentence "You may not …"."""

    def __init__(self, act: str) -> None:
        super().__init__(f"may not {act}")
        self.act = act


class Conflict(MentoringError):
    """The act was right a moment ago and no longer is."""


class Stale(Conflict):
    """Somebody else changed the same thing since the page was opened."""


class MentorFull(Conflict):
    """Every place this mentor offers is taken."""


class AlreadyPaired(Conflict):
    """The learner has a mentor already."""


class AlreadyAsked(Conflict):
    """This mentor has been asked already and has not answered yet."""


class GroupsApart(Conflict):
    """The program pairs people by their groups, and the groups of these two do not allow it."""


class SignInMissing(MentoringError):
    """The request proves no sign-in that still holds."""


class LaunchRefused(MentoringError):
    """A login or launch that is not let in.

    ``code`` is short, stable and safe to show; ``reason`` is for the log and the
    administrator and holds no personal data.
    """

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(f"{code}: {reason}")
        self.code = code
        self.reason = reason


class AwaitingActivation(LaunchRefused):
    """The launch is genuine, but an administrator has not approved its deployment yet."""


class NotAMember(LaunchRefused):
    """The launch is genuine, but names no person of a course; the page explains, no account."""


class RegistrationRefused(MentoringError):
    """A platform that cannot be registered like this.

    ``code`` is short and stable; ``reason`` is for the administrator. ``said`` is what the
    platform itself answered, if it did.
    """

    def __init__(self, code: str, reason: str, said: str = "") -> None:
        super().__init__(f"{code}: {reason}")
        self.code = code
        self.reason = reason
        self.said = said


class AddressRefused(MentoringError):
    """An outgoing request to an address that the tool does not talk to."""


class PlatformUnavailable(MentoringError):
    """The LMS gave no usable answer; trying again later may help.

    ``retry_after_seconds`` is what the LMS asked for, if it did.
    """

    def __init__(self, reason: str, retry_after_seconds: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after_seconds = retry_after_seconds


class PlatformRefused(MentoringError):
    """The LMS said no, and asking again unchanged will not help; ``status`` is its HTTP status."""

    def __init__(self, reason: str, status: int) -> None:
        super().__init__(f"{status}: {reason}")
        self.reason = reason
        self.status = status
