"""A study and where it is kept: a journal file, a database, or Optuna's gRPC proxy.

A trial whose worker was lost is given back once and tried again. Optuna's own heartbeats know only
databases, so a running trial notes its worker, and who looks after the study asks whether it lives.
"""

from __future__ import annotations

import os
import socket
import time
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlwright.database import label_of, read_url
from sqlwright.errors import ConfigError, DatabaseError, MissingExtra, UsageError, first_line

if TYPE_CHECKING:
    from optuna import Study
    from optuna.storages import BaseStorage
    from optuna.trial import FrozenTrial

    from sqlwright.tune.space import Tuning

_SILENT = 600.0  # seconds after which a worker on another machine counts as lost
_BEAT = 60.0  # seconds between two signs of life
_NAMELESS = 60.0  # seconds that a trial may run before its worker has signed it
_TRIES = 3


def open_storage(where: str, workers: int = 1) -> BaseStorage:
    """The storage in a journal file, at a database's URL, or behind grpc://host:port.

    Raises:
        UsageError: SQLite with several workers, or an address that is none.
        DatabaseError: it cannot be opened.
    """
    _require_optuna()
    import optuna
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend
    from sqlalchemy.exc import SQLAlchemyError
    from sqlalchemy.pool import NullPool

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    if "://" not in where:
        try:
            Path(where).parent.mkdir(parents=True, exist_ok=True)
            return JournalStorage(JournalFileBackend(where))
        except (OSError, ValueError) as error:
            raise DatabaseError(f"{where} is no journal of a study: {first_line(error)}") from None
    if where.startswith("grpc://"):
        return _behind_proxy(where)
    url = read_url(where)
    backend = url.get_backend_name()
    if backend == "sqlite" and workers > 1:
        raise UsageError(
            "SQLite lets one process write at a time: leave out --storage (a journal file serves"
            " many workers), or name a PostgreSQL database"
        )
    if backend in ("postgresql", "postgres"):
        url = url.set(drivername="postgresql+psycopg")
    try:
        return optuna.storages.RDBStorage(
            url.render_as_string(hide_password=False),
            # a trial takes minutes: nothing is held open on the server between two of its words
            engine_kwargs={"poolclass": NullPool},
        )
    except ImportError as error:
        raise MissingExtra(f"{error.name}, which {backend} needs,", "postgres") from None
    except (SQLAlchemyError, RuntimeError) as error:  # its words must not show the password
        why = first_line(error).replace(str(url.password), "***")
        raise DatabaseError(f"{label_of(url)} cannot hold a study: {why}") from None


def _behind_proxy(where: str) -> BaseStorage:
    import optuna

    host, _, port = where.removeprefix("grpc://").partition(":")
    if not host or not port.isdigit():
        raise UsageError("the address of a proxy is grpc://host:port")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that it is experimental
            return optuna.storages.GrpcStorageProxy(host=host, port=int(port))
    except ImportError:
        raise UsageError("grpc:// needs grpcio: run pip install grpcio") from None


def without_password(where: str) -> str:
    """The address as it may be kept in a file."""
    if "://" not in where or where.startswith("grpc://"):
        return where
    url = read_url(where)
    return url.set(password=None).render_as_string()


def _require_optuna() -> None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import optuna  # noqa: F401
    except ImportError:
        raise MissingExtra("optuna, which tuning needs,", "tune") from None


def create_study(
    storage: BaseStorage, name: str, identity: Mapping[str, Any], *, resume: bool
) -> Study:
    """The study, new or gone on with.

    Args:
        identity: what its trials share: the space, the settings, the records, by name.

    Raises:
        UsageError: it exists and is not to be gone on with, or does not and is.
        ConfigError: it is a study of another space, other settings or other records.
    """
    import optuna

    try:
        found = load_study(storage, name)
    except UsageError:
        if resume:
            raise
        study = optuna.create_study(storage=storage, study_name=name, direction="minimize")
        for key, value in identity.items():
            study.set_user_attr(key, value)
        return study
    if not resume:
        raise UsageError(
            f"the study {name} exists: --resume goes on with it, or give another --study"
        )
    for key, value in identity.items():
        if key not in found.user_attrs:  # whoever created it was killed right then
            found.set_user_attr(key, value)
        elif differing := _first_difference(found.user_attrs[key], value):
            raise ConfigError(f"the study {name} is of other {key} ({differing}): give another"
                              " --study")  # fmt: skip
    return found


def load_study(
    storage: BaseStorage, name: str, tuning: Tuning | None = None, seed: int = 0
) -> Study:
    """A study that exists, with the sampler and pruner that the tuning names.

    Raises:
        UsageError: there is none of that name.
    """
    import optuna

    try:
        return optuna.load_study(
            storage=storage,
            study_name=name,
            sampler=_sampler(tuning, seed) if tuning else None,
            pruner=_pruner(tuning) if tuning else None,
        )
    except KeyError:
        raise UsageError(f"there is no study {name}: leave out --resume to begin it") from None


def _first_difference(old: Any, new: Any) -> str | None:
    if not isinstance(old, Mapping) or not isinstance(new, Mapping):
        return None if old == new else f"{old}, {new}"
    for key in (*old, *new):
        if old.get(key) != new.get(key):
            return f"{key}: {old.get(key, 'none')}, now {new.get(key, 'none')}"
    return None


def _sampler(tuning: Tuning, seed: int) -> Any:
    import optuna

    if tuning.sampler == "random":
        return optuna.samplers.RandomSampler(seed=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what is marked as experimental
        return optuna.samplers.TPESampler(
            multivariate=True,
            group=True,  # axes under a condition are modeled where they are there
            constant_liar=True,  # what runs elsewhere is not drawn again
            n_startup_trials=tuning.startup_trials,
            seed=seed,
        )


def _pruner(tuning: Tuning) -> Any:
    from optuna import pruners

    first = max(1, round(100 * tuning.prune_at[0])) if tuning.prune_at else 1
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return {
            # one trial that got as far is no median: three are
            "median": lambda: pruners.MedianPruner(
                n_startup_trials=tuning.startup_trials, n_min_trials=3
            ),
            "percentile": lambda: pruners.PercentilePruner(
                25.0, n_startup_trials=tuning.startup_trials, n_min_trials=3
            ),
            "successive-halving": lambda: pruners.SuccessiveHalvingPruner(
                min_resource=first,
                reduction_factor=2,
            ),
            "hyperband": lambda: pruners.HyperbandPruner(
                min_resource=first,
                max_resource=100,
                reduction_factor=2,
            ),
            "none": pruners.NopPruner,
        }[tuning.pruner]()


class Signature:
    """A running trial's note of its worker, renewed while it goes on."""

    def __init__(self, trial: Any) -> None:
        self.trial = trial
        self.beaten = 0.0
        self.beat()

    def beat(self) -> None:
        """Say that the worker lives, if that was not said lately."""
        if time.monotonic() - self.beaten < _BEAT and self.beaten:
            return
        self.beaten = time.monotonic()
        pid = os.getpid()
        signed = {"host": socket.gethostname(), "pid": pid, "born": _born(pid), "at": time.time()}
        self.trial.set_user_attr("worker", signed)


def _born(pid: int) -> str | None:
    """When the process began, in clock ticks since the machine did, where the system tells."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return None
    # its second field may hold spaces and parentheses
    fields = text.rpartition(")")[2].split()
    return None if fields[0] == "Z" else fields[19]  # a zombie is not alive


def why_lost(trial: FrozenTrial) -> str | None:
    """Why the worker of a running trial is taken for lost, or None."""
    signed = trial.user_attrs.get("worker")
    if signed is None:
        started = trial.datetime_start
        waited = time.time() - started.timestamp() if started else 0.0
        return "its worker was lost before it signed" if waited > _NAMELESS else None
    if signed["host"] == socket.gethostname():
        if _lives(int(signed["pid"]), signed["born"]):
            return None
        return f"its worker, process {signed['pid']}, is gone"
    silent = time.time() - signed["at"]
    return f"its worker on {signed['host']} is silent" if silent > _SILENT else None


def _lives(pid: int, born: str | None) -> bool:
    if born is not None:
        return _born(pid) == born  # or else the number may be another process' by now
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def give_back_lost(study: Study) -> list[str]:
    """Give each trial whose worker was lost back to be tried again; what was done, in sentences."""
    from optuna.trial import TrialState

    trials = study.get_trials(deepcopy=False)
    said = []
    for trial in trials:
        if trial.state == TrialState.RUNNING and (why := why_lost(trial)):
            said += give_back(study, trial, why)
    # one that gave a trial back was killed between its two steps
    tried_again = {trial.user_attrs.get("retry_of") for trial in study.get_trials(deepcopy=False)}
    for trial in trials:
        lost = trial.state == TrialState.FAIL and "lost" in trial.user_attrs
        if lost and trial.number not in tried_again:
            _try_again(study, trial)
    return said


def give_back(study: Study, trial: FrozenTrial, why: str, *, blame: bool = True) -> list[str]:
    """End a running trial and queue its settings once more; nothing if someone else has done so.

    Args:
        blame: its settings may be what ended it: after three workers it counts as pruned.
    """
    from optuna.trial import TrialState

    tries = trial.user_attrs.get("tries", 1)
    hopeless = blame and tries >= _TRIES
    reason = f"{why}, the {tries}. in a row: most likely its memory" if hopeless else why
    with _unless_ended():
        study._storage.set_trial_user_attr(
            trial._trial_id, "reason" if hopeless else "lost", reason
        )
        state = TrialState.PRUNED if hopeless else TrialState.FAIL
        # the first one to end it queues it again: the storage refuses the second
        study._storage.set_trial_state_values(trial._trial_id, state)
        if not hopeless:
            _try_again(study, trial, tries + blame)
        return [f"trial {trial.number}: {reason}{'' if hopeless else '; it is tried again'}"]
    return []


@contextmanager
def _unless_ended() -> Iterator[None]:
    from optuna.exceptions import UpdateFinishedTrialError

    try:
        yield
    except UpdateFinishedTrialError:
        return


def _try_again(study: Study, trial: FrozenTrial, tries: int = 2) -> None:
    attributes: dict[str, Any] = {"retry_of": trial.number, "tries": tries}
    if "known" in trial.user_attrs:
        attributes["known"] = trial.user_attrs["known"]
    study.enqueue_trial(trial.params, user_attrs=attributes)
