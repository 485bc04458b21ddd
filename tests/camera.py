"""A camera with so much to see that its bitrate is what the network allows, or a small one that costs little."""

import random
from pathlib import Path

BLOCK = 8
FRAMES = 24
STEP = 8


def write_camera(path: Path, width: int = 1280, height: int = 720, seed: int = 1) -> Path:
    """A Y4M film for Chromium's `--use-file-for-fake-video-capture`: a wall of grey blocks that moves sideways."""
    dice = random.Random(seed)
    rows = [
        b"".join(bytes([value]) * BLOCK for value in dice.choices(range(40, 220, 12), k=width // BLOCK))
        for _ in range(height // BLOCK)
    ]
    grey = bytes([128]) * (width * height // 2)
    with path.open("wb") as film:
        film.write(f"YUV4MPEG2 W{width} H{height} F15:1 Ip A1:1 C420jpeg\n".encode())
        for frame in range(FRAMES):
            at = frame * STEP
            film.write(b"FRAME\n" + b"".join((row[at:] + row[:at]) * BLOCK for row in rows) + grey)
    return path
