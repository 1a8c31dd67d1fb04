"""The two halves that run apart from this machine, each in namespaces that end with it.

`python -m tests.compose.apart build|run FOLDER DATA GROUP [ARCHIVE]`; tests.compose starts it.
"""

import subprocess
import sys
from pathlib import Path

from tests.compose import checks
from tests.compose.engine import Engine, engine
from tests.compose.images import absent, build
from tests.compose.system import System
from tests.compose.telling import Failed, say, step


def main(arguments: list[str]) -> int:
    """0 when all of it held; 1 with what did not."""
    half, *places = arguments
    try:
        (_build if half == "build" else _run)(*places)
    except Failed as failed:
        say(str(failed))
        return 1
    return 0


def _build(folder: str, data: str, group: str, archive: str) -> None:
    with engine(Path(folder), Path(data), group=group, networks=False) as built:
        build(built, Path(folder), Path(archive))


def _run(folder: str, data: str, group: str) -> None:
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    with engine(Path(folder), Path(data), group=group, networks=True) as running:
        _emptied(running)
        system = System(running, Path(folder) / "project")
        say(f"Not started, for there is no stand-in: {', '.join(sorted(absent()))}.")
        try:
            _tried(system)
        except Failed:
            _tell_why(system)
            raise
        finally:
            # What an engine finds in its data when it starts again it would start, too, and make the folders for it.
            _emptied(running)


def _emptied(running: Engine) -> None:
    """Of containers, volumes and networks. A run that was killed leaves them, with --keep."""
    if containers := running.docker("ps", "--all", "--quiet").split():
        running.docker("rm", "--force", *containers)
    for kind in ("volume", "network"):
        running.docker(kind, "prune", "--force")


def _tried(system: System) -> None:
    checks.the_file_is_read_without_a_warning(system)
    with step("Everything starts in its order and is healthy"):
        system.up()
    with step("Pages on the loopback only; functions locked in; each in its own networks"):
        checks.every_page_answers_on_the_loopback_and_nothing_anywhere_else(system)
        checks.every_function_is_locked_in(system)
        checks.nothing_reaches_the_outside(system)
        checks.stores_are_reached_by_those_only_who_have_to(system)
    with step("One event becomes a letter, a Telegram message and a figure; reports, charts, exports"):
        say(f"  {system.stories()}")
    with step("Prometheus reaches all that it asks"):
        checks.prometheus_reaches_all_that_it_asks(system)
    with step("The load tester plays ten seconds of a school"):
        checks.the_load_tester_plays_without_a_failed_request(system)
    with step("A function that is killed comes back, and delivers"):
        checks.a_function_that_dies_is_there_again(system)
        say(f"  {system.stories('-k', 'one_event')}")
    with step("A container that is made anew, with another address, is found by the gateway"):
        checks.a_container_with_another_address_is_found(system)
    with step("A function that is told to stop ends by itself"):
        checks.a_function_that_is_told_to_stop_ends_by_itself(system)
    with step("Down and up again: the data is kept"):
        checks.data_outlives_the_containers(system)
    with step("Everything is taken down"):
        checks.nothing_is_left(system)


def _tell_why(system: System) -> None:
    """The last words of whatever is not well."""
    for name in system.ailing():
        health = system.inspect(name).get("State", {}).get("Health", {}).get("Log", [])[-1:]
        say(f"--- {name} {health}\n{system.compose('logs', '--no-color', '--tail', '25', name)}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
