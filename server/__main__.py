"""`python -m server` and the console script `fireside`."""

import gc


def main() -> None:
    """Runs the command."""
    # Nothing that is imported becomes garbage: looking for it would take a fifth of the start.
    gc.disable()
    from server.cli import main as run

    gc.freeze()
    gc.enable()
    run()


if __name__ == "__main__":
    main()
