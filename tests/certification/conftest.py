"""The same tool and platform as in the tests of launches."""

from tests.grading.conftest import gradebook
from tests.launch.conftest import house, platform_key

__all__ = ["gradebook", "house", "platform_key"]
