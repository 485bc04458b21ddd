"""What stays of an external id when its person is erased: enough to know the id again, and not to read it."""

import hashlib


def erased_external_id(external_id: str) -> str:
    """Longer than any external id, so that none is the same."""
    return f"erased-{hashlib.sha256(external_id.encode()).hexdigest()}"
