"""`mindelig explain`: what a person at the telephone needs to know of a claim, with its sources."""

import json

import pytest

from data.values.time import parse_instant
from mindelig.demo import write_samples

pytestmark = pytest.mark.slow

AS_OF = "2026-11-24T10:00"


@pytest.fixture
def after_a_round(mindelig, tmp_path):
    """Faxe's sample claims and payments are in, and a round has written about them."""
    made = write_samples(tmp_path / "samples", parse_instant(AS_OF).date())
    files = next(one for one in made if one.municipality == "faxe")
    for what, file in (("claims", files.claims), ("payments", files.payments)):
        done = mindelig("import", what, str(file), "-m", "faxe", MINDELIG_NOW=AS_OF)
        assert done.returncode in {0, 3}, done.stdout + done.stderr  # one sample has no number
    done = mindelig("outreach", "run", "-m", "faxe", "--as-of", AS_OF)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_claim_is_explained_in_words_with_the_councils_own(mindelig, after_a_round):
    done = mindelig("explain", "F-2002", "--as-of", AS_OF, "--language", "en")
    assert done.returncode == 0, done.stderr
    for told in (
        "F-2002: Parking charge, open",
        "What has been decided",
        "2026-11-24  First contact taken. Decided by the rules.",
        "Why it stands still now",
        "What happens if nobody pays and nobody intervenes",
        "F21 (line 37)",
        "line 37: »",
        "alle øvrige krav oversendes såfremt første rykkerskrivelse ikke er betalt rettidigt",
    ):
        assert told in done.stdout
    assert "Grace" not in done.stdout
    assert "70991202" not in done.stdout


def test_machines_get_the_same_as_json(mindelig, after_a_round):
    done = mindelig("explain", "F-2002", "-m", "faxe", "--as-of", AS_OF, "--json")
    [found] = json.loads(done.stdout)
    assert (found["municipality"], found["claim_ref"]) == ("faxe", "F-2002")
    keys = [section["key"] for section in found["sections"]]
    assert keys == ["decisions", "now", "words", "ahead"]
    ahead = found["sections"][3]["lines"]
    assert ahead[0]["day"] > AS_OF[:10]
    assert ahead[0]["quotes"][0]["first"] == 37


def test_a_reference_nobody_has_is_told(mindelig):
    done = mindelig("explain", "X-1")
    assert done.returncode == 1
    assert "Ingen krav har den reference." in done.stdout


def test_a_language_we_do_not_write_is_told(mindelig):
    done = mindelig("explain", "X-1", "--language", "fr")
    assert done.returncode == 2
    assert "da or en" in done.stderr
