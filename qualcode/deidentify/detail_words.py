"""Words that tell little alone and much together: trades, illness and loss, belonging, feasts."""

from __future__ import annotations

TRADES = frozenset(
    """
    accountant actor actress architect apprentice baker barber barista barrister beautician binman bricklayer
    brickie builder butcher caretaker carpenter cashier chaplain chef childminder civil-servant cleaner clerk
    cobbler cook counsellor courier decorator dentist dinner-lady director dispenser doctor doorman driver
    electrician engineer farmer farmhand firefighter fireman fisherman fitter florist gamekeeper gardener glazier
    groundsman hairdresser handyman headteacher imam janitor jeweller joiner journalist judge labourer
    landlady landlord lawyer lecturer librarian lifeguard locksmith machinist manager mechanic midwife milkman
    miner minister musician nurse nursery-nurse officer optician painter paramedic pastor pharmacist photographer
    physio physiotherapist pilot plasterer plumber policeman policewoman porter postie postman postwoman priest
    printer programmer psychologist receptionist roofer sailor scaffolder scientist seamstress secretary
    shepherd shopkeeper soldier solicitor sparky student supervisor surgeon surveyor ta tailor teacher technician tiler
    trainee translator trucker tutor typist undertaker underwriter upholsterer vet vicar waiter waitress warden welder
    writer
    """.split()  # noqa: SIM905
)
"""Said of oneself or of somebody close, they are a trade; a hyphen here is a space or a hyphen in a text."""
TRADE_ENDINGS = ("smith", "wright", "monger", "ologist", "ician", "pist", "woman", "sman", "keeper", "minder", "worker",
                 "driver", "dresser", "maker", "fitter", "assistant", "manager", "operator", "consultant", "inspector",
                 "adviser", "advisor", "instructor", "technician", "officer", "ler", "ner", "per", "tor",
                 "cer")  # fmt: skip
NO_TRADES = frozenset(
    """
    partner loner talker worrier moaner people-pleaser pleaser sleeper helper keeper stopper supper member number
    listener stranger sinner winner beginner singer fixer doer toddler teenager youngster widower sister prisoner
    campaigner owner cancer better bother corner dinner visitor traveller newcomer struggler foreigner
    boomer smoker drinker crier
    """.split()  # noqa: SIM905
)
"""End like a trade and are none."""
WORK_AT = """
roads road buses bins railway railways rails rigs boats trawlers tills checkouts farm farms sites site trains lorries
trucks taxis wagons vans phones doors market markets docks ferries
"""
"""*On the roads*: what somebody does all day."""
WORK_IN = """
army navy raf forces police kitchen kitchens care retail catering mines pit pits steelworks foundry factory factories
warehouse warehouses shipyard prison bakery abattoir mill mills laundry canteen civil service fire service
"""
CONDITIONS = r"""
dialysis|kidney (?:stones?|failure|disease|transplant)|transplants?|cerebral palsy|learning (?:disabilit(?:y|ies)
|difficult(?:y|ies))
|down'?s(?: syndrome)?|[a-z]+ syndrome|syndrome|chromosomes?|genetic \w+|mitochondrial|cystic fibrosis
|muscular dystrophy|spina bifida
|epilep(?:sy|tic)|seizures?|autis(?:m|tic)|asperger'?s|adhd|dyspraxi[ac]|dyslexi[ac]|tourette'?s|schizophreni[ac]
|bipolar|psychosis
|anorexi[ac]|bulimi[ac]|ptsd|ocd|personality disorder|post-?natal depression|pnd|dementia|alzheimer'?s|parkinson'?s
|huntington'?s
|multiple sclerosis|\bms\b|motor neurone?|mnd|stroke|brain (?:tumour|injury|bleed|damage|haemorrhage)|tumours?
|cancers?|leuk(?:a?em)ia|lymphoma
|chemo(?:therapy)?|radiotherapy|mastectomy|hysterectomy|amputat(?:ed|ion)|diabet(?:es|ic)|asthma|copd|emphysema
|heart (?:attack|failure|condition|defect|murmur|surgery|bypass)
|angina|hiv|hepatitis|cirrhosis|crohn'?s|colitis|coeliac|lupus|arthritis|fibromyalgia|endometriosis|pre-?eclampsia
|eclampsia
|gestational diabetes|hyperemesis|sepsis|meningitis|tuberculosis|sickle cell|thalassa?emia|haemophilia|cleft (?:lip
|palate)|hydrocephalus
|tracheostomy|gastrostomy|feed(?:ing)? pump|wheelchair|hoist|splints|hearing aids?|cochlear|deaf|blind
|registered disabled|paralysed|paraplegic
|miscarri(?:ages?|ed)|still-?birth|stillborn|still born|ectopic|cot death|neonatal death|termination|abortion|ivf
|premature(?:ly)?|prem|neonatal|scbu|nicu
|reflux|tongue[- ]tie|jaundice|eczema
|suicid(?:e|al)|overdosed?|self[- ]harm(?:s|ed|ing)?|sectioned|detox|rehab|heroin|methadone|alcoholic|drink problem
|gambling
"""
"""Illness and what goes with it. Low mood, worry and tiredness are what the talk is about, and tell of nobody."""
EVENTS = r"""
divorced?|divorcing|separated from|widow(?:ed|er|s)?|bereaved|adopted|adoption|foster(?:ed|ing|s| carers?)
|special guardian\w*|in care|care order
|custody|child protection|domestic (?:violence|abuse)|refuge|restraining order|prison|jail|remand|probation|on tag
|court case|arrested|raped?|assaulted
|bankrupt(?:cy)?|evicted|eviction|homeless|repossessed|redundan(?:t|cy)|self-employed|unemployed|zero[- ]hours?
|on nights|night shifts?|maternity leave|early retirement|retired
|asylum|refugees?|visa|deported|trafficked|house fire|car (?:crash|accident)|drowned|murdered|hanged
|single (?:mum|mam|mom|mother|dad|father|parent)|only child|twins?|triplets|surrogate|surrogacy|caesarean|c-section
|gay|lesbian|bisexual|transgender|trans (?:man|woman|boy|girl)
|stopped breathing(?: in (?:the|a|his|her|their) \w+(?: seat)?)?
"""
PEOPLES = """
Afghan Albanian Algerian Angolan Arab Arabic Armenian Asian Bangladeshi Bengali Bosnian Brazilian Bulgarian Cambodian
Cameroonian Caribbean Chilean Chinese Colombian Congolese Croatian Cuban Cypriot Czech Danish Dutch Egyptian Eritrean
Estonian Ethiopian Farsi Filipino Finnish French Gambian German Ghanaian Greek Gujarati Gypsy Hausa Hindi Hungarian
Igbo Indian Iranian Iraqi Irish Israeli Italian Jamaican Japanese Kashmiri Kenyan Korean Kurdish Latvian Lebanese
Liberian Libyan Lithuanian Malawian Malay Maltese Mexican Moldovan Moroccan Nepali Nepalese Nigerian Norwegian
Pakistani Palestinian Pashto Persian Polish Portuguese Punjabi Roma Romani Romanian Romany Russian Rwandan Scottish
Senegalese Serbian Shona Sinhalese Slovak Somali Spanish Sudanese Swahili Swedish Sylheti Syrian Tamil Tanzanian Thai
Tibetan Tigrinya Turkish Twi Ugandan Ukrainian Urdu Vietnamese Welsh Yemeni Yoruba Zambian Zimbabwean
Muslim Christian Catholic Protestant Methodist Baptist Pentecostal Quaker Mormon Hindu Sikh Jewish Buddhist Jain
Orthodox Rastafarian Jehovah's Jehovah
"""
"""Peoples, languages and faiths, with a capital; English and British tell too little."""
WORSHIP = """
mosque chapel church temple mandir gurdwara synagogue shul parish imam rabbi vicar priest congregation hijab headscarf
christening confirmation communion bar-mitzvah
"""
FEASTS = """
Eid Ramadan Diwali Holi Navratri Uttarayan Vaisakhi Passover Hanukkah Pesach Purim Yom-Kippur Rosh-Hashanah Lent Advent
Whitsun Hogmanay Pentecost Nowruz Durga-Puja Raksha-Bandhan Karva-Chauth Onam Pongal Lunar-New-Year Chinese-New-Year
"""
COMMON_FEASTS = """
Christmas Easter New-Year Xmas Halloween Bonfire-Night Boxing-Day Mother's-Day Father's-Day Good-Friday Half-term
"""
"""Everybody's: they tell a time only with *before*, *last*, *at*."""
BODY = """
hip hips knee knees heart kidney kidneys liver lungs lung chest brain spine back eyes hearing bowel bowels womb breast
prostate blood chromosomes genes muscles bones legs hands feet throat stomach swallow gallbladder
"""
