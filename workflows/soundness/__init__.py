"""What makes an assembly and its procedures sound, beyond being well written.

Every rule has a name, finds its faults with their place in the file, and says how to mend them.
The checks run when an assembly is loaded, in the test run, and by `tracker procedure check`.
"""

from __future__ import annotations

from collections import Counter

from workflows.assembly_schema import Assembly
from workflows.loader import AssemblyFiles, BadFile, Loaded, Problem
from workflows.soundness.assembly import check_assembly_file
from workflows.soundness.discretion import check_discretion, check_stops
from workflows.soundness.graph import check_graph
from workflows.soundness.names import check_names, check_references


def problems(
    loaded: Loaded, assembly: Assembly, notices: frozenset[str] | None = None
) -> list[Problem]:
    """Find every fault of a procedure.

    `notices` are the names that have templates; None skips that.
    """
    procedure = loaded.procedure
    faults = list(check_references(procedure))
    if not faults:  # the graph cannot be walked with arrows into nowhere
        faults = [
            *check_graph(procedure),
            *check_names(procedure, assembly, notices),
            *check_discretion(procedure, assembly),
            *check_stops(procedure),
        ]
    return [loaded.source.problem(*fault) for fault in faults]


def check_assembly(files: AssemblyFiles, notices: frozenset[str] | None = None) -> None:
    """Raise `BadFile` with all faults of an assembly and its procedures."""
    keys = Counter(loaded.procedure.procedure for loaded in files.procedures)
    found = [files.source.problem(*fault) for fault in check_assembly_file(files.assembly, keys)]
    for loaded in files.procedures:
        key = loaded.procedure.procedure
        if keys[key] > 1:
            message = f"{keys[key]} files describe the procedure {key}"
            remedy = "Rename or remove all but one."
            found.append(loaded.source.problem(["procedure"], "unique", message, remedy))
        found.extend(problems(loaded, files.assembly, notices))
    if found:
        raise BadFile(list(dict.fromkeys(found)))  # a table that two procedures share, once
