"""What a person in a call would see and hear, read from a real page."""

from collections.abc import Awaitable, Callable
from typing import Any

from tests.cast import PATIENCE_S, until

Evaluate = Callable[[str], Awaitable[Any]]

# The far side's media as decoded here: frames and size of the picture, energy of the sound.
FIGURES = """(async () => {
  const pc = window.fireside?.pc();
  const found = {state: pc?.connectionState ?? "none", frames: 0, energy: 0, width: 0};
  if (!pc) return found;
  for (const report of (await pc.getStats()).values()) {
    if (report.type !== "inbound-rtp") continue;
    found.frames += report.framesDecoded ?? 0;
    found.width = Math.max(found.width, report.frameWidth ?? 0);
    found.energy += report.totalAudioEnergy ?? 0;
  }
  return found;
})()"""

# A few bytes that differ when the picture does.
PICTURE = """(() => {
  const video = document.querySelector("video[data-peer]");
  if (!video?.videoWidth) return "";
  const canvas = Object.assign(document.createElement("canvas"), {width: 64, height: 48});
  const context = canvas.getContext("2d");
  context.drawImage(video, 0, 0, 64, 48);
  let sum = 0;
  context.getImageData(0, 0, 64, 48).data.forEach((value, index) => { sum = (sum * 31 + value * (index + 1)) >>> 0; });
  return String(sum);
})()"""

TILE = "({...document.querySelector('.tile')?.dataset})"


async def sees_and_hears(evaluate: Evaluate, frames: int = 15, within: float = PATIENCE_S) -> None:
    """Waits for this many decoded frames more, at least three different pictures, and more sound energy."""
    before = await evaluate(FIGURES)
    pictures: set[str] = set()

    async def enough() -> bool:
        now = await evaluate(FIGURES)
        if now["frames"] < before["frames"]:
            # A new connection counts from 0.
            before.update(frames=0, energy=0)
        pictures.add(await evaluate(PICTURE))
        more = now["frames"] - before["frames"] >= frames and now["energy"] > before["energy"]
        return more and len(pictures - {""}) >= 3

    await until(enough, within, f"{frames} frames with changing content, and sound")


async def sees_tile(evaluate: Evaluate, **expected: str) -> None:
    """Waits until the other's tile says this."""

    async def as_expected() -> bool:
        tile = await evaluate(TILE)
        return all(tile.get(name) == value for name, value in expected.items())

    await until(as_expected, what=f"a tile with {expected}")


async def sees_no_tile(evaluate: Evaluate) -> None:
    """Waits until nobody else is shown."""

    async def alone() -> bool:
        return await evaluate(TILE) == {}

    await until(alone, what="an empty stage")
