"""The LMS's temper: the ways in which it can be told to misbehave."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

ALWAYS = -1


class UnknownMood(ValueError):
    """A switch that does not exist, or a value it cannot take."""


@dataclass
class Temper:
    """Every switch at rest. Counters say for how many calls; ``ALWAYS`` until told otherwise.

    ``slow_seconds`` holds up token requests and service calls; ``errors``, ``throttles`` and
    ``expired_tokens`` concern service calls only, so that a count does not depend on
    whether the tool happened to need a token.
    """

    slow_seconds: float = 0.0
    errors: int = 0
    token_errors: int = 0
    throttles: int = 0
    retry_after_seconds: int = 2
    expired_tokens: int = 0
    refuse_scores: str = ""
    withhold_names: bool = False
    withhold_email: bool = False
    withhold_nrps: bool = False
    withhold_ags: bool = False
    nrps_page_size: int = 0
    mixed_roles: bool = False
    unknown_roles: bool = False
    clock_skew_seconds: int = 0
    maintenance: bool = False
    calls_a_minute: int = 0
    tell_differences: bool = False
    forget_differences: bool = False
    hide_deleted: bool = False

    def spend(self, counter: str) -> bool:
        """Whether this call is to suffer; a counted one is used up by asking."""
        left: int = getattr(self, counter)
        if left > 0:
            setattr(self, counter, left - 1)
        return left != 0

    def change(self, wishes: Mapping[str, object]) -> None:
        """Set the named switches, or none of them.

        Raises:
            UnknownMood: if a name or a value is wrong.
        """
        kinds = {each.name: type(each.default) for each in fields(self)}
        wanted = {name: _fit(name, value, kinds.get(name)) for name, value in wishes.items()}
        for name, value in wanted.items():
            setattr(self, name, value)

    def reset(self) -> None:
        """Back to being a polite LMS."""
        self.change(asdict(Temper()))

    def as_dict(self) -> dict[str, object]:
        """Every switch by name."""
        return asdict(self)

    @property
    def at_rest(self) -> bool:
        """Whether no switch is set."""
        return self == Temper()


LIMITS: Mapping[str, tuple[int, int]] = {
    "slow_seconds": (0, 120),
    "errors": (ALWAYS, 10_000),
    "token_errors": (ALWAYS, 10_000),
    "throttles": (ALWAYS, 10_000),
    "retry_after_seconds": (0, 3600),
    "expired_tokens": (ALWAYS, 10_000),
    "nrps_page_size": (0, 1000),
    "clock_skew_seconds": (-86_400, 86_400),
    "calls_a_minute": (0, 100_000),
}


def _fit(name: str, value: object, kind: type | None) -> object:
    if kind is None:
        raise UnknownMood(f"there is no switch {name!r}")
    if kind is bool or kind is str:
        if not isinstance(value, kind):
            raise UnknownMood(f"{name} wants a {kind.__name__}")
        return value
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise UnknownMood(f"{name} wants a number")
    try:
        number = kind(value)
    except ValueError:
        raise UnknownMood(f"{name} wants a number") from None
    low, high = LIMITS[name]
    if not low <= number <= high:
        raise UnknownMood(f"{name} must be between {low} and {high}")
    return number
