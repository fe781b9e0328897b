"""A hundred kernels, started as the chain starts them and four at a time: how many do not come up, and what one costs.

.venv/bin/python tests/benchmarks/hundred_starts.py --starts 100
"""

import argparse
import os
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "notebooks"))
from followup.chain.warm_kernels import warm


def starts(count: int, at_once: int = 4, forked: bool = True) -> list[str]:
    """Start `count` kernels and ask each for a sum; what went wrong, a line for each that did not answer."""
    with tempfile.TemporaryDirectory(prefix="followup-") as runtime:
        before = os.environ.get("JUPYTER_RUNTIME_DIR")
        os.environ["JUPYTER_RUNTIME_DIR"] = runtime
        try:
            with ThreadPoolExecutor(at_once) as pool:
                if not forked:
                    return [wrong for wrong in pool.map(_start, range(count)) if wrong]
                with warm([]):
                    return [wrong for wrong in pool.map(_start, range(count)) if wrong]
        finally:
            os.environ.pop("JUPYTER_RUNTIME_DIR") if before is None else os.environ.update(JUPYTER_RUNTIME_DIR=before)


def _start(number: int) -> str:
    from nbclient import NotebookClient

    cells = [nbformat.v4.new_code_cell(f"{number} + 1")]
    notebook = nbformat.v4.new_notebook(
        cells=cells, metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    )
    try:
        NotebookClient(
            notebook, kernel_manager_class="followup.chain.kernels.StudyKernelManager", shutdown_kernel="immediate"
        ).execute()
        answer = notebook.cells[0].outputs[0]["data"]["text/plain"]
    except Exception as error:  # noqa: BLE001 - whatever keeps a kernel from answering is what is counted
        return f"kernel {number}: {type(error).__name__}: {error}"
    return "" if answer == str(number + 1) else f"kernel {number}: answered {answer}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--starts", type=int, default=100)
    parser.add_argument("--at-once", type=int, default=4)
    asked = parser.parse_args()
    failed = 0
    for forked in (True, False):
        begin, before = time.perf_counter(), os.times()
        wrong = starts(asked.starts, asked.at_once, forked)
        after = os.times()
        cpu = sum(after[:4]) - sum(before[:4])
        print(
            f"{'forked' if forked else 'on its own':<10}  {asked.starts} starts, {len(wrong)} failed   "
            f"{time.perf_counter() - begin:5.1f} s   {cpu / asked.starts:.2f} CPU s each",
            *wrong,
            sep="\n",
            flush=True,
        )
        failed += len(wrong)
    return min(failed, 1)


if __name__ == "__main__":
    sys.exit(main())
