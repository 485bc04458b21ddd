"""Why a hub does not start."""


class RelayNotStarted(Exception):
    """No relay process came up; its own log says why."""

    def __init__(self) -> None:
        super().__init__("The relay could not be started; the lines of the log that begin with 'relay' say why.")
