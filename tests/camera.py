"""A camera of 1280 by 720 with so much to see that its bitrate is what the network allows."""

import random
from pathlib import Path

WIDTH, HEIGHT, BLOCK = 1280, 720, 8
FRAMES = 24
STEP = 8


def write_camera(path: Path, seed: int = 1) -> Path:
    """A Y4M film for Chromium's `--use-file-for-fake-video-capture`: a wall of grey blocks that moves sideways."""
    dice = random.Random(seed)
    rows = [
        b"".join(bytes([value]) * BLOCK for value in dice.choices(range(40, 220, 12), k=WIDTH // BLOCK))
        for _ in range(HEIGHT // BLOCK)
    ]
    grey = bytes([128]) * (WIDTH * HEIGHT // 2)
    with path.open("wb") as film:
        film.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F15:1 Ip A1:1 C420jpeg\n".encode())
        for frame in range(FRAMES):
            at = frame * STEP
            film.write(b"FRAME\n" + b"".join((row[at:] + row[:at]) * BLOCK for row in rows) + grey)
    return path
