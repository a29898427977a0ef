"""Processes of their own that a test may kill without warning.

They are forked from one that has imported the product already, since that takes longer than
most of what they are there for.
"""

import multiprocessing
from collections.abc import Callable
from multiprocessing.context import ForkServerContext, SpawnContext
from typing import Any


class Killable:
    """A running ``main`` with these arguments, until it is killed."""

    def __init__(self, main: Callable[..., None], *arguments: Any) -> None:
        context = _context()
        context.set_forkserver_preload([main.__module__])
        self._process = context.Process(target=main, args=arguments)
        self._process.start()

    def kill(self) -> None:
        """End it as a power cut would: it learns nothing of it."""
        self._process.kill()
        self._process.join()
        self._process.close()


def _context() -> ForkServerContext | SpawnContext:
    if "forkserver" in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("forkserver")
    return multiprocessing.get_context("spawn")
