"""papermill's own engine, saving less often (each save of a notebook writes all its figures, twice a cell) and counting
cells as JupyterLab does.
"""

from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, NotebookExecutionManager, papermill_engines
from papermill.log import logger

NAME = "followup"
SECONDS_BETWEEN_SAVES = 2.0


class SparingManager(NotebookExecutionManager):
    """Keeps the record of a run; on disk it is at most two seconds old, and whole once the run has ended. Nothing of a run
    ahead is on disk before it goes on.
    """

    ended, ahead = False, None

    def save(self, **changes) -> None:
        self.nb = changes.get("nb") or self.nb
        due = self.ended or (self.now() - self.last_save_time).total_seconds() >= SECONDS_BETWEEN_SAVES
        if due and not (self.ahead and self.ahead.waits):
            super().save()

    def cell_start(self, cell, cell_index=None, **settings) -> None:
        if self.ahead and (cells := self.ahead.before(cell_index)):
            cell.clear()
            cell.update(cells[0])
            self.nb.cells[cell_index + 1 :] = cells[1:]
        super().cell_start(cell, cell_index, **settings)

    def cell_exception(self, *cell, **settings) -> None:
        if self.ahead:
            self.ahead.failed()
        super().cell_exception(*cell, **settings)

    def notebook_complete(self, **changes) -> None:
        self.ended = True
        super().notebook_complete(**changes)


class CountingClient(PapermillNotebookClient):
    """Runs the cell that papermill put in without counting it: [7] is the cell that is [7] when the notebook runs by hand."""

    def execute_cell(self, cell, cell_index, **settings):
        own = "injected-parameters" not in cell.metadata.get("tags", [])
        return super().execute_cell(cell, cell_index, **settings, store_history=own)


class StudyEngine(NBClientEngine):
    """papermill's engine with a `SparingManager` and a `CountingClient`."""

    @classmethod
    def execute_managed_notebook(cls, nb_man, kernel_name, log_output=False, **settings):
        told = {
            "timeout": settings.pop("execution_timeout", None),
            "startup_timeout": settings.pop("start_timeout", 60),
        }
        settings.pop("input_path", None)
        return CountingClient(
            nb_man, kernel_name=kernel_name, log=logger, log_output=log_output, **told, **settings
        ).execute()

    @classmethod
    def execute_notebook(cls, nb, kernel_name, output_path=None, log_output=False, progress_bar=False, **settings):
        run = SparingManager(nb, output_path=output_path, log_output=log_output, progress_bar=progress_bar)
        run.ahead = settings.pop("ahead", None)
        run.notebook_start()
        try:
            cls.execute_managed_notebook(run, kernel_name, log_output=log_output, **settings)
        finally:
            run.notebook_complete()
        return run.nb


papermill_engines.register(NAME, StudyEngine)
