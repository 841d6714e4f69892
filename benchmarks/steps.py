"""One step, and a set of five hundred, against Django with django-fsm-2 and django-fsm-log."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

from benchmarks.figures import Figure, against
from benchmarks.floor import Floor
from benchmarks.rivals import Peer, Product, bulks, peer_python, singles
from benchmarks.world import as_, empty_database, product, proposed_acts, settle

ROUNDS, TURN, WARM_UP = 30, 10, 50
BULK_ROUNDS, BULK = 7, 500
ACTS = ROUNDS * TURN + WARM_UP + BULK_ROUNDS * BULK

NOTES = """
**The step** is `open_concept` of the procedure `model_law`, by `advance` or `advance_many`: the
act's state, a timeline entry in its hash chain, a visit left and one entered, a duty closed and one
opened with a due date counted in working days, five notices. It locks the act, checks who may, and
looks up whom to tell.

**The peer** is Django with django-fsm-2 and django-fsm-log, without guards and with its recipients
known beforehand: the state, the log row, one duty, five notices by one `bulk_create`, in one
transaction, the row locked where ours is; for a set, a loop of that over one query. Its tables have
the columns, keys and indexes that a step of ours writes.
**The floor** is the driver alone with the peer's statements, on our tables.

All use one database server or the same SQLite settings (WAL, `synchronous=NORMAL`), keep their
connection, and take turns in one run; a figure is the median. Nobody is woken after the commit:
that is a thread's work.
""".strip()


def steps(kind: str, work: Path, versions: dict[str, str]) -> Iterator[Figure]:
    """The first two budgets, on one kind of database."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=work)))
        ours, theirs = (stack.enter_context(empty_database(kind, folder)) for _ in range(2))
        app = stack.enter_context(product(ours, folder))
        app.extensions["wake"] = lambda *_: None
        peer = stack.enter_context(closing(Peer(peer_python(work / "bench-venv"), theirs)))
        versions.update(peer.versions)
        peer.make(ACTS)
        floor = stack.enter_context(closing(Floor(ours, proposed_acts(ACTS))))
        mine = Product(as_("secretariat"), proposed_acts(ACTS))
        settle(ours, theirs)
        contestants = {"product": mine, "peer": peer, "floor": floor}
        one = singles(contestants, rounds=ROUNDS, turn=TURN, warm_up=WARM_UP)
        yield against(f"one advance against the peer, {kind}", one["product"], one["peer"], 1.5)
        yield against(f"one advance against the floor, {kind}", one["product"], one["floor"])
        many = bulks(contestants, rounds=BULK_ROUNDS, acts=BULK)
        yield against(
            f"{BULK} acts at once against the peer, {kind}", many["product"], many["peer"], 5
        )
        yield against(
            f"{BULK} acts at once against the floor, {kind}", many["product"], many["floor"]
        )
