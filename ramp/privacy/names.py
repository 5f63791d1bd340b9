"""What looks like the name of a person, and like a postal address."""

import re
from collections.abc import Iterator, Set

from ramp.privacy.vocabulary import words

_WORD = r"(?:[^\W\d_]++(?:['’.\-‐][^\W\d_]++)*+\.?+)"
_CAPITAL = r"(?:[^\W\d_a-zß-öø-ÿ][^\W\d_]*+(?:['’.\-‐][^\W\d_]++)*+\.?+)"
_PARTICLE = (
    r"(?:de|da|do|di|du|del|della|dos|das|la|le|van|von|der|den|zu|zum|zur|vom|bin|ibn|abu|ben|al|el|y|e|und|af|av|ter|"
    r"ten|te|'t|d'|of)"
)
_NEXT = rf"(?:(?:, |[ \u00a0])(?:{_PARTICLE} ){{0,2}}{_CAPITAL}(?![\w=:]))"
_FULL = re.compile(rf"{_CAPITAL}{_NEXT}{{1,5}}(?:, (?:Jr|Sr|PhD|MD|DDS|DVM)\.?)?(?![\w@=])")
_ONE = re.compile(rf"(?:{_PARTICLE} )?{_CAPITAL}{_NEXT}{{0,4}}(?![\w@=/])")
_ANY = re.compile(rf"{_WORD}(?:(?:, |[ \u00a0]){_WORD}){{0,5}}+")
_WRITTEN_WITHOUT_CASE = re.compile(r"[\u0590-\u08ff\u0900-\u0fff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_FULL_STOP = re.compile(r"[^\W\d_]{4}\.(?= )")
_NAMES_LENGTH_MAX = 80
# Words that stand where a name could, and are none.
_NO_NAME = words("""
    null none nil undefined true false unknown anonymous guest admin administrator system root user test name empty
    missing required invalid default string text masked redacted filtered hidden removed deleted na nan blank error asc
    desc ascending descending ok yes object user_name username first last given family full value field student teacher
    parent n/a""")
_NO_PLACE = words("""
    warehouse rack row shard node server cluster host port line page step version queue worker slot bucket partition pod
    instance replica table index batch chunk block sector channel topic""")
# Words of a sentence, where they are not written as names are.
_SENTENCE = words("no is the a an not can cannot must should has was for and or too this that")
# Names of things, companies and places to click: one such word, and it is no person.
_THINGS = words("""
    service server portal team inc corp llc ltd gmbh ag plc co company group support system systems api app application
    account accounts manager admin dashboard home page login logout sign signup up down out new delete update create
    edit view list report reports course courses lesson class school university college academy institute center centre
    department office program project plan pro basic premium free trial test tests demo sample example database db cache
    queue worker scheduler job task process thread pool handler controller client gateway proxy balancer cluster node
    host network internet web site store shop cart checkout payment payments order orders invoice billing shipping email
    mail message notification event events file files folder document upload download image video audio data model
    version release build deploy staging production development local global internal external public private default
    custom main primary secondary left right top bottom start stop begin end first second third last next previous open
    close get set put post patch error warning info debug fatal success failure failed request response session token
    key algebra biology history science english math maths mathematics physics chemistry reading writing grade level
    unit chapter quiz exam homework assignment tutor bot assistant agent engine studio cloud chrome firefox safari edge
    windows linux mac android iphone ipad google microsoft amazon facebook slack stripe github mozilla united states
    kingdom north south east west street road avenue monday tuesday wednesday thursday friday saturday sunday january
    february march april june july august september october november december utc gmt am pm not found bad gateway access
    denied internal timeout connection refused reset peer unauthorized forbidden entity type id number status code count
    total size time date day week month year and the for with from into your our my this that all any none no yes added
    removed updated created deleted changed saved sent received started finished completed missing invalid required
    expired locked enabled disabled active inactive pending""")
_STREET_ENDS = words("""
    Street Str St Avenue Ave Av Road Rd Boulevard Blvd Lane Ln Drive Dr Court Ct Way Place Pl Terrace Ter Square Sq
    Circle Cir Parkway Pkwy Highway Hwy Trail Trl Close Crescent Cres Gardens Grove Mews Row Walk Park Route Plaza Alley
    Aly Loop Pike Path Run Ridge Hill Hills View Point Crossing Branch Estates Estate Island Islands Junction Spur Ville
    Valley Meadow Meadows Mission Motorway Mountain Mountains Neck Orchard Overpass Passage Pine Pines Plain Plains
    Prairie Ranch Rapid Rapids Rest River Shoal Shoals Shore Shores Spring Springs Squares Stravenue Stream Summit
    Throughway Trace Track Trafficway Tunnel Turnpike Underpass Union Unions Via Viaduct Village Villages Vista Well
    Wells Bypass Causeway Cliff Cliffs Club Common Corner Corners Course Cove Coves Creek Crest Curve Dale Dam Divide
    Expressway Extension Extensions Fall Falls Ferry Field Fields Flat Flats Ford Fords Forest Forge Forges Fork Forks
    Fort Freeway Garden Gateway Glen Glens Green Greens Groves Harbor Harbors Haven Heights Hollow Inlet Isle Knoll
    Knolls Lake Lakes Land Landing Lodge Mall Manor Manors Mill Mills Drives Bluff Bluffs Bridge Brook Brooks Burg Burgs
    Camp Canyon Cape Center Centers Bend Bayou Beach Arcade Annex Lock Locks Circles Courts Key Keys Light Lights Loaf
    Parks Parkways Port Ports Radial Ramp Roads Skyway Station Streets Trails Views Walks Walls Ways""")
_SURE_STREET_ENDS = words("""
    Street Str St Avenue Ave Road Rd Boulevard Blvd Lane Ln Drive Dr Court Ct Terrace Square Sq Parkway Pkwy Highway Hwy
    Crescent Gardens Close Mews""")
_SURE_NUMBER_LENGTH = 3  # `2 Factor Way` is no address, `1203 Factor Way` may be
_STREET_ENDS_LOW = frozenset(map(str.lower, _STREET_ENDS))
# How a street with its number is written.
_STREET = (
    rf"(?<![\w.:/-])\d{{1,6}}[A-Za-z]?(?:[-/]\d{{1,5}})?,? (?:[NSEW]\.? )?(?:{_CAPITAL} ){{1,4}}"
    rf"(?:{'|'.join(sorted(_STREET_ENDS))})\b\.?"
)
_RUE = (
    r"(?<![\w.:/-])\d{1,5}(?: ?(?:bis|ter))?,? "
    r"(?:rue|avenue|boulevard|chemin|allée|impasse|place|quai|cours|route|passage) "
    r"(?:(?:de la|de|du|des|la|le|les|d'|l'|à) ?){0,2}[^\W\d_a-z][\w'’-]{1,40}(?: [^\W\d_a-z][\w'’-]{1,40}){0,4}"
)
_CALLE = (
    r"(?:Calle|C/|Avenida|Avda\.?|Av\.|Plaza|Paseo|Via|Viale|Piazza|Corso|Rua|Travessa|Praça|Largo|Strada|ul\.|ulica|plac|"
    r"aleja|al\.|ул\.|улица|Carrera|Calzada|Callejón|Jirón|Vicolo|Contrada|Borgo) "
    r"(?:[^\W_][\w'’.-]{0,40} ){0,5}[^\W_][\w'’.-]{0,40},? (?:n[.º°] ?)?\d{1,5}[A-Za-z]?\b"
)
_STREET_FORMS = (
    (_STREET_ENDS_LOW, re.compile(_STREET)),
    (words("rue avenue boulevard chemin allée impasse place quai cours route passage"), re.compile(_RUE)),
    (
        words("""
    calle c avenida avda av plaza paseo via viale piazza corso rua travessa praça largo strada ul ulica plac aleja al ул
    улица carrera calzada callejón jirón vicolo contrada borgo"""),
        re.compile(_CALLE),
    ),
)
_COMPOUNDS = words(
    "straße strasse str. weg platz gasse allee straat laan gatan vägen veien gata vej gade katu tie utca út"
)
_COMPOUND_ENDS = tuple(f"{end} " for end in sorted(_COMPOUNDS))
_COMPOUND = re.compile(
    rf"(?:{_CAPITAL}[ -]){{0,3}}[^\W\d_]{{2,40}}(?:{'|'.join(map(re.escape, sorted(_COMPOUNDS)))}) \d{{1,5}}[a-z]?\b"
)
_NUMBER_THEN_CAPITAL = re.compile(r"\d[A-Za-z]?(?:[-/]\d{1,5})?,? [^\W\d_a-z]")
_REST = re.compile(
    r"(?:,? (?:Apt|Suite|Ste|Unit|Flat|Apartment|Room|Floor|Fl|App|Whg|Piso|Int|Lok|#)\.? ?[\w-]{1,6})?"
    rf"(?:(?:, ?| |\n|\\n|\r\n)(?:\d{{2}}-\d{{3}}|\d{{4,6}}(?:-\d{{3,4}})?"
    rf"|[A-Z]{{1,2}}\d[A-Z\d]? ?\d[A-Z]{{2}}|[A-Z]{{2}}\b|{_CAPITAL}(?![=:])(?: {_CAPITAL}(?![=:])){{0,3}}))"
    r"{0,5}"
)
_KEYED_NUMBER = re.compile(r"(?:^|[\s,/#-])\d{1,8}\s?[A-Za-z]?(?:$|[\s,.;/\\-])")
_LINE_UNQUOTED = re.compile(
    r"[^\"'`\[\]{}|;<>=\n]{6,160}?(?=\s[\w.-]{1,40}[=:]|\s[-|(]|[\"'`\[\]{}|;<>\n)]|, [\w.]{1,40}[=:]|$)"
)
_NO_ADDRESS = re.compile(
    r"://|@|\b0x|\b(?:\d{1,3}\.){3}\d{1,3}\b|::|:\d{2,5}\b|^\W*$|\*{2,}|\b(?:null|none|invalid|missing|required|redacted)\b"
    r"|\b(?:bytes?|items?|errors?|lines?|ms|not|is|was|failed|cannot|already|use|must|recipients?)\b"
)


def name_at(text: str, start: int, end: int, *, sure: bool, is_quoted: bool, is_word: bool) -> tuple[int, int] | None:
    """Where a name stands at `start`: of one whose key says it outright one word suffices, otherwise a full name."""
    shape = _ANY if is_quoted and sure else _ONE if sure else _FULL
    match = shape.match(text, start, min(end, start + _NAMES_LENGTH_MAX))
    if match is None and sure:
        match = _ANY.match(text, start, min(end, start + _NAMES_LENGTH_MAX)) if is_word else None
    if match is None or (is_quoted and match.end() != end):
        return None
    value = match.group().rstrip(".") if not is_quoted else match.group()
    value = value[: _end_of_sentence(value)]
    if is_word and not is_quoted and (space := value.find(" ")) > 0 and not value[space + 1 : space + 2].isupper():
        value = value[:space]
    words = re.split(r"[ ,\u00a0]+", value)
    if len(words) < 2 and not sure:
        return None
    low = [word.lower().strip(".") for word in words]
    if (
        any(word in _NO_NAME for word in low)
        or not _SENTENCE.isdisjoint(words)
        or (not sure and any(word in _THINGS for word in low))
    ):
        return None
    if value.islower() and any(word in _THINGS for word in low):
        return None
    if len(words) > 1 and value.islower() and not _WRITTEN_WITHOUT_CASE.search(value) and len(words) > 3:
        return None
    too_short = len(value) < 2 and not _WRITTEN_WITHOUT_CASE.search(value)
    return None if too_short else (start, start + len(value))


def _end_of_sentence(value: str) -> int:
    """Where a full stop ends a sentence, which behind `St.` or an initial it does not."""
    match = _FULL_STOP.search(value)
    return match.end() - 1 if match else len(value)


def address_at(text: str, start: int, end: int, *, sure: bool, is_quoted: bool) -> tuple[int, int] | None:
    """Where a postal address stands at `start`."""
    if not is_quoted:
        line = _LINE_UNQUOTED.match(text, start, end)
        if line is None:
            return None
        end = line.end()
    value = text[start:end]
    if not 5 <= len(value) <= 400 or _NO_ADDRESS.search(value) or not _reads_like_one(value, sure=sure):
        return None
    return start, start + len(value.rstrip(" ,.("))


def _reads_like_one(value: str, *, sure: bool) -> bool:
    if _WRITTEN_WITHOUT_CASE.search(value):
        return len(value) >= 5
    words = re.findall(r"[^\W\d_]{2,}", value)
    if not words or " " not in value.strip():
        return False
    if not sure and any(word.lower() in _NO_PLACE for word in words):
        return False
    numbered = _KEYED_NUMBER.search(value) is not None
    has_capital = any(word[0].isupper() for word in words)
    if sure:
        return numbered or (len(words) >= 2 and has_capital)
    return numbered and has_capital


def streets(text: str, within: Set[str]) -> Iterator[tuple[int, int]]:
    """Where a street with its number stands in running text, with what follows it of the address; `within` are the
    words of `text`, in lower case."""
    for begins, form in _STREET_FORMS:
        if begins.isdisjoint(within) or (begins is _STREET_ENDS_LOW and _NUMBER_THEN_CAPITAL.search(text) is None):
            continue
        yield from _with_rest(text, form)
    for end in _COMPOUND_ENDS:
        if end in text:
            yield from _with_rest(text, _COMPOUND)
            break


def _with_rest(text: str, form: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    for match in form.finditer(text):
        first, last = match.group().partition(" ")[0], match.group().rstrip(".").rpartition(" ")[2]
        if last in _STREET_ENDS and last not in _SURE_STREET_ENDS and len(first.rstrip(",")) < _SURE_NUMBER_LENGTH:
            continue
        rest = _REST.match(text, match.end())
        yield match.start(), rest.end() if rest else match.end()
