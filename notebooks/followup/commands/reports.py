"""The reports of many cohorts: what is stale is built, several at a time, and one that fails does not stop the others."""

import os
import re
import shutil
import signal
import sys
import textwrap
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import wait
from pathlib import Path

from followup.chain.builders import ENDED, SAID, STARTED, WRONG, Builder, NotBuilt
from followup.chain.found_notebooks import stages_of
from followup.chain.stages import BUSY, FAILURE, HOUSE, INPUT, INTERRUPTED
from followup.disclosure.cell_bundle import LEFT_OUT
from followup.store.freshness import COHORT_NAME, is_stale

HAPPENED = {0: "built", BUSY: "busy", INPUT: "stopped by its input", FAILURE: "failed", INTERRUPTED: "interrupted"}
WORST_LAST = (0, BUSY, INPUT, FAILURE, INTERRUPTED)
STAGE_ENDED = re.compile(r"\[\d+/\d+\] (\w+)")
TICK = 0.5  # seconds between two looks at the clock
Event = tuple[str, str, object]  # cohort (or "" when only time went by), what happened, and with what

MUST_NOT_BE_SENT = "is a draft, and must not be sent"  # of a report that tells of few beside an edition


@dataclass
class Outcome:
    """What became of one cohort: its exit code, everything it complained of, and the seconds it took."""

    cohort: str
    code: int | None = None
    complaint: str = ""
    begun: float = field(default_factory=time.monotonic)
    seconds: float = 0.0
    stages: list[str] = field(default_factory=list)

    @property
    def why(self) -> str:
        """The complaint in one line: what came last if it was interrupted, else its first sentence, and the first problem of several."""
        lines = [line.strip() for line in self.complaint.splitlines() if line.strip()]
        if self.code == INTERRUPTED:
            return " ".join(lines[-1:])
        told = next(
            (place for place, line in enumerate(lines) if line.startswith("notebooks/")), 0
        )  # after what libraries log
        return " ".join(lines[told : told + 2 if lines and lines[told].endswith(":") else told + 1])


class LocalBuilds:
    """Builds on this computer, `at_once` notebooks at a time, of as many cohorts; one that is left alone has them all."""

    def __init__(self, at_once: int, cohorts: int):
        self.at_once, self.where = at_once, f"{at_once} {'notebooks' if at_once > 1 else 'notebook'} at a time"
        self.builder, self.lost = Builder(min(at_once, cohorts)), False
        self.places: dict[str, int] = {}  # by the cohort that is being built there, the first begun first
        self.stopping = False

    def events(self, cohorts: list[str]) -> Iterator[Event]:
        """Build `cohorts`, telling what happens; a build whose process was ended from outside is started again."""
        waiting, again = list(cohorts), set()
        while self.places or (waiting and not self.stopping):
            begun = [] if self.stopping else list(zip(waiting, self._free(), strict=False))
            del waiting[: len(begun)]
            self.places |= dict(begun)
            self._share()
            for cohort, place in begun:
                self.builder.build(cohort, place)
                yield cohort, STARTED, None
            for cohort, what, value in self._heard():
                if what == ENDED:
                    del self.places[cohort]
                    if value < 0 and cohort not in again and not self.stopping:
                        again.add(cohort)
                        waiting.insert(0, cohort)
                        continue
                yield cohort, what, value
            yield "", "", None
        self.builder.close()

    def _free(self) -> list[int]:
        """The places where no cohort is being built; in a new process when the one that builds has been ended."""
        if self.lost and self.places:
            return []
        if self.lost:
            self.builder.close()
            self.builder, self.lost = Builder(len(self.builder.connections)), False
        return sorted({*range(len(self.builder.connections))} - {*self.places.values()})

    def _share(self) -> None:
        """Say to each build how many notebooks it may run at a time; what cannot be shared goes to those begun first."""
        for number, place in enumerate(self.places.values()):
            self.builder.allow((self.at_once + len(self.places) - 1 - number) // len(self.places), place)

    def _heard(self) -> Iterator[Event]:
        """What the builds say within a tick."""
        cohorts = {self.builder.connections[place]: cohort for cohort, place in self.places.items()}
        for connection in wait(list(cohorts), timeout=TICK):
            try:
                what, value = connection.recv()
            except (EOFError, ConnectionResetError):
                what, value, self.lost = ENDED, -signal.SIGKILL, True
            yield cohorts[connection], what, value

    def stop(self) -> None:
        """Begin nothing more, and end what is under way as Ctrl-C does."""
        if not self.stopping:
            self.stopping = True
            self.builder.interrupt()


class Board:
    """What whoever waits is told: lines as cohorts end and, on a terminal, one line that is written over."""

    def __init__(self, cohorts: list[str]):
        self.outcomes: dict[str, Outcome] = {}
        self.cohorts, self.begun = cohorts, time.monotonic()
        self.notebooks = {cohort: len(stages_of(cohort)) for cohort in cohorts}
        self.live = sys.stdout.isatty() and os.environ.get("TERM") != "dumb"

    def follow(self, events: Iterable[Event]) -> list[Outcome]:
        """Tell of the builds until the last has ended; the outcome of each cohort, in the order asked for."""
        for cohort, what, value in events:
            if what == STARTED:
                self.outcomes[cohort] = Outcome(cohort)
            elif what == SAID:
                self.outcomes[cohort].stages += STAGE_ENDED.findall(value)
                if value.startswith(LEFT_OUT):
                    self._say(textwrap.indent(f"{cohort}: {value.strip()}", "    "))
                if MUST_NOT_BE_SENT in value:
                    self._say(textwrap.indent(value.strip(), "    "))
            elif what == WRONG:
                self.outcomes[cohort].complaint += value
            elif what == ENDED:
                self._ended(self.outcomes[cohort], value)
            self._draw()
        self._say("")
        return [self.outcomes.get(cohort) or Outcome(cohort, INTERRUPTED, "not started") for cohort in self.cohorts]

    def _ended(self, outcome: Outcome, code: int) -> None:
        outcome.code, outcome.seconds = code if code >= 0 else FAILURE, time.monotonic() - outcome.begun
        if code < 0:
            outcome.complaint += f"its process was ended from outside (signal {-code}), twice"
        done = sum(each.code is not None for each in self.outcomes.values())
        what = f"{HAPPENED.get(outcome.code, HAPPENED[FAILURE])} in {outcome.seconds:.1f} s"
        self._say(f"cohort {outcome.cohort}: {what}   ({done} of {len(self.cohorts)}{self.time_left()})")
        if outcome.complaint:
            self._say(textwrap.indent(outcome.complaint.strip(), "    "))

    def time_left(self) -> str:
        """ "; about 20 s left", from how long the notebooks took so far; empty while too few have run, and at the end."""
        ended = sum(
            len(each.stages) if each.code is None else self.notebooks[each.cohort] for each in self.outcomes.values()
        )
        left, enough = sum(self.notebooks.values()) - ended, max(self.notebooks.values())  # one report's notebooks
        if ended < enough or not left:
            return ""
        seconds = (time.monotonic() - self.begun) / ended * left
        return f"; about {seconds:.0f} s left" if seconds < 90 else f"; about {seconds / 60:.0f} min left"

    def _draw(self) -> None:
        """The line that is written over: cohorts done of all, the last notebook of each under way, the time left."""
        if not self.live:
            return
        done = sum(each.code is not None for each in self.outcomes.values())
        under_way = [
            f"{each.cohort} {len(each.stages)}/{self.notebooks[each.cohort]} {each.stages[-1] if each.stages else 'started'}"
            for each in self.outcomes.values()
            if each.code is None
        ]
        text = f"{done} of {len(self.cohorts)} cohorts{self.time_left()} | " + " | ".join(under_way)
        sys.stdout.write(f"\r\x1b[K{text[: shutil.get_terminal_size().columns - 1]}")
        sys.stdout.flush()

    def _say(self, line: str) -> None:
        erased = "\r\x1b[K" if self.live else ""
        sys.stdout.write(f"{erased}{line}\n" if line else erased)
        sys.stdout.flush()


def at_once(flags: str, cores: int) -> int:
    """How many notebooks at a time: what make's `-j` says in MAKEFLAGS, else one for each core."""
    told = re.search(r"(?:^|\s)-?\w*j\s?(\d+)", flags.split(" -- ")[0])
    return max(1, int(told[1])) if told else cores


def known_cohorts(root: Path) -> list[str]:
    """The cohorts that have a params file; one whose name no cohort can have is said to be left out."""
    names = sorted(path.stem for path in (root / "params").glob("*.yaml"))
    for name in names:
        if not COHORT_NAME.fullmatch(name):
            print(f"left out: params/{ascii(name)}.yaml (a cohort is called by a-z, 0-9 and hyphens)", file=sys.stderr)
    return [name for name in names if COHORT_NAME.fullmatch(name)]


def summary(cohorts: list[str], outcomes: list[Outcome]) -> str:
    """A row for each cohort: what happened, how long it took, and why when it is not built."""
    by_name = {each.cohort: each for each in outcomes}
    width = max(len(name) for name in [*cohorts, "cohort"])
    lines = [f"{'cohort':<{width}}  {'what happened':<20}  {'time':>7}  why"]
    for name in cohorts:
        each = by_name.get(name)
        what = HAPPENED.get(each.code, HAPPENED[FAILURE]) if each else "unchanged"
        took = f"{each.seconds:.1f} s" if each and each.seconds else ""
        why = textwrap.shorten(each.why, 150, placeholder=" …") if each and each.code else ""
        lines.append(f"{name:<{width}}  {what:<20}  {took:>7}  {why}".rstrip())
    return "\n".join(lines)


def worst(outcomes: list[Outcome]) -> int:
    """One exit code for all: interrupted (130) before failed (3) before input (2) before busy (75) before done (0)."""
    codes = [each.code if each.code in WORST_LAST else FAILURE for each in outcomes]
    return max(codes, key=WORST_LAST.index, default=0)


def chosen(asked: str, known: list[str]) -> list[str]:
    """The cohorts asked for, each once, or all of them; raises `NotBuilt` naming one that does not exist."""
    for name in asked.split():
        if name not in known:
            raise NotBuilt(f"There is no cohort “{name}” (one of: {' '.join(known)}).")
    return list(dict.fromkeys(asked.split())) or known


def builders_for(scheduler: str, root: Path, cohorts: int):
    """Where `cohorts` are built: on the Dask cluster of a scheduler, or here."""
    if scheduler:
        from followup.chain.cluster import ClusterBuilds

        return ClusterBuilds(scheduler, root)
    return LocalBuilds(at_once(os.environ.get("MAKEFLAGS", ""), os.cpu_count() or 1), cohorts)


def build(root: Path, cohorts: list[str]) -> int:
    """Build those of `cohorts` that are stale and sum up; the worst exit code."""
    stale = [cohort for cohort in cohorts if is_stale(root, cohort)]
    if not stale:
        those = "the report of 1 cohort is" if len(cohorts) == 1 else f"the reports of {len(cohorts)} cohorts are"
        print(f"Nothing to do: {those} as new as everything behind it.")
        return 0
    builds = builders_for(os.environ.get("CHOSEN_SCHEDULER", ""), root, len(stale))
    print(f"{len(stale)} of {len(cohorts)} cohorts to build, {builds.where}", flush=True)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: builds.stop())
    outcomes = Board(stale).follow(builds.events(stale))
    print(f"\n{summary(cohorts, outcomes)}\n\nThe reports: {root / 'build' / 'index.html'}")
    return worst(outcomes)


def main() -> int:
    root = Path(os.environ.get("FOLLOWUP_ROOT", HOUSE))
    try:
        return build(root, chosen(os.environ.get("CHOSEN_COHORTS", ""), known_cohorts(root)))
    except NotBuilt as problem:
        print(problem, file=sys.stderr)
        return INPUT


if __name__ == "__main__":
    sys.exit(main())
