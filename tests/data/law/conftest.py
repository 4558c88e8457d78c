"""The law as the project ships it, and a copy of its folder to be spoilt or amended."""

import re
import shutil

import pytest

from data.law.law import FOLDER, Law
from data.yaml_files import DataFileError


@pytest.fixture(scope="session")
def law():
    return Law.load()


@pytest.fixture
def folder(tmp_path):
    """A copy of the law's files."""
    for path in FOLDER.glob("*.yml"):
        shutil.copy(path, tmp_path)
    return tmp_path


@pytest.fixture
def amend(folder):
    """Write one thing for another in a law file, and return the law as it reads then."""

    def amend_it(file, right, wrong):
        path = folder / file
        text = path.read_text(encoding="utf-8")
        head = re.split(r"^(?!#)", text, maxsplit=1, flags=re.MULTILINE)[0]  # its first remarks
        body = text.removeprefix(head)
        assert right in body
        path.write_text(head + body.replace(right, wrong, 1), encoding="utf-8")
        return Law.load(folder)

    return amend_it


@pytest.fixture
def spoil(amend, folder):
    """Write one thing for another in a law file, and return the mistakes as `line: key: reason`."""

    def spoil_it(file, right, wrong):
        with pytest.raises(DataFileError) as refused:
            amend(file, right, wrong)
        return [said.removeprefix(f"{folder / file}:") for said in str(refused.value).splitlines()]

    return spoil_it
