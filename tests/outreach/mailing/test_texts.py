"""Every letter, in both languages and all its forms: whole, plain, kind, and safe to open."""

import re
from dataclasses import replace
from datetime import date
from functools import cache
from html.parser import HTMLParser
from itertools import cycle, product
from typing import Any

import pytest

from data.law.claim_types import PlanKind, Regime
from data.municipalities.ladders import StepKind
from data.values.money import NOTHING, Money
from data.values.recipients import Recipient
from outreach.errors import TextError
from outreach.mailing.texts import FOLDER, as_text, write
from tests.outreach.mailing.letter_makers import KINDS, LANGUAGES, LINE, contents

EVERY = pytest.mark.parametrize(("kind", "language"), list(product(KINDS, LANGUAGES)), ids=str)

#: Läsbarhetsindex: below 35 is easy, as in books for the young; laws are above 55.
HARDEST = 35
#: Words that threaten, blame, or name whom a creditor must never name (§ 4.1 of the research).
BANNED = {
    "da": {
        "rki", "politi", "politiet", "arbejdsgiver", "arbejdsgiveren", "familie", "venner",
        "inkasso", "straks", "omgående", "trussel", "truer", "tvinge", "tvinger", "desuagtet",
        "skylden", "ansvarsløs", "forsømt", "undladt", "svigtet", "dårlig", "sidste chance",
        "retsforfølgelse", "såfremt", "vedrørende", "herunder", "ovennævnte", "din plads",
    },
    "en": {
        "police", "employer", "family", "credit bureau", "immediately", "at once", "failed",
        "failure", "threat", "fault", "blame", "final demand", "prosecute", "neglected",
        "hereby", "pursuant", "aforementioned", "lose your place",
    },
}  # fmt: skip


SUMS: list[dict[str, Any]] = [
    {},
    {"fee": Money(25000), "fees": Money(25000), "total": Money(145000)},
    {"interest": Money(1234), "paid": Money(20000), "interest_runs": True},
]
#: Two ways at the least, and what each leads to.
WAYS = {
    "da": ("Afdrag: ", "Henstand: ", "Bliver den ikke holdt, kan vi rykke igen"),
    "en": ("Instalments: ", "Respite: ", "we may send reminders again"),
}
WAYS_TO_KEEP_A_SUPPLY = {
    "da": ("Betal beløbet. Så er sagen slut", "Vi lukker ikke, så længe aftalen"),
    "en": ("Pay the sum. Then the matter is closed", "nothing off while the agreement"),
}


@cache
def page_of(given):
    return write(given).html


@cache
def words_of(given):
    return as_text(page_of(given))


@cache
def variants(kind, language):
    """Return every form a letter of the kind may take."""
    return list(_variants(kind, language))


def _variants(kind, language):
    regimes = cycle(Regime)
    for (business, co_debtor), sums, plan, (notice, breach) in product(
        [(False, False), (False, True), (True, False), (True, True)],
        SUMS,
        PlanKind,
        [(False, False), (True, False), (True, True)],
    ):
        yield contents(
            kind,
            language,
            is_business=business,
            is_co_debtor=co_debtor,
            has_co_debtors=co_debtor,
            plan=plan,
            gives_notice=notice,
            needs_breach=breach,
            is_general_told=notice,
            goes_to=Recipient.BAILIFF if breach and co_debtor else Recipient.STATE,
            regime=next(regimes),
            follows=StepKind.NOTICE if business else StepKind.REMINDER,
            social_authorities_told_on=date(2026, 11, 2) if co_debtor else None,
            owning_unit="Dagtilbud" if business else None,
            answering_unit="Dagtilbud" if business and notice else None,
            pay_line=None if co_debtor else LINE,
            has_betalingsservice=co_debtor and not business,
            invites_to_betalingsservice=not co_debtor,
            instalment_no=2 if notice else None,
            tax_year=2023 if breach else None,
            period_start=date(2026, 9, 1) if notice else None,
            period_end=date(2026, 9, 30) if notice else None,
            **sums,
        )


@EVERY
def test_a_letter_is_whole_in_every_form(kind, language):
    for given in variants(kind, language):
        text = words_of(given)
        assert not re.search(r"None|Undefined|False|True|\{|\}|\bkr\.\.|  |[.!?][A-ZÆØÅ]", text)
        assert not re.search(r"(^|\s)[,.;:]|\(\)|: *$", text, re.MULTILINE), text
        assert text.count(given.name) >= 2


@EVERY
def test_a_letter_says_who_writes_what_is_owed_and_by_when(kind, language):
    for given in variants(kind, language):
        text = words_of(given)
        creditor = {"da": "som er kreditor", "en": "which is the creditor"}
        for part in (
            given.municipality,
            given.claim_ref,
            given.claim_type,
            "43 68 68 68",
            "2. november 2026" if language == "da" else "2 November 2026",
            "4. december 2026" if language == "da" else "4 December 2026",
            creditor[language],
        ):
            assert part in text
        assert (given.pay_line is None) or str(given.pay_line) in text


@EVERY
def test_F14_every_letter_tells_of_a_person_a_representative_objection_and_insight(kind, language):
    wanted = {
        "da": ("tale med et menneske", "lade en anden tale", "uenig i regningen", "aktindsigt"),
        "en": ("talk to a person", "someone else talk", "not agree with the bill", "aktindsigt"),
    }
    for given in variants(kind, language):
        assert all(part in words_of(given) for part in wanted[language])


@EVERY
def test_F12_no_letter_threatens_or_blames(kind, language):
    for given in variants(kind, language):
        text = words_of(given).casefold()
        found = {word for word in BANNED[language] if re.search(rf"\b{word}\b", text)}
        assert found == set()


@EVERY
def test_F12_every_letter_is_easy_to_read(kind, language):
    hardest = max(lix(words_of(given)) for given in variants(kind, language))
    assert hardest <= HARDEST


def lix(text):
    """Return the readability index LIX: words a sentence, and a hundredth of long words."""
    sentences = [
        words
        for line in text.splitlines()
        for sentence in re.split(r"[.:!?](?:\s|$)", line)
        if (words := re.findall(r"[^\W\d_]+", sentence))
    ]
    words = [word for sentence in sentences for word in sentence]
    return len(words) / len(sentences) + 100 * sum(len(word) > 6 for word in words) / len(words)


@EVERY
def test_a_letter_to_somebody_whose_name_no_ledger_gave_greets_them_all_the_same(kind, language):
    text = words_of(contents(kind, language, name="", is_co_debtor=True))
    assert {"da": "Goddag", "en": "Hello"}[language] in text.splitlines()
    assert not re.search(r"^(Kære|Dear|Til|To)\s*$", text, re.MULTILINE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_reminder_promises_no_instalments_where_the_policy_allows_none(language):
    text = words_of(contents(language=language, offers_plan=False))
    instalments, respite = (words.strip() for words in WAYS[language][:2])
    assert instalments not in text
    assert respite in text
    assert {"da": "svarer en medarbejder dig", "en": "a person will answer you"}[language] in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_F11_a_reminder_leaves_no_free_choice_where_the_law_fixes_the_plan(language):
    text = words_of(contents(language=language, plan=PlanKind.STATUTORY))
    free = {"da": "dele beløbet op eller", "en": "split the sum or"}[language]
    law = {"da": "efter reglerne i loven", "en": "by the rules of the law"}[language]
    assert free not in text
    assert law in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_A14_a_reminder_asks_what_the_citizen_can_pay_before_it_says_how_to_pay(language):
    text = words_of(contents(language=language))
    opening, pay = {"da": ("dele beløbet op", "Betal 1.200"), "en": ("split the sum", "Pay 1,200")}[
        language
    ]
    assert text.index(opening) < text.index(pay)
    assert ("Hvad kan du betale" if language == "da" else "What can you pay") in text


@EVERY
def test_A4_F13_every_letter_shows_at_least_two_ways_and_what_each_leads_to(kind, language):
    text = words_of(contents(kind, language))
    wanted = WAYS_TO_KEEP_A_SUPPLY if kind is StepKind.CLOSURE_NOTICE else WAYS
    assert all(part in text for part in wanted[language])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_reminder_names_its_fee_and_the_paragraph_of_its_regime(language):
    costly: dict[str, Any] = {"fee": Money(10000), "fees": Money(10000), "total": Money(130000)}
    by_gebyrloven = words_of(contents(language=language, regime=Regime.UDPANTNING, **costly))
    by_renteloven = words_of(contents(language=language, regime=Regime.CIVIL, **costly))
    assert "100 kr." in by_gebyrloven
    assert "gebyrloven" in by_gebyrloven
    assert "§ 2 " in by_gebyrloven
    assert "renteloven" in by_renteloven
    assert "§ 9 b" in by_renteloven
    free = {"da": "Denne rykker koster ikke noget", "en": "This reminder costs nothing"}
    assert free[language] in words_of(contents(language=language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sums_of_a_letter_stand_in_a_table_that_adds_up(language):
    given = contents(
        language=language,
        fees=Money(25000),
        interest=Money(1250),
        paid=Money(20000),
        total=Money(126250),
    )
    rows = re.findall(r"(?<=: )(−?[\d.,]+) kr\.$", words_of(given), re.MULTILINE)
    oere = [int(re.sub(r"[.,]", "", row).replace("−", "-")) for row in rows]
    assert sum(oere[:-1]) == oere[-1] == 126250


@pytest.mark.parametrize("kind", [StepKind.REMINDER, StepKind.NOTICE, StepKind.AUCTION_WARNING])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_notice_names_the_law_the_day_and_who_takes_over(kind, language):
    for recipient in Recipient:
        given = contents(kind, language, gives_notice=True, goes_to=recipient)
        text = words_of(given)
        wanted = {
            ("da", Recipient.STATE): ("Gældsstyrelsen", "70 15 73 04", "§ 2, stk. 4"),
            ("da", Recipient.BAILIFF): ("kommunens pantefoged", "§ 2, stk. 4"),
            ("en", Recipient.STATE): ("Gældsstyrelsen", "70 15 73 04", "§ 2(4)"),
            ("en", Recipient.BAILIFF): ("pantefogeden", "§ 2(4)"),
        }
        assert all(part in text for part in wanted[language, recipient])


def test_A26_where_a_person_decides_being_unable_to_pay_is_said_to_be_no_ground():
    by_person = words_of(contents(StepKind.NOTICE))
    by_rule = words_of(contents(StepKind.NOTICE, is_person_asked=False, spares_unable=False))
    assert "En medarbejder ser altid på sagen først" in by_person
    assert "ikke en grund i sig selv, at man ikke kan betale" in by_person
    assert "medarbejder ser" not in by_rule
    assert "grund i sig selv" not in by_rule


def test_F20_the_notice_for_benefits_says_that_only_a_broken_agreement_leads_on():
    text = words_of(contents(gives_notice=True, needs_breach=True, plan=PlanKind.STATUTORY))
    assert "kun, når en aftale om betaling ikke er blevet holdt" in text
    assert "står det i loven, hvor meget man betaler" in text


def test_F23_the_warning_of_an_auction_names_the_instalment_and_what_a_charge_is():
    text = words_of(contents(StepKind.AUCTION_WARNING))
    assert text.splitlines()[5] == "Varsel om tvangsauktion: Børnepasning, rate 2"
    assert "Er beløbet betalt, eller har vi en aftale, sker det ikke" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_closure_notice_tells_how_to_keep_the_supply_and_who_was_told(language):
    told = {"social_authorities_told_on": date(2026, 11, 2)}
    water = words_of(contents(StepKind.CLOSURE_NOTICE, language, claim_type_key="vand", **told))
    heat = words_of(contents(StepKind.CLOSURE_NOTICE, language))
    wanted = {
        "da": ("beholde vandet", "aftale om afdrag", "Stil sikkerhed", "depositum", "myndigheder"),
        "en": ("keep the water", "agreement on instalments", "security", "deposit", "services"),
    }
    assert all(part in water for part in wanted[language])
    assert ("varmen" if language == "da" else "the heat") in heat
    assert wanted[language][-1] not in heat


def test_A29_a_closure_notice_says_that_the_sum_is_still_owed():
    assert "Beløbet skal stadig betales" in words_of(contents(StepKind.CLOSURE_NOTICE))


GENERAL = {
    "da": ("Denne tekst er den samme til alle", "trække i løn", "gøre udlæg"),
    "en": ("This text is the same for everyone", "deduct from wages", "a charge on property"),
}
DEBT = {
    "da": ("både privat og offentlig gæld", "Det er generel information", "Du bestemmer selv"),
    "en": ("both private and public debt", "It is general information", "You decide yourself"),
}


@EVERY
def test_A30_A31_the_states_means_are_told_in_general_and_alike_to_all(kind, language):
    texts = {
        part
        for given in variants(kind, language)
        if given.is_general_told
        for part in re.findall(rf"^{GENERAL[language][0]}.*$", words_of(given), re.MULTILINE)
    }
    [told] = texts
    assert all(part in told for part in GENERAL[language])


@EVERY
def test_A32_A33_A34_debt_settlement_is_general_and_left_to_the_citizen(kind, language):
    text = words_of(contents(kind, language, is_general_told=True))
    firm = words_of(contents(kind, language, is_general_told=True, is_business=True))
    assert all(part in text for part in DEBT[language])
    assert not any(part in firm for part in DEBT[language])


def test_F27_betalingsservice_is_offered_where_policy_says_so():
    assert "Betalingsservice" in words_of(contents(invites_to_betalingsservice=True))
    assert "Betalingsservice" not in words_of(contents())


def test_one_who_owes_with_another_learns_why_and_nobodys_name():
    text = words_of(contents(is_co_debtor=True, name="Jens Hansen", has_co_debtors=True))
    assert "fordi du hæfter for regningen sammen med en anden" in text
    assert "skal kun betales én gang" in text
    assert "Mette" not in text


@EVERY
def test_a_business_is_not_addressed_as_one_person(kind, language):
    for given in variants(kind, language):
        if given.is_business and language == "da":
            assert not re.search(r"\b(du|dig|din|dit|dine)\b", words_of(given).casefold())


@EVERY
def test_a_letter_is_well_formed_and_says_its_language(kind, language):
    for given in variants(kind, language):
        html = page_of(given)
        check = Balanced()
        check.feed(html)
        assert check.open == []
        assert f'<html lang="{language}">' in html
        assert html.count("<h1>") == 1
        assert html.count("<th ") == html.count('<th scope="row">')
        assert not re.search(r"https?:|<script|<img|<link", html)


VOID = {"meta", "br"}


class Balanced(HTMLParser):
    """Keeps the tags that are open."""

    def __init__(self):
        super().__init__()
        self.open = []

    def handle_starttag(self, tag, attrs):
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_what_a_ledger_wrote_cannot_become_part_of_the_page():
    evil = '<script>alert("x")</script>'
    written = write(contents(name=evil, claim_ref=evil, owning_unit=evil, claim_type=evil))
    assert "<script" not in written.html
    assert evil in as_text(written.html)
    assert written.subject == f"Rykker: {evil}"


def test_nothing_more_is_asked_where_everything_is_nought():
    text = words_of(contents(principal=NOTHING, total=NOTHING))
    assert "I alt: 0,00 kr." in text


def test_a_language_or_kind_without_a_template_is_told_as_such():
    with pytest.raises(TextError, match="da/hand_over"):
        write(replace(contents(), kind=StepKind.HAND_OVER, gives_notice=True))
    with pytest.raises(TextError, match="fr/reminder"):
        write(replace(contents(), language="fr"))


def test_both_languages_have_the_same_templates():
    names = [
        {str(file.relative_to(FOLDER / language)) for file in (FOLDER / language).rglob("*.html")}
        for language in LANGUAGES
    ]
    assert names[0] == names[1]
