from tests.signaling.relay.conftest import line, pair

__all__ = ["line", "pair"]
