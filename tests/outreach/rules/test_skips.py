"""Does somebody ask to leave an instalment out for now?"""

import pytest

from outreach.rules.phrases.skips import asks_to_skip


@pytest.mark.parametrize(
    "text",
    [
        "spring over i denne måned",
        "kan jeg springe januar over",
        "må jeg hoppe over en måned",
        "kan mine rater stå stille et par måneder",
        "pause på aftalen tak",
        "kan afdraget vente til næste måned",
        "kan raten udskydes",
        "skip this month please",
        "can I pause my plan",
        "can my next instalment wait",
    ],
)
def test_a_wish_for_a_rest_is_heard(text):
    assert asks_to_skip(text)


@pytest.mark.parametrize(
    "text",
    [
        "kan vi sige 200 om måneden",
        "jeg vil ikke springe over, bare betale mindre",
        "jeg kom til at springe en rate over",
        "jeg sprang en rate over ved en fejl",
        "kan vi flytte datoen til den 15.",
        "I skipped one by mistake",
    ],
)
def test_other_changes_are_no_rest(text):
    assert not asks_to_skip(text)
