"""The same tool and platform as in the tests of launches."""

from tests.launch.conftest import house, platform_key

__all__ = ["house", "platform_key"]
