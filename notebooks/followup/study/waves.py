"""The waves of a study: which pairs are compared where the plan names none, who answered which, and whether they agree."""

from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

from followup.problems import Problem, nearest, to_paste
from followup.study.codebook import Codebook
from followup.study.params import PairOfWaves, Params

AND = "+"  # between the waves that one person answered
ONLY = "only:"  # before the waves that some people answered, and no other


def pairs_by_default(codebook: Codebook, waves: list[str]) -> list[PairOfWaves]:
    """The last wave with the first; of three or more each also with the one before; only where something is asked twice."""
    if len(waves) < 2:
        return []
    steps = [*zip(waves, waves[1:], strict=False)] if len(waves) > 2 else []
    pairs = [(waves[0], waves[-1]), *steps]
    return [PairOfWaves(wave=later, compared_with=first) for first, later in pairs if codebook.items_in((first, later))]


# Who answered which ------------------------------------------------------------------------------------------------


def together(waves: Iterable[str]) -> str:
    """The waves that one person answered as one text, "" for none."""
    return AND.join(waves)


def responded(participants: pd.DataFrame, *waves: str) -> pd.Series:
    """Whether each participant answered every one of these waves: booleans, one a row of `participants`."""
    which, texts = pd.factorize(participants["answered"].fillna("").astype("str"))
    answered = [set(text.split(AND)) for text in texts]
    flags = np.array([set(waves) <= one for one in answered], dtype=bool)
    return pd.Series(flags[which] if len(texts) else flags, index=participants.index)


def asked_in(params: Params, wave: str) -> int | None:
    """How many were asked in a wave, by the params or else by the roster; None where nobody knows."""
    return params.waves[wave].asked or (params.roster.participants if params.roster else None)


# Whether params and codebook agree on them ---------------------------------------------------------------------------


def wave_problems(params: Params, codebook: Codebook, file: str) -> Iterator[Problem]:
    """What is wrong with the waves of a cohort, in the study's words: their dates, their files, the pairs of the plan."""
    waves = [wave for wave in codebook.waves if wave in params.waves]
    yield from _unknown_periods(params, codebook, file)
    yield from _out_of_order(waves, params, codebook, file)
    yield from _one_file(waves, params, codebook, file)
    yield from _pairs(params, codebook, file)


def _unknown_periods(params: Params, codebook: Codebook, file: str) -> Iterator[Problem]:
    known = ["programme", *codebook.waves]
    for name in params.period:
        if name not in known:
            near = nearest(name, known)
            remedy = f"did you mean “{near}”?" if near else "use one of the allowed names"
            yield Problem(
                "this is neither “programme” nor a wave", remedy, file, None, "period", name, ", ".join(known)
            )


def _out_of_order(waves: list[str], params: Params, codebook: Codebook, file: str) -> Iterator[Problem]:
    dated = [(wave, params.waves[wave].closed) for wave in waves if params.waves[wave].closed]
    for (earlier, first), (later, then) in zip(dated, dated[1:], strict=False):
        if then < first:
            what = (
                f"{_named(later, codebook)} comes after {_named(earlier, codebook)} in the codebook, "
                f"but was closed before it ({then} and {first})"
            )
            remedy = "correct the date, or put the waves into their order in the codebook (waves:)"
            yield Problem(what, remedy, file, None, f"waves.{later}.closed", str(then), f"{first} or later")


def _one_file(waves: list[str], params: Params, codebook: Codebook, file: str) -> Iterator[Problem]:
    """Waves that would read the same rows: nothing tells the answers of one from those of the other."""
    if params.link == "same_row":
        return
    seen: dict[tuple, str] = {}
    for wave in waves:
        settings = params.waves[wave]
        place = settings.file, settings.sheet, tuple(sorted(settings.only.items())), settings.heading
        if place in seen:
            what = (
                f"{_named(seen[place], codebook)} and {_named(wave, codebook)} are read from one file, "
                "and nothing says which rows are whose"
            )
            remedy = "name each wave’s own file, or say by the value of a column which rows are whose:" + to_paste(
                "waves", wave, line='only: {"heading of a column": "what stands there"}'
            )
            yield Problem(what, remedy, file, None, f"waves.{wave}.file", settings.file, "the rows of one wave each")
        seen[place] = wave


def _pairs(params: Params, codebook: Codebook, file: str) -> Iterator[Problem]:
    known, seen = list(codebook.waves), []
    for pair in params.analysis.pairs:
        if unknown := [wave for wave in pair.in_order if wave not in known]:
            for wave in unknown:
                near = nearest(wave, known)
                remedy = f"did you mean “{near}”?" if near else "use one of the allowed names"
                what = "the codebook has no such wave"
                yield Problem(what, remedy, file, None, "analysis.pairs", wave, ", ".join(known))
            continue
        yield from _pair(pair, known, codebook, file)
        if pair.in_order in seen:
            yield Problem("this pair of waves is named twice", "keep one of the two", file, None, "analysis.pairs")
        seen.append(pair.in_order)


def _pair(pair: PairOfWaves, known: list[str], codebook: Codebook, file: str) -> Iterator[Problem]:
    earlier, later = pair.in_order
    if known.index(earlier) >= known.index(later):
        what = f"{_named(later, codebook)} does not come after {_named(earlier, codebook)}"
        remedy = "write the later one as wave: and the earlier one as compared_with:"
        yield Problem(what, remedy, file, None, "analysis.pairs", f"{later}, {earlier}", ", ".join(known))
    elif not codebook.items_in(pair.in_order):
        what = (
            f"{_named(earlier, codebook)} and {_named(later, codebook)} share no statement, so nothing can be compared"
        )
        remedy = "leave the pair out of the plan, or say in the codebook which statements both waves asked (waves:)"
        yield Problem(what, remedy, file, None, "analysis.pairs", f"{later}, {earlier}", "waves that share a statement")


def _named(wave: str, codebook: Codebook) -> str:
    return f"“{codebook.waves[wave].en}”"
