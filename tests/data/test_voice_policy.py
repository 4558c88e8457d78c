"""What a municipality may decide about the telephone."""

import pytest
import yaml
from pydantic import ValidationError

from data.municipalities.policy import FOLDER, Policies
from data.municipalities.voice import Voice
from data.values.phone import PhoneNumber
from data.yaml_files import DataFileError

POLICIES = Policies.load()


def decided(**changes):
    file = yaml.safe_load((FOLDER / "faxe.yml").read_text(encoding="utf-8"))
    return Voice.model_validate(file["voice"] | changes)


def numbered(key, number):
    policy = POLICIES[key]
    assert policy.voice is not None
    voice = policy.voice.model_copy(update={"number": PhoneNumber(number)})
    return policy.model_copy(update={"voice": voice})


def test_the_telephone_is_off_until_there_is_a_number():
    voices = [POLICIES[key].voice for key in POLICIES.keys]
    assert [voice.number for voice in voices if voice] == [None, None]


def test_calls_cannot_be_recorded_and_the_reason_is_said():
    with pytest.raises(ValidationError, match="cannot be recorded in this version"):
        decided(recording=True)


def test_a_slot_ends_after_it_begins():
    with pytest.raises(ValidationError, match="opens must be before closes"):
        decided(call_back=[{"name": {"da": "x", "en": "x"}, "opens": "12:00", "closes": "09:00"}])


def test_a_number_is_found_and_is_one_municipality_s():
    both = Policies([numbered("albertslund", "+4570990301"), numbered("faxe", "+4570990302")])
    assert both.of_voice_number(PhoneNumber("+4570990302")) is both["faxe"]
    assert both.of_voice_number(PhoneNumber("+4570990309")) is None
    with pytest.raises(DataFileError, match=r"voice\.number"):
        Policies([numbered("albertslund", "+4570990301"), numbered("faxe", "+4570990301")])
