"""How often the product asks a platform for its keys: cold, warm, and under forged key ids.

    python -m benchmarks.keys

The product runs under gunicorn with two processes of eight threads each.
"""

import secrets
import time
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key

from benchmarks.browser import Begun, begin, in_parallel, launch, platform_counts
from benchmarks.measuring import bounded, free_port, report
from benchmarks.platform_stub import KID, serve_platform
from benchmarks.world import (
    Person,
    add_learners,
    add_platform,
    fresh_database,
    fresh_folder,
    serve_product,
)

PROCESSES = 2
COLD, WARM, FORGED = 100, 100, 1000
CLIENTS = 16
MINUTE = 60.0


@dataclass(frozen=True)
class Scene:
    """A product and a platform that counts."""

    port: int
    stub: int
    issuer: str
    people: list[Person]
    key: RSAPrivateKey

    def begin(self, count: int) -> list[Begun]:
        """So many logins, their tokens signed with the platform's key."""
        chosen = [self.people[number % len(self.people)] for number in range(count)]
        return [begin(self.port, self.issuer, person, self.key) for person in chosen]

    @property
    def fetches(self) -> int:
        """How often the key set was asked for so far."""
        return platform_counts(self.stub).get("jwks", 0)


def main() -> None:
    with bounded() as stack:
        folder = stack.enter_context(fresh_folder())
        stub, key = stack.enter_context(serve_platform(folder))
        database = stack.enter_context(fresh_database(folder))
        with database.transaction() as db:
            people = add_learners(db, add_platform(db, stub.url), courses=2, each=50)
        database.dispose()
        threads = ("--worker-class", "gthread", "--threads", "8")
        product = stack.enter_context(serve_product(database, free_port(), *threads))
        scene = Scene(product.port, stub.port, stub.url, people, key)
        cold = _launches(scene, COLD, COLD)
        warm = _launches(scene, WARM, CLIENTS)
        forged, seconds = _forgeries(scene)
        after = _launches(scene, CLIENTS, CLIENTS)
    report(
        "keys",
        {
            f"fetches for {COLD} cold launches at a time, {PROCESSES} processes": (
                cold,
                PROCESSES,
            ),
            f"fetches for {WARM} warm launches": (warm, 0),
            f"fetches for {FORGED} forged key ids": (forged, 2),
            "seconds that the forgeries took": (round(seconds), MINUTE + 2),
            "fetches for genuine launches afterwards": (after, 0),
        },
    )


def _launches(scene: Scene, count: int, clients: int) -> int:
    """Launch, all well; returns the fetches that it took."""
    begun, before = scene.begin(count), scene.fetches
    launched = in_parallel(lambda number: launch(begun[number]), count, clients)
    wrong = [each for each in launched if each.status != 200]
    if wrong:
        raise RuntimeError(f"{len(wrong)} launches failed, one with {wrong[0]}")
    return scene.fetches - before


def _forgeries(scene: Scene) -> tuple[int, float]:
    """Post tokens of a stranger under ids that nobody has, evenly for a minute.

    Returns the fetches, and the seconds that it took in truth.
    """
    stranger = generate_private_key(public_exponent=65537, key_size=2048)
    person, before, began = scene.people[0], scene.fetches, time.monotonic()

    def forge(number: int) -> int:
        time.sleep(max(0.0, began + number * MINUTE / FORGED - time.monotonic()))
        kid = f"{KID}-{secrets.token_hex(4)}"
        return launch(begin(scene.port, scene.issuer, person, stranger, kid)).status

    statuses = in_parallel(forge, FORGED, CLIENTS)
    if any(status < 400 for status in statuses):
        raise RuntimeError("a forged token was let in")
    return scene.fetches - before, time.monotonic() - began


if __name__ == "__main__":
    main()
