"""What the tool asks of a platform: access tokens, rosters, gradebook columns, scores.

Everything here talks over ``core/http`` and raises ``PlatformUnavailable`` or
``PlatformRefused``. No transaction is open while it does.
"""
