"""What a programme with a quota would reach: from the published figures by decile, nothing else."""

from regsosek.simulation.allocate import Allotted, Need, allocate
from regsosek.simulation.simulate import Program, Simulation, SimulationRefusedError, programs, simulate
from regsosek.simulation.workbook import write_workbook

__all__ = [
    "Allotted",
    "Need",
    "Program",
    "Simulation",
    "SimulationRefusedError",
    "allocate",
    "programs",
    "simulate",
    "write_workbook",
]
