"""What a launch costs, from the platform's POST to the page: the product's CPU over the floor's.

    python -m benchmarks.launch

Both run under gunicorn with two sync processes on SQLite. Logins and the platform's signatures are
off the clock. The two take turns, 50 launches at a time, four turns a round, so that both see the
same moods of the machine.

There are two landings: the welcome page of a learner who has not started, on which the launch
itself is most of the work and the bound holds, and the home of a learner with a mentor, a goal and
a session coming, which shows all of that. The floor's page is the same for both.
"""

import os
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from benchmarks.browser import Launched, begin, launch, launch_together, platform_counts
from benchmarks.measuring import (
    ROOT,
    ROUNDS,
    Server,
    bounded,
    free_port,
    median,
    percentile,
    report,
    serve_wsgi,
)
from benchmarks.platform_stub import serve_platform
from benchmarks.world import (
    CLIENT_ID,
    DEPLOYMENT_ID,
    Person,
    add_learners,
    add_newcomers,
    add_platform,
    fresh_database,
    fresh_folder,
    serve_product,
)

BOUND = 1.5
SLICE, TURNS = 50, 4
CLIENTS = 16
COURSES, LEARNERS = 4, 50


@dataclass
class Target:
    """One of the two, and what was measured of it, a figure for each round."""

    server: Server
    issuer: str
    login_ms: list[float] = field(default_factory=list)
    alone_ms: list[float] = field(default_factory=list)
    paired_ms: list[float] = field(default_factory=list)
    together_ms: list[float] = field(default_factory=list)
    per_second: list[float] = field(default_factory=list)
    p99_ms: list[float] = field(default_factory=list)

    def measure(self, people: list[Person], key: RSAPrivateKey, count: int, clients: int) -> float:
        """CPU milliseconds for each of ``count`` launches."""
        before = self.server.cpu_seconds()
        chosen = [people[number % len(people)] for number in range(count)]
        begun = [begin(self.server.port, self.issuer, person, key) for person in chosen]
        after_login = self.server.cpu_seconds()
        if clients == 1:
            launched = [launch(each) for each in begun]
        else:
            launched, seconds = launch_together(begun, clients)
            self.per_second.append(count / seconds)
            self.p99_ms.append(percentile([each.seconds for each in launched], 99) * 1000)
        spent = self.server.cpu_seconds() - after_login
        _all_well(launched)
        self.login_ms.append((after_login - before) / count * 1000)
        return spent / count * 1000

    def warm_up(self, people: list[Person], key: RSAPrivateKey) -> None:
        """Keys are fetched, people known and caches filled; none of it counts."""
        self.measure(people, key, len(people), 4)
        self.per_second.clear()
        self.p99_ms.clear()
        self.login_ms.clear()


@dataclass(frozen=True)
class People:
    """Who launches, by what they land on."""

    new: list[Person]
    paired: list[Person]


def main() -> None:
    with bounded() as stack:
        folder = stack.enter_context(fresh_folder())
        stub, key = stack.enter_context(serve_platform(folder))
        database = stack.enter_context(fresh_database(folder))
        with database.transaction() as db:
            platform = add_platform(db, stub.url)
            people = People(
                new=add_newcomers(db, platform, COURSES, LEARNERS),
                paired=add_learners(db, platform, COURSES, LEARNERS),
            )
        database.dispose()
        product = Target(stack.enter_context(serve_product(database, free_port())), stub.url)
        floor = Target(_start_floor(stack, folder, stub.url), stub.url)
        for target in (product, floor):
            target.warm_up([*people.new, *people.paired], key)
        asked = _measure(product, floor, people, key, stub.port)
    _report(product, floor, asked)


def _measure(
    product: Target, floor: Target, people: People, key: RSAPrivateKey, stub: int
) -> float:
    """Fill both; returns the outgoing calls for each launch of the product."""
    before = sum(platform_counts(stub).values())
    for _ in range(ROUNDS):
        for name, who, clients in (
            ("alone_ms", people.new, 1),
            ("together_ms", people.new, CLIENTS),
            ("paired_ms", people.paired, 1),
        ):
            figures = _turns(product, floor, who, key, clients)
            for target, figure in zip((product, floor), figures, strict=True):
                getattr(target, name).append(figure)
    return (sum(platform_counts(stub).values()) - before) / (3 * ROUNDS * TURNS * SLICE)


def _turns(
    product: Target, floor: Target, who: list[Person], key: RSAPrivateKey, clients: int
) -> tuple[float, float]:
    """CPU milliseconds for each launch of the product and of the floor, in turns."""
    spent = {id(product): 0.0, id(floor): 0.0}
    for number in range(TURNS):
        for target in (product, floor) if number % 2 else (floor, product):
            spent[id(target)] += target.measure(who, key, SLICE, clients) / TURNS
    return spent[id(product)], spent[id(floor)]


def _report(product: Target, floor: Target, asked: float) -> None:
    welcome = _ratios(product.alone_ms, floor.alone_ms)
    many = _ratios(product.together_ms, floor.together_ms)
    paired = _ratios(product.paired_ms, floor.paired_ms)
    report(
        "launch",
        {
            "CPU of a launch to the welcome page, product over floor": (median(welcome), BOUND),
            f"the same with {CLIENTS} clients": (median(many), BOUND),
            "outgoing calls for each warm launch": (round(asked, 3), 0),
        },
        welcome_ratio=median(welcome),
        paired_ratio=median(paired),
        welcome_ratios_one_client=welcome,
        welcome_ratios_many_clients=many,
        paired_ratios_one_client=paired,
        p99_over_floor_many_clients=median(_ratios(product.p99_ms, floor.p99_ms)),
        product=_figures(product),
        floor=_figures(floor),
    )


def _ratios(ours: list[float], its: list[float]) -> list[float]:
    """One for each round, the smallest first."""
    return sorted(round(one / other, 2) for one, other in zip(ours, its, strict=True))


def _figures(target: Target) -> dict[str, float]:
    return {
        "welcome_cpu_ms": round(median(target.alone_ms), 2),
        "welcome_cpu_ms_many_clients": round(median(target.together_ms), 2),
        "paired_cpu_ms": round(median(target.paired_ms), 2),
        "login_cpu_ms": round(median(target.login_ms), 2),
        "launches_per_second": round(median(target.per_second)),
        "p99_ms": round(median(target.p99_ms), 1),
    }


def _start_floor(stack: ExitStack, folder: Path, issuer: str) -> Server:
    variables = {
        "FLOOR_ISSUER": issuer,
        "FLOOR_CLIENT": CLIENT_ID,
        "FLOOR_DEPLOYMENT": DEPLOYMENT_ID,
        "FLOOR_FOLDER": str(folder),
    }
    module = "benchmarks.floors.flask_launch"
    environment = {**os.environ, **variables}
    subprocess.run([sys.executable, "-m", module], cwd=ROOT, env=environment, check=True)
    application = f"{module}:app"
    return stack.enter_context(serve_wsgi(application, free_port(), variables))


def _all_well(launched: list[Launched]) -> None:
    """A launch that did not reach its page would be cheap, and worth nothing."""
    for each in launched:
        if each.status != 200 or each.requests != 2:
            raise RuntimeError(f"a launch ended with {each.status}: {each.told}")


if __name__ == "__main__":
    main()
