"""Words that tell people from companies in Latin script, and reading one name at a place.

Which names a line's grammar asks for is decided in ``english_heads``.
"""

from __future__ import annotations

import re

_FIRST = """
aaron abby abdul abdullah abigail adam adele adrian agnes ahmad ahmed aidan aisha akira alan albert alberto
aldo alec alejandro aleksandr alessandro alex alexa alexander alexandra alexis alfred ali alice alicia alina
alison amanda amber amelia amina amir amit amy ana anders andre andrea andreas andrew andy angela angelo
angus anil anita anja anna anne annette annie anthony antoine anton antonio anya arjun arnold arthur arun
asha ashley astrid audrey axel barbara barry beatrice becky ben benjamin bernard bert beth betty bianca bill
billy bjorn blake bob bonnie boris brad brandon brenda brendan brett brian bridget bruce bruno bryan caitlin
callum cameron camilla carl carla carlo carlos carmen carol caroline carrie catherine cathy cecilia charles
charlie charlotte chloe chris christian christina christine christoph christopher cindy claire clara claude
claudia clive colin connor craig cristina curtis cynthia daisy damian dan dana daniel daniela danny daria
dario darren dave david dawn dean deborah debbie deepa deepak denise dennis derek diana diane dick dieter
diego dirk dmitri dmitry dominic don donald donna dora doris dorothy doug douglas duncan dylan eddie edgar
eduardo edward edwin eileen elaine elena eleanor eli elias elisa elizabeth ella ellen ellie elliot elsa emil
emilia emily emma enrique eric erica erik erin ernest esther ethan eva evan eve evelyn fabian faisal farah
fatima felix fiona florian frances francesca francesco francis francois frank frankie fred freddie frederik
freya gabriel gabriela gareth gary gavin gemma geoff george georgia gerald gerard gerhard gianni gina
giovanni giulia giuseppe gloria gordon grace graham grant greg gregory greta guido gustav guy hakan hamza
hank hannah hans harold harriet harry hasan hassan hazel heather heidi heinz helen helena helga henrik henry
herbert hilary holly howard hugh hugo ian ibrahim ida igor imran ina ines inga ingrid irene iris isabel
isabella isla ivan ivana jack jackie jackson jacob jacqueline jade jake jakob james jamie jan jane janet
janice jasmine jason javier jay jean jeff jeffrey jen jenna jennifer jenny jens jeremy jerry jess jesse
jessica jill jim jimmy jo joan joana joanna joanne joe joel johan johanna john johnny jon jonas jonathan
jordan jorge jose joseph josh joshua joy joyce juan juanita judith judy julia julian julie julien jun jurgen
justin kai karen karim karin karl karolina kate katherine kathleen kathy katie katrin katrina kay keith
kelly ken kenji kenneth kerry kevin khalid kim kirsten klaus kris kristin kumar kurt kyle lara larry lars
laura lauren laurent lea leah lee leila lena leo leon leonardo leroy leslie lewis li liam lily lina linda
lisa liz lloyd lola lorenzo lori lorna lou louis louisa louise luc luca lucas lucia lucy luigi luis luisa
lukas luke lydia lynn mabel maggie mahmoud malcolm mandy manuel marc marcel marco marcus margaret maria
mariam marian marie marina mario marion marisa mark markus marta martha martin martina marvin mary mateo
mathew matt matteo matthew matthias maureen maurice max maya megan mehmet mei melanie melissa mia michael
michal michel michele michelle miguel mika mike mila milan ming mirko miriam mitch mohamed mohammed molly
monica monika morgan mustafa nadia nadine nancy naomi natalia natalie natasha nathan neil nelson nia
nicholas nick nicola nicolas nicole nigel nikhil nikolai nils nina nisha noah noel noor nora norman olga
oliver olivia olivier ollie olly omar oscar otto owen pablo paddy pam pamela paolo pascal pat patricia
patrick paul paula pavel pedro peggy penny per perry pete peter petra phil philip philippe phoebe pierre
piet piotr polly pooja priya rachel rafael rahul raj rajesh ralph ramon ramona randy raul ravi ray raymond
rebecca reinhard rene rhys ricardo rich richard rick ricky rita rob robert roberto robin rocio rod roger
roland rolf roman ron ronald rory rosa rose rosie ross roy ruby rudi rudolf rupert russell ruth ryan sabine
sally salma sam samantha samir samuel sandra sandro sandy sanjay santiago sara sarah sasha scott sean
sebastian selina serena sergei sergio shane shannon sharon shaun sheila shirley silvia simon simone sofia
sofie sonia sonja sophia sophie stacey stan stanley stefan stella stephan stephanie stephen steve steven
stewart stuart sue sunil susan susanna susanne suzanne sven sylvia tamara tanya tara tariq tatiana ted
teresa terry tess theo theresa thomas tim timo timothy tina tobias toby todd tom tomas tommy toni tony
tracey tracy trevor trish tristan troy tyler ulrich ursula uwe valentina valerie vanessa vera veronica vic
vicky victor victoria vijay vikram viktor vince vincent viola violet vivian vladimir wade walter wanda
warren wayne wei wendy werner wesley will william willy wim winston wolfgang xavier yan yang yannick yasmin
yusuf yuki yulia yves yvonne zach zara zoe
"""
FIRST_NAMES = frozenset(_FIRST.split())
HONORIFIC = (
    r"(?:dr|mr|mrs|ms|miss|mdm|madam|prof|herr|frau|hr|fr|sir|capt|captain|don|señor|sr|sra"
    r"|nurse|sister|father)"
)
ROLE = (
    r"(?:c[etfiom]o|md|gm|vp|ceo|svp|evp|engineer|chairman|director|manager|mgr|asst|assistant|head|teacher|buyer|owner|distributor"
    r"|deputy|capt|lead|chief|senior|sr|jr|technician|foreman|plant|purchasing|procurement|production|quality|sales|ops|operations"
    r"|maintenance|technical|project|site|store|shop|finance|it|hr|office|account|general|colleague|partner|consultant|architect|chef"
    r"|secretary|receptionist|supervisor|president|founder|co-founder|lawyer|controller|planner|dentist|vet|farmer|foreman|principal"
    r"|reseller|dealer|agent|boss|dev|lab|warehouse|logistics|marketing|r&d|qa|qc|facility|facilities|fleet|export|import|category)"
)
_ORG = """
ltd limited inc llc llp plc gmbh ag kg nv bv sa srl spa ab oy as aps pty corp corporation co company group
holdings holding bank bakery brewery winery vineyard cafe coffee restaurant hotel hotels lodge inn resort
hospital clinic clinics dental medical health healthcare pharma pharmacy pharmaceuticals biotech bio labs
lab laboratories university uni college school academy institute foods food dairy farm farms seafood fish
meats bakehouse catering realty properties estate estates construction builders building cement steel metal
metals metaal alloys mining energy power solar oil gas petroleum chemicals chemical plastics plast polymers
packaging paper print printing press textiles textile fabrics apparel fashion shoes sports fitness gym toys
games media studio studios design designs software systems technologies technology tech solutions networks
telecom digital data cloud robotics automation controls electronics electric electrical semiconductors
optics instruments tools tooling machinery machines engineering industries industrial manufacturing works
motors motor auto automotive cars garage tyres parts components supply supplies supplier traders trading
trade import export imports exports shipping freight logistics transport transportation haulage lines
airlines air aviation aerospace marine maritime port ports travel tours tourism insurance assurance finance
financial capital partners partner associates consulting advisors legal law solicitors services service
agency council county city authority ministry trust foundation charity society club church museum library
store stores shop shops market markets mart supermarket retail wholesale outdoors gear garden gardens
nursery nurseries flowers growers agro agri agriculture seeds feed pet pets vet veterinary timber wood
furniture interiors kitchens bathrooms glass ceramics stone sons bros brothers international global
worldwide usa uk europe asia china hub center centre house paints seals valves pumps cranes hydraulics cold
storage warehouse beverages drinks spirits cosmetics beauty salon dairies water waste recycling
environmental rail railways bus theatre cinema events cables
"""
ORG_WORDS = frozenset(_ORG.split())
_STOP = """
a an the and or but with w w/ re about regarding for to from of at in on by is are was were be been has have
had do does did no not none nobody still again left wants want wanted needs need needed says said told asked
asks likes liked loves loved happy unhappy interested keen good great ok okay fine bad they he she we i it
who which there this that these those very will would can could may might should together today signed
agreed confirmed approved rejected accepted closed cancelled postponed wont won't didn't doesn't isn't
contract order price budget quote demo spoke talked met discussed discuss showed customer client prospect
new old lead moving going gave give took take got went came come looking asking out over up down his her
their our my your its me him them us just also then so after before during while when until till because if
than visit visited call called meeting meet email emailed send sent review reviewed presented pushed wanting
all really
"""
STOP_WORDS = frozenset(_STOP.split())
GENERIC = frozenset(
    "team guys people folks crew staff maintenance procurement purchasing office hq plant".split()
)
_HAN = "\u3400-\u9fff"
WORD = re.compile(rf"[A-Za-zÀ-ɏ0-9][A-Za-zÀ-ɏ0-9'’.\-]*|[{_HAN}·]+|[&+]")
_SPACE = re.compile(r"\s+")
_SURNAME_LINKS = frozenset("de van der den von la le du da dos del di bin ibn al el ter ten y".split())
_ORG_LINKS = frozenset("of de van der den von la le du da del di the y und et for".split())
_HONORIFIC = re.compile(rf"{HONORIFIC}\.?\s+(?=\S)", re.IGNORECASE)
_LED = re.compile(rf"(?:(?:our|his|her|their|the|my|a|new)\s+)?(?:(?:{ROLE})\.?\s+){{0,3}}", re.IGNORECASE)
_LONE_ROLE = re.compile(
    rf"(?:(?:[0-9]{{1,2}}|two|three|four|several|some)\s+(?:engineers?|people|ppl|guys|colleagues|managers?|buyers?|others)"
    rf"|(?:our|his|her|their|the|my)\s+(?:[a-z]+\s+)?(?:{ROLE}|team|buyers?|qs|owner|board|wife|son|daughter|staff)"
    r"|legal|procurement|purchasing|receptionist|reception(?!\w)|maintenance|the\s+team)(?![A-Za-z])",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
MAX_WORDS = 7


def is_capital(word: str) -> bool:
    """Return whether a word could begin a name: a capital, a figure, or Chinese."""
    return word[0].isupper() or not word[0].isascii() or (word[0].isdigit() and any(map(str.isupper, word)))


def _trimmed(word: str) -> str:
    """Return a word bare, for looking it up."""
    return word.lower().rstrip(".'’-").removesuffix("'s").removesuffix("’s")


def _next_word(plain: str, at: int, end: int) -> re.Match[str] | None:
    """Return the word at a place, spaces before it skipped; ``None`` at a mark or the end."""
    space = _SPACE.match(plain, at, end)
    return WORD.match(plain, space.end() if space else at, end)


def read_person(plain: str, at: int, end: int, *, loose: bool = False) -> int | None:
    """Return where the person named at a place ends, ``None`` when none is.

    ``loose`` takes names in small letters too, as after "with".
    """
    mail = _EMAIL.match(plain, at, end)
    if mail:
        return mail.end()
    lone = _LONE_ROLE.match(plain, at, end)
    led = _LED.match(plain, at, end)
    start = led.end() if led else at
    title = _HONORIFIC.match(plain, start, end)
    small = (loose and start == at) or title is not None
    named = _name_words(plain, title.end() if title else start, end, loose=small)
    if named and not (lone and lone.end() > named):
        return named
    return lone.end() if lone else None


def _name_words(plain: str, at: int, end: int, *, loose: bool) -> int | None:
    """Return where up to four words of a person's name end."""
    stop, count, small = None, 0, False
    while count < 4 and (word := _next_word(plain, at, end)):
        bare = _trimmed(word[0])
        if word[0] in "&+" or (word[0][0].isdigit() and not count):
            break
        if not is_capital(word[0]):
            after = _next_word(plain, word.end(), end) if bare in _SURNAME_LINKS and count else None
            if after and is_capital(after[0]):
                at, count = word.end(), count + 1
                continue
            if count or not loose or bare in STOP_WORDS:
                break
            small = True
        elif small:
            break
        at, count = word.end(), count + 1
        stop = word.end()
        if small or word[0].endswith(("'s", "’s")):
            break
    return _without_dot(plain, stop)


def _without_dot(plain: str, stop: int | None) -> int | None:
    """Return the end before a full stop that closes a sentence and no initial."""
    if stop and plain[stop - 1] == "." and not re.search(r"(?<![A-Za-z])[A-Z]\.$", plain[:stop]):
        return stop - 1
    return stop


def read_company(plain: str, at: int, end: int, *, loose: bool = False) -> int | None:
    """Return where the company named at a place ends, ``None`` when none is.

    ``loose`` takes names in small letters too, as after "visited".
    """
    stop, count, small = None, 0, False
    while count < MAX_WORDS and (word := _next_word(plain, at, end)):
        bare = _trimmed(word[0])
        if word[0] in "&+" or (bare == "and" and count):
            after = _next_word(plain, word.end(), end)
            ties = after and (_trimmed(after[0]) in ORG_WORDS or (word[0] == "&" and is_capital(after[0])))
            if not (count and ties):
                break
        elif count and bare in _ORG_LINKS and not is_capital(word[0]):
            after = _next_word(plain, word.end(), end)
            if not after or not is_capital(after[0]) or small or bare in {"the", "for"}:
                break
        elif not is_capital(word[0]) and bare not in ORG_WORDS | frozenset({"the"}) - GENERIC:
            if (count and not small) or not loose or bare in STOP_WORDS | GENERIC or count >= 4:
                break
            if bare[:1].isdigit() and not count:
                break
            small = True
            stop = word.end()
        elif small and bare not in ORG_WORDS:
            break
        elif bare == "the":
            pass
        elif not count and not is_capital(word[0]) and not loose:
            break
        else:
            stop = word.end()
        at, count = word.end(), count + 1
    return _without_dot(plain, stop)


def looks_like_person(name: str) -> bool:
    """Return whether a name is a person's rather than a company's, by its first and last words."""
    words = name.split()
    if not words:
        return False
    if _HONORIFIC.match(name) or re.match(rf"(?:{ROLE})\s", name, re.IGNORECASE):
        return True
    if any(_trimmed(word) in ORG_WORDS for word in words[1:]):
        return False
    return _trimmed(words[0]) in FIRST_NAMES or bool(re.fullmatch(r"(?:[A-Z]\.\s?)+[A-Z]\w+|\w+-san", name))


def looks_like_company(name: str) -> bool:
    """Return whether a word of the name is one of companies."""
    return any(_trimmed(word) in ORG_WORDS for word in name.split()) or (
        " & " in name and not looks_like_person(name)
    )
