"""What the faults came to: a line each on the screen, `var/faults.json`, `docs/reliability.md`.

Every trial is kept in `var/trials.json` until it is made again, so that a part can be run anew.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tests.faults.installation import Account

MINUTE = 60.0
HEAD = (
    "| on | fault | times | operations | mails | lost | doubled | in the window |"
    " duties forgotten | works again after | all sent after | |"
)
TEXT = """
# Reliability

`make faults` makes this page anew. It starts servers of its own (PostgreSQL, RabbitMQ, Redis) and
the product's processes as `docs/operations.md` says, web, worker and scheduler; a client proposes
acts and moves them over HTTP all the time, repeating a call with its `Idempotency-Key` until it is
answered; a mail server of its own writes down what it gets. Then it does harm, on each of the three
kinds of installation, and in the end compares what was asked for with the database and with the
mails that arrived. (The quota that folds many mails to one person is lifted for this.)
""".strip()
MEANING = """
## What it means

* **Lost**: an operation that was answered and is not in the timeline, a notice that nobody wrote,
  or a mail that did not arrive. **Doubled**: an operation done twice, somebody told twice of one
  thing, or a mail that came again with other bytes, or oftener than senders had begun with it.
* **In the window**: between the mail server's acceptance and our note of it a sender can die, or
  the answer be lost. Nobody can know then whether the mail went out; it is sent again with the same
  Message-ID and date and the same bytes, by which mail servers recognise it. With
  `TRACKER_MAIL_AMBIGUOUS=hold` it waits for a person instead. The mail server of these trials
  answers late on purpose, so that the window is wider than in life.
* **Duties forgotten**: acts without the duty that their state opens, and duties that fell due for a
  reminder during the fault and were not reminded of exactly once.
* **Works again**: from the end of the fault until an act was proposed, moved, and everybody told of
  it by mail, with nobody's help. It must be within a minute. **All sent**: until no mail and no
  reminder waited whose time had come. After a mail server lost connections in the midst of mails,
  those mails wait for their next attempt, the longer the oftener they failed; all else must be out
  within a minute too.
* A clock that is set forward makes reminders early, as the product believes it; set back, nothing
  is sent again. After five days without power each duty is reminded of once, by the newest of the
  reminders that were owed.
""".strip()


@dataclass(frozen=True, slots=True)
class Trial:
    """One fault on one kind of installation, and how long all took to be well: until a new act was
    told of by mail, and until nothing waited. Seconds from the end of the fault.
    """

    stack: str
    fault: str
    times: int
    recovery: float
    settled: float
    account: Account
    patient: bool = False
    """Whether mails wait longer by design, as after failures of their own."""
    day: str = field(default_factory=lambda: f"{datetime.now(UTC):%Y-%m-%d}")

    @property
    def ok(self) -> bool:
        last = self.recovery if self.patient else self.settled
        return self.account.ok and last <= MINUTE

    def figures(self) -> Iterator[dict[str, object]]:
        """As `make bench` gives its own: a budget here is the most that is allowed."""
        counts = (("lost", "lost"), ("doubled", "doubled"), ("duties forgotten", "forgotten"))
        for words, name in counts:
            value = getattr(self.account, name)
            yield self._figure(words, value, "", 0, value == 0)
        yield self._figure("in the window", self.account.window, "mails", None, None)
        limit = MINUTE
        yield self._figure("works again", self.recovery, "s", limit, self.recovery <= limit)
        within = None if self.patient else self.settled <= limit
        yield self._figure("all sent", self.settled, "s", None if self.patient else limit, within)

    def _figure(
        self, what: str, value: float, unit: str, budget: float | None, ok: bool | None
    ) -> dict[str, object]:
        name = f"{self.fault}, {self.stack}: {what}"
        return {
            "name": name,
            "value": round(value, 1),
            "unit": unit,
            "baseline": None,
            "ratio": None,
            "budget": budget,
            "ok": ok,
        }


def line(trial: Trial) -> str:
    account = trial.account
    counts = (account.operations, account.mails, account.lost, account.doubled, account.window)
    return (
        f"| {trial.stack} | {trial.fault} | {trial.times} | "
        + " | ".join(map(str, counts))
        + f" | {account.forgotten} | {trial.recovery:.1f} s | {trial.settled:.1f} s |"
        + f" {'well' if trial.ok else 'NOT WELL'} |"
    )


def keep(found: Iterable[Trial], path: Path) -> dict[tuple[str, str], Trial]:
    """Put these trials in place of those kept of the same faults; returns all that are kept."""
    rows = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    trials = [Trial(**{**row, "account": Account(**row["account"])}) for row in rows]
    kept = {(trial.stack, trial.fault): trial for trial in (*trials, *found)}
    path.parent.mkdir(exist_ok=True)
    rows = [asdict(trial) for trial in kept.values()]
    path.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return kept


def table(trials: Iterable[Trial]) -> str:
    return "\n".join([HEAD, "|" + "---|" * HEAD.count(" |"), *map(line, trials)])


def write_figures(trials: Iterable[Trial], path: Path) -> None:
    figures = [figure for trial in trials for figure in trial.figures()]
    path.write_text(json.dumps(figures, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def write_page(trials: Sequence[Trial], notes: Iterable[str], path: Path) -> None:
    days = sorted({trial.day for trial in trials})
    measured = (
        f"Run on {' and '.join(days)} on a machine of {os.cpu_count()} cores,"
        f" Python {platform.python_version()}."
    )
    path.write_text("\n\n".join([TEXT, table(trials), *notes, measured, MEANING]) + "\n")
