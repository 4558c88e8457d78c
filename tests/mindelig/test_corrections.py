"""`mindelig corrections export`: what two people have approved becomes training data, once."""

from dataclasses import dataclass

import pytest
import yaml
from sqlalchemy import select

from data.models.conversations import Hearer
from data.models.corrections import Correction, CorrectionState
from mindelig.corrections import write
from outreach.errors import NotConfiguredError
from outreach.runtime import Runtime
from tests import make, make_desk


@dataclass
class Corrected:
    """Approve corrections of one conversation, as two caseworkers would."""

    runtime: Runtime

    async def begin(self):
        person = await make.citizen(self.runtime)
        self.talk = await make.conversation(self.runtime, person)
        self.anna = await make_desk.staff(self.runtime)
        self.bo = await make_desk.staff(self.runtime, "bo", name="Bo Dam")
        return self

    async def approve(self, text, should_be="ask_respite", language="da"):
        heard = {"understood_as": "ask_plan", "understood_by": Hearer.RASA, "confidence": 0.4}
        message = await make_desk.said(self.runtime, self.talk, text, **heard)
        now = self.runtime.clock.now()
        async with self.runtime.transaction() as session:
            session.add(
                Correction(
                    municipality="albertslund", message_id=message.id, language=language,
                    text=text, understood_as="ask_plan", should_be=should_be,
                    state=CorrectionState.APPROVED, proposed_by=self.anna.id, proposed_at=now,
                    reviewed_by=self.bo.id, reviewed_at=now,
                )
            )  # fmt: skip

    async def exported(self):
        async with self.runtime.transaction() as session:
            found = await session.scalars(
                select(Correction.text).where(Correction.exported_at.is_not(None))
            )
            return set(found)


@pytest.fixture
async def corrected(runtime):
    return await Corrected(runtime).begin()


@pytest.fixture
def nlu(tmp_path):
    """Training data with one example of an intent."""
    folder = tmp_path / "nlu"
    (folder / "da").mkdir(parents=True)
    known = {"version": "3.1", "nlu": [{"intent": "stop", "examples": "- Lad mig være\n"}]}
    (folder / "da" / "stop.yml").write_text(yaml.safe_dump(known), encoding="utf-8")
    return folder


def examples_in(path):
    [entry] = yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]
    assert path.name == f"{entry['intent']}.reviewed.yml"
    return entry["examples"].splitlines()


async def test_the_approved_are_written_sorted_and_once(corrected, nlu):
    for text in ("vent lidt", "giv mig tid", "Vent lidt"):
        await corrected.approve(text)
    await corrected.approve("give me time", language="en")
    done = await write(corrected.runtime, nlu, None)
    written = [line.lower() for line in examples_in(nlu / "da" / "ask_respite.reviewed.yml")]
    assert sorted(written) == ["- giv mig tid", "- vent lidt"]  # of two alike either may stand
    assert examples_in(nlu / "en" / "ask_respite.reviewed.yml") == ["- give me time"]
    assert len(done.fresh) == 3
    assert len(await corrected.exported()) == 4


async def test_exporting_again_adds_to_what_is_there_and_repeats_nothing(corrected, nlu):
    await corrected.approve("vent lidt")
    await write(corrected.runtime, nlu, None)
    await corrected.approve("giv mig tid")
    done = await write(corrected.runtime, nlu, None)
    assert done.fresh == [("da", "ask_respite", "giv mig tid")]
    path = nlu / "da" / "ask_respite.reviewed.yml"
    assert examples_in(path) == ["- giv mig tid", "- vent lidt"]
    before = path.stat().st_mtime_ns
    assert (await write(corrected.runtime, nlu, ["albertslund"])).fresh == []
    assert path.stat().st_mtime_ns == before


async def test_what_stands_in_the_training_data_is_not_written_or_contradicted(corrected, nlu):
    await corrected.approve("lad mig vaere", "stop")
    await corrected.approve("LAD MIG VÆRE", "ask_respite")
    done = await write(corrected.runtime, nlu, None)
    assert done.fresh == []
    assert dict(done.left_out) == {"that stands there as stop": 1}
    assert await corrected.exported() == {"lad mig vaere"}


@pytest.mark.parametrize("text", ["ring 20304050", "skriv til m@h.dk", "hilsen mette"])
async def test_what_tells_of_a_person_is_left_out_even_if_it_was_approved(corrected, nlu, text):
    await corrected.approve(text)
    done = await write(corrected.runtime, nlu, None)
    assert (done.fresh, sum(done.left_out.values())) == ([], 1)
    assert await corrected.exported() == set()
    assert list(nlu.rglob("*.reviewed.yml")) == []


async def test_another_municipalitys_are_left_where_they_are(corrected, nlu):
    await corrected.approve("vent lidt")
    assert (await write(corrected.runtime, nlu, ["faxe"])).fresh == []


async def test_a_folder_that_is_not_there_is_told(runtime, tmp_path):
    with pytest.raises(NotConfiguredError, match="no such folder"):
        await write(runtime, tmp_path / "nowhere", None)


def test_the_command_says_what_it_wrote(mindelig, nlu):
    done = mindelig("corrections", "export", "--to", str(nlu))
    assert done.returncode == 0, done.stderr
    assert "0 new examples" in done.stdout
    wrong = mindelig("corrections", "export", "--to", str(nlu / "nowhere"))
    assert (wrong.returncode, "no such folder" in wrong.stderr) == (2, True)
    assert mindelig("corrections", "export", "-m", "nowhere").returncode == 2
