"""The small words of any sentence (småord): beside them a day or a figure is about paying."""

from __future__ import annotations

from outreach.rules.phrases.calendar import MONTHS, ORDINALS, WEEKDAYS

_SMALL = """
ok okay ja nej jo jep hvad med what about how maybe maaske bare just lad lets saa eller or fx hej
hi tak please pls om cirka ish fra i til d den the of et en a der det er is it paa uge ugen week
weeks maaned maaneden maanedligt md mdr maaneder month months dag dage days day bankdag sidste
last naeste next gange gang rater rate slut slutningen start efter foer inden senest snart primo
ultimo medio midt foerst sidst nytaar jul christmas year on by in at every each hver hverdag
monthly weekly noget lidt komme kommer faa mere more extra ekstra after before only kun indtil
until denne this nye aar x jeg vi kan ka can we sige bliver blive hellere heller rather snarere
instead stedet kvartal kvartalet quarter undskyld sorry hov hovsa ups oops mente mener meant mean
rettelse correction skulle should have vaere vaeret been skrev forkert alligevel sig siges ellers
evt eventuelt altsaa nok vel vist faktisk egentlig stadig igen samme selv dog derfor lige naar
godt gerne helt meget bedre bedst fint fin god passer passe passede duer gaar lyder virker praecis
praecist netop nemlig perfekt aha haha lol oev og jamen naa mon vil har hvis ved du deres nyt ny
idag imorgen morgen aften today tomorrow tonight now mod omkring nemmest nemmere oh actually again
anyway otherwise perhaps well right still exactly better best works work fine great good suits
suit perfect probably then when once first thing new mid late early its thats thatll will would
like from than but because syv fem seks tre fire otte elleve tolv fjorten tyve enten hverken
"""
_PEOPLE = """
min mit mine vores jeres dit din os dig mig jer hos ham hende dem you us me them him her my our
your
"""
#: After these a bare figure is a sum; after other words ("Hyldespjældet 45") it is not.
BEFORE_SUMS = frozenset({*_SMALL.split(), *MONTHS, *WEEKDAYS, *ORDINALS})
#: Words that tell of nothing else than paying, where a day stands among them.
KNOWN_WORDS = BEFORE_SUMS | frozenset(_PEOPLE.split())
