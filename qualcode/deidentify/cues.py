"""Words that stand beside names, and words that look like names and are none."""

from __future__ import annotations

from qualcode.deidentify.mentions import KINDS, Kind
from qualcode.deidentify.moments import MONTHS, WEEKDAYS

TITLES = frozenset(
    """
    mr mrs ms miss mx dr doctor prof professor sister nurse matron sir dame lady lord rev reverend father fr
    canon pastor imam rabbi sheikh hafiz pc sgt sergeant constable inspector judge councillor cllr auntie
    aunty aunt uncle nana nanna nan nanny gran granny grannie grandma grandad grandpa grampa gramps cousin
    bibi chacha chachi khala mami baji bhai mama papa mummy brother midwife matron headteacher
    """.split()  # noqa: SIM905
)
"""In lower case, without the full stop; a name follows."""
FORMAL = frozenset(
    """
    mr mrs ms miss mx dr doctor prof professor rev reverend pc sgt sergeant cllr councillor
    """.split()  # noqa: SIM905
)
KIN = frozenset(
    """
    son daughter brother sister mum mam mom mother dad father da husband wife partner fella bloke boyfriend
    girlfriend ex niece nephew cousin uncle aunt auntie aunty grandson granddaughter grandad granddad grandma
    gran nan nana grandchild stepson stepdaughter stepdad stepmum twin baby child kid lad lass lassie girl boy
    wee eldest youngest oldest middle little mate friend pal neighbour boss manager keyworker worker nurse
    doctor midwife teacher gp carer befriender volunteer mentor dog cat bairn wean babby godson goddaughter
    fiance fiancé fiancée sibling mother-in-law father-in-law sister-in-law brother-in-law daughter-in-law
    son-in-law supporter counsellor
    """.split()  # noqa: SIM905
)
OWNING = frozenset(
    """
    my our me wor his her their your ma
    """.split()  # noqa: SIM905
)
_HEADS = """
address | a street | road street lane avenue close crescent terrace gardens grove mews parade wynd
address | a street | brae croft quay drive
address | a building | house court lodge cottage towers mansions flats
place | a hospital | hospital infirmary
place | a ward | ward unit suite
organisation | a surgery | surgery clinic practice
place | a hospice | hospice
organisation | a school | school academy primary secondary infants juniors grammar comp
organisation | a nursery | nursery playgroup pre-school
organisation | a college | college university uni
organisation | a place of worship | church chapel mosque temple mandir gurdwara synagogue cathedral
place | a pub | arms tavern inn
place | a park | park wood woods common reservoir beach pier harbour
place | a place | bridge bay island valley moor hill hills fields green cross wells spa sands
organisation | a library | library
organisation | a centre | centre center hub
place | an estate | estate
place | a county | county borough
place | a cemetery | cemetery crematorium
place | a station | station
organisation | the council | council
organisation | a charity | trust foundation charity society
organisation | an organisation | cars taxis ltd limited homecare care freight foods motors stores bakery butchers
organisation | an organisation | solicitors services transport logistics supermarket builders plumbing group club
organisation | an organisation | fc united rovers association hotel café cafe mums dads team project
"""
_KINDS: dict[str, Kind] = {kind: kind for kind in KINDS}
HEADS: dict[str, tuple[Kind, str]] = {
    word: (_KINDS[kind], generic)
    for kind, generic, heads in (line.split(" | ") for line in _HEADS.strip().split("\n"))
    for word in heads.split()
}
"""The last word of a name, in lower case, to what it is the name of and what to say instead."""
CODED = frozenset(
    """
    ward unit section plot room bay block bed theatre clinic
    """.split()  # noqa: SIM905
)
"""Words that a number or letter follows: *Ward 9*, *Section K*."""
IN = frozenset(
    """
    in from at near to around outside via towards over through into
    """.split()  # noqa: SIM905
)
"""Words that a place or an organisation follows."""
_PLAIN = """
nhs covid covid-19 aids
i i'm i've i'd i'll ok okay god jesus christ lord allah mum mam mom mammy mummy mama ma dad da daddy dada nan nana
nanna nanny gran granny grannie grandma grandad granddad grandpa gramps auntie aunty aunt uncle mr mrs ms miss dr
doctor nurse sister matron sir madam facebook whatsapp google youtube instagram twitter tiktok snapchat messenger
zoom teams skype facetime email internet netflix alexa siri amazon ebay argos tesco asda aldi lidl sainsbury's
sainsburys morrisons boots primark ikea greggs mcdonald's mcdonalds costa iphone ipad android xbox playstation
nintendo lego disney peppa cbeebies mumsnet netmums calpol gaviscon nurofen paracetamol ibuprofen sertraline
ritalin english british irish scottish welsh polish french german spanish italian indian pakistani bangladeshi
chinese african caribbean european american australian nigerian somali arabic urdu punjabi bengali hindi gujarati
tamil turkish romanian portuguese romany traveller travellers asian black white muslim muslims christian christians
catholic catholics protestant hindu sikh jewish buddhist islam quran bible yoruba igbo twi latin gaelic ukrainian
russian christmas easter xmas halloween diwali eid ramadan lent advent whitsun hogmanay boxing hanukkah vaisakhi
holi brexit bonfire valentine's valentines interviewer participant researcher moderator facilitator interviewee
respondent speaker volunteer parent carer mother father author transcript interview synthetic inaudible unclear
crosstalk pause laughs int i p q r note synthetic yes no aye nah yeah yep nope hiya hello hi bye ta cheers thanks
oh ah ooh eh er erm um uh mm mhm hmm huh wow aw aww ugh alright innit ach och wey haway ay ah-ah ah-huh mm-hm mmm
och hey ha carers carer's state
"""
_SHORT = """
nhs gp gps mp tv uk usa us eu bbc itv cpn ot ots ta tas hv hvs sw dwp pip dla esa uc hmrc cab a&e icu nicu scbu
picu mri ct ecg iv ivf nct cbt ptsd adhd asd ehcp ehc senco sen send camhs lac iss dla aids hiv covid covid-19 pnd
ocd ok dvd pc id it gcse gcses btec ks ks1 ks2 vat mot pe re rota a4 dna bmi bp pa ptas pta cctv qr pdf ng peg po
pm am dm rsv hr nvq dbs crb p45 p60 rct ppi faq faqs
"""
ACRONYMS = frozenset(_SHORT.split())
"""In lower case; nobody only where they stand in capitals: Pip is a name, and PIP a payment."""
NEVER = (
    frozenset(_PLAIN.split()) | {name.lower() for name in (*MONTHS, *WEEKDAYS)} | {f"{d.lower()}s" for d in WEEKDAYS}
)
"""Words that begin with a capital and name nobody, in lower case."""
PHRASES = frozenset(
    """
    attendance allowance|carer's allowance|carers allowance|universal credit|pension credit|child benefit|tax credits|
    housing benefit|council tax|social services|social work|social care|children's services|citizens advice|
    disabled facilities|good friday|new year|boxing day|mother's day|father's day|bank holiday|bonfire night|year one|
    key stage|sure start|family hub|health visitor|health visiting|special guardianship|power of attorney|blue badge|
    legal aid|job centre|home start|red cross|social worker|the queen|the king|radio times|old age pension
    """.replace("\n", "")
    .replace("    ", "")
    .split("|")
)
