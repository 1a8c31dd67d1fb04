"""What one rendering of a template that somebody wrote may cost."""

import resource

CPU_S = 1
WALL_S = 2.0
MEMORY = 64 * 1024 * 1024
# Sizes of what is made, bytes. The data's own length comes on top of all but the letter's.
LETTER = 100_000
OTHER = 20_000

SENTENCES = {
    "cpu": f"it needs more than {CPU_S} s of computing",
    "time": f"it takes longer than {WALL_S:.0f} s",
    "memory": f"it needs more than {MEMORY // 1024 // 1024} MB of memory",
    "crash": "rendering it stopped without a reason",
}


class Tripped(Exception):
    """A limit ended the rendering; `limit` is a key of `SENTENCES`."""

    def __init__(self, limit: str) -> None:
        super().__init__(SENTENCES[limit])
        self.limit = limit


def impose() -> None:
    """Limit this process: computing, memory on top of what it has, and no files written."""
    with open("/proc/self/statm", encoding="ascii") as statm:
        present = int(statm.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S + 1))
    resource.setrlimit(resource.RLIMIT_AS, (present + MEMORY, present + MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
