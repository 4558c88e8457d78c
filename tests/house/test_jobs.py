"""Every job that is queued exists, and every job that exists is queued by somebody."""

import ast
from types import SimpleNamespace
from typing import Any

import pytest

from data.municipalities.policy import Policies
from outreach import schedule
from tests.house.sources import FLOORS, ROOT, calls, dotted, place, python_files, tree

#: Queues what the timetable names; the timetable is read below.
CLOCKWORK = ROOT / "outreach" / "schedule.py"
FILES = python_files(*FLOORS)


def constants():
    """Return the module-level texts of the program by name."""
    found = {}
    for file in FILES:
        for node in tree(file).body:
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=text)):
                    found[name] = text
                case ast.AnnAssign(target=ast.Name(id=name), value=ast.Constant(value=text)):
                    found[name] = text
    return found


KNOWN = constants()


def text_of(node):
    """Return a job's name, written out or by the name of a constant; else nothing."""
    if isinstance(node, ast.Constant):
        return node.value
    return KNOWN.get(dotted(node).rpartition(".")[2])


REGISTERED = {
    text_of(call.args[0])
    for file in FILES
    for node in ast.walk(tree(file))
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    for call in node.decorator_list
    if isinstance(call, ast.Call) and call.args and dotted(call.func) in {"job", "jobs.job"}
}
QUEUED = {
    place(file, call): text_of(call.args[1])
    for file in FILES
    if file != CLOCKWORK
    for call in calls(file)
    if dotted(call.func) in {"defer", "jobs.defer"} and len(call.args) > 1
}


def timetable():
    """Return the jobs that ticks queue."""
    runtime: Any = SimpleNamespace(policies=Policies.load())
    scheduler = schedule.build(runtime, "postgresql+psycopg://nobody@127.0.0.1:1/never_asked_test")
    return {tick.args[0] for tick in scheduler.get_jobs()}


def test_a_job_is_queued_by_a_name_that_can_be_looked_up():
    assert [where for where, name in QUEUED.items() if name is None] == []


def test_every_job_queued_exists():
    assert {where: name for where, name in QUEUED.items() if name not in REGISTERED} == {}


def test_every_tick_queues_a_job_that_exists():
    assert timetable() - REGISTERED == set()


@pytest.mark.parametrize("name", sorted(REGISTERED))
def test_every_job_is_queued_by_somebody(name):
    assert name in {*QUEUED.values(), *timetable()}
