"""The line of questions before the one model: first come, first served, with a bounded length."""

from __future__ import annotations

import threading
from collections import OrderedDict


class Ticket:
    """A place in a line."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def __enter__(self) -> Ticket:
        return self

    def __exit__(self, *_: object) -> None:
        self._line.leave(self)

    def wait(self, seconds: float) -> int:
        """Wait for a change, at most so long; how many are still before it, 0 when it is served."""
        return self._line.wait(self, seconds)

    def before(self) -> int:
        """How many are before it."""
        return self._line.before(self)


class Line:
    """Serves one at a time; threads may share it."""

    def __init__(self, most: int) -> None:
        """Make an empty line.

        Args:
            most: So many may wait beside the one that is served.
        """
        self._most = most
        self._changed = threading.Condition()
        self._tickets: OrderedDict[Ticket, None] = OrderedDict()

    def __len__(self) -> int:
        return len(self._tickets)

    def join(self) -> Ticket | None:
        """A ticket, to be used as a context; None when too many wait already."""
        with self._changed:
            if len(self._tickets) > self._most:
                return None
            ticket = Ticket(self)
            self._tickets[ticket] = None
            return ticket

    def wait(self, ticket: Ticket, seconds: float) -> int:
        """See `Ticket.wait`."""
        with self._changed:
            if self._before(ticket):
                self._changed.wait(seconds)
            return self._before(ticket)

    def before(self, ticket: Ticket) -> int:
        """See `Ticket.before`."""
        with self._changed:
            return self._before(ticket)

    def leave(self, ticket: Ticket) -> None:
        """Give a place back; may be done twice."""
        with self._changed:
            self._tickets.pop(ticket, None)
            self._changed.notify_all()

    def _before(self, ticket: Ticket) -> int:
        for place, other in enumerate(self._tickets):
            if other is ticket:
                return place
        return 0
