"""Whether this process is on its way out: it still answers, and asks for no more."""

from threading import Event

begun = Event()
