"""Every benchmark, one after the other, as a table.

python -m benchmarks.run_all
"""

import json
import subprocess
import sys

from benchmarks.measuring import LONGEST_SECONDS, ROOT

NAMES = ("launch", "keys", "roster", "memory", "scores", "queries", "weight")


def main() -> None:
    holds = True
    for name in NAMES:
        ended = subprocess.run(
            [sys.executable, "-m", f"benchmarks.{name}"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=LONGEST_SECONDS + 60,
        )
        holds = holds and ended.returncode == 0
        lines = ended.stdout.splitlines()
        if not lines:
            print(f"{name}: no figures\n{ended.stderr[-2000:]}")
            continue
        for what, check in json.loads(lines[-1])["checks"].items():
            verdict = "holds" if check["holds"] else "BROKEN"
            print(f"{name:8} {what:62} {check['figure']!s:>8} ≤ {check['bound']!s:>6}  {verdict}")
    sys.exit(0 if holds else 1)


if __name__ == "__main__":
    main()
