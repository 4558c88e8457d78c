"""The councils' own words are quoted by the lines that a source names, each line once."""

from data.municipalities.texts import quotes


def test_the_lines_a_source_names_are_quoted_in_their_order():
    found = quotes("faxe", "F2 (lines 9 and 55); days are starting values")
    assert [(quote.first, quote.last) for quote in found] == [(9, 9), (55, 55)]
    assert quotes("faxe", "GIL § 2 stk. 4") == ()
    assert quotes("nowhere", "A1 (line 5)") == ()


def test_lines_that_stand_in_a_longer_quote_are_not_quoted_again():
    found = quotes("albertslund", "A24 (line 36), A25 (line 37), A26 (lines 34-37)")
    assert [(quote.first, quote.last) for quote in found] == [(34, 37)]
    assert "skønsmæssig vurdering" in found[0].text
