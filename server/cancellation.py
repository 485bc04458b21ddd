"""Whether the task that runs was asked to end, also where a library has hidden that."""

import asyncio


def is_cancelled() -> bool:
    """Whether the running task was cancelled and has not taken that back; False outside of any task."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
