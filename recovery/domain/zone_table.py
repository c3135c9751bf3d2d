"""Which zones lie in which state or town, aliases of zones, and areas whose stored zone is stale.

States by ISO 3166-2 and by name; zones by IANA's present names. Only countries with several zones
whose people this is likely to meet.
"""

#: Names that IANA keeps only for old data ("backward"), and those of its country folders.
ALIASES = {
    "America/Buenos_Aires": "America/Argentina/Buenos_Aires",
    "America/Catamarca": "America/Argentina/Catamarca",
    "America/Cordoba": "America/Argentina/Cordoba",
    "America/Rosario": "America/Argentina/Cordoba",
    "America/Jujuy": "America/Argentina/Jujuy",
    "America/Mendoza": "America/Argentina/Mendoza",
    "America/Santa_Isabel": "America/Tijuana",
    "America/Ensenada": "America/Tijuana",
    "America/Porto_Acre": "America/Rio_Branco",
    "America/Indianapolis": "America/Indiana/Indianapolis",
    "America/Fort_Wayne": "America/Indiana/Indianapolis",
    "America/Louisville": "America/Kentucky/Louisville",
    "America/Knox_IN": "America/Indiana/Knox",
    "America/Shiprock": "America/Denver",
    "America/Atka": "America/Adak",
    "America/Virgin": "America/St_Thomas",
    "America/Montreal": "America/Toronto",
    "America/Godthab": "America/Nuuk",
    "Brazil/Acre": "America/Rio_Branco",
    "Brazil/DeNoronha": "America/Noronha",
    "Brazil/East": "America/Sao_Paulo",
    "Brazil/West": "America/Manaus",
    "Chile/Continental": "America/Santiago",
    "Chile/EasterIsland": "Pacific/Easter",
    "Cuba": "America/Havana",
    "Jamaica": "America/Jamaica",
    "Mexico/BajaNorte": "America/Tijuana",
    "Mexico/BajaSur": "America/Mazatlan",
    "Mexico/General": "America/Mexico_City",
    "Navajo": "America/Denver",
    "Portugal": "Europe/Lisbon",
    "US/Alaska": "America/Anchorage",
    "US/Arizona": "America/Phoenix",
    "US/Central": "America/Chicago",
    "US/Eastern": "America/New_York",
    "US/East-Indiana": "America/Indiana/Indianapolis",
    "US/Hawaii": "Pacific/Honolulu",
    "US/Michigan": "America/Detroit",
    "US/Mountain": "America/Denver",
    "US/Pacific": "America/Los_Angeles",
    "Canada/Atlantic": "America/Halifax",
    "Canada/Central": "America/Winnipeg",
    "Canada/Eastern": "America/Toronto",
    "Canada/Mountain": "America/Edmonton",
    "Canada/Pacific": "America/Vancouver",
}

#: Where the zone stored for an area is an hour off for most who live there; theirs is added.
#: Recife's 81 also serves Noronha; Pará, Amapá and Maranhão are not on Manaus' time; Chihuahua
#: left Mazatlán's in 2022.
ALSO_IN = {
    "+5581": "America/Recife",
    "+5591": "America/Belem",
    "+5593": "America/Santarem",
    "+5594": "America/Belem",
    "+5596": "America/Belem",
    "+5598": "America/Fortaleza",
    "+5599": "America/Fortaleza",
    **{
        f"+52{area}": "America/Chihuahua"
        for area in (614, 621, 625, 627, 628, 629, 635, 636, 639, 648, 649, 652, 659)
    },
}

_BRAZIL = {
    "America/Rio_Branco": "AC",
    "America/Manaus": "AM",
    "America/Boa_Vista": "RR",
    "America/Porto_Velho": "RO",
    "America/Cuiaba": "MT",
    "America/Campo_Grande": "MS",
    "America/Belem": "PA AP",
    "America/Fortaleza": "MA PI CE RN PB",
    "America/Maceio": "AL SE",
    "America/Bahia": "BA",
    "America/Araguaina": "TO",
    "America/Recife": "PE",
    "America/Sao_Paulo": "SP RJ ES MG PR SC RS GO DF",
}
_MEXICO = {
    "America/Tijuana": "BCN",
    "America/Mazatlan": "BCS SIN NAY",
    "America/Hermosillo": "SON",
    "America/Chihuahua": "CHH",
    "America/Ciudad_Juarez": "CHH",
    "America/Ojinaga": "CHH",
    "America/Cancun": "ROO",
    "America/Monterrey": "COA DUR NLE TAM",
    "America/Matamoros": "COA NLE TAM",
    "America/Merida": "CAM YUC",
    "America/Mexico_City": "AGU CHP CMX DIF COL GRO GUA HID JAL MEX MIC MOR OAX PUE QUE SLP TAB "
    "TLA VER ZAC",
}
_UNITED_STATES = {
    "America/New_York": "CT DC DE FL GA IN KY MA MD ME MI NC NH NJ NY OH PA RI SC TN VA VT WV",
    "America/Chicago": "AL AR FL IA IL IN KS KY LA MI MN MO MS ND NE OK SD TN TX WI",
    "America/Denver": "CO ID KS MT ND NE NM OR SD TX UT WY",
    "America/Phoenix": "AZ",
    "America/Los_Angeles": "CA ID NV OR WA",
    "America/Anchorage": "AK",
    "America/Adak": "AK",
    "Pacific/Honolulu": "HI",
    "America/Puerto_Rico": "PR",
}
_CANADA = {
    "America/Vancouver": "BC",
    "America/Edmonton": "AB NT",
    "America/Regina": "SK",
    "America/Winnipeg": "MB",
    "America/Toronto": "ON QC",
    "America/Halifax": "NB NS PE",
    "America/St_Johns": "NL",
}
_SPAIN = {
    "Atlantic/Canary": "CN GC TF",
    "Europe/Madrid": "AN AR AS CB CE CL CM CT EX GA IB MC MD ML NC PV RI VC A AB AL AV B BA BI BU "
    "C CA CC CO CR CS CU GI GR GU H HU J L LE LO LU M MA MU NA O OR OU P PM PO S SA SE SG SO SS "
    "T TE TO V VA VI Z ZA",
}
_ECUADOR = {
    "Pacific/Galapagos": "W",
    "America/Guayaquil": "A B C D E F G H I L M N O P R S SD SE T U X Y Z",
}


def _by_state(zones: dict[str, str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for zone, states in zones.items():
        for state in states.split():
            found[state] = (*found.get(state, ()), zone)
    return found


STATES = {
    "BR": _by_state(_BRAZIL),
    "MX": _by_state(_MEXICO),
    "US": _by_state(_UNITED_STATES),
    "CA": _by_state(_CANADA),
    "ES": _by_state(_SPAIN),
    "EC": _by_state(_ECUADOR),
}

#: What people write for a state whose zone is not its country's usual one, without accents.
STATE_NAMES = {
    "BR": {
        "ACRE": "AC",
        "AMAZONAS": "AM",
        "RORAIMA": "RR",
        "RONDONIA": "RO",
        "MATO GROSSO": "MT",
        "MATO GROSSO DO SUL": "MS",
        "PARA": "PA",
        "AMAPA": "AP",
        "MARANHAO": "MA",
        "PERNAMBUCO": "PE",
    },
    "MX": {
        "BAJA CALIFORNIA": "BCN",
        "BAJA CALIFORNIA NORTE": "BCN",
        "BC": "BCN",
        "BAJA CALIFORNIA SUR": "BCS",
        "SINALOA": "SIN",
        "NAYARIT": "NAY",
        "SONORA": "SON",
        "CHIHUAHUA": "CHH",
        "QUINTANA ROO": "ROO",
        "CIUDAD DE MEXICO": "CMX",
        "CDMX": "CMX",
    },
    "ES": {"CANARIAS": "CN", "ISLAS CANARIAS": "CN", "LAS PALMAS": "GC", "TENERIFE": "TF"},
    "EC": {"GALAPAGOS": "W"},
}

#: Towns that decide where their state has several zones, or where the state is not told.
TOWNS = {
    "BR": {
        "MANAUS": "America/Manaus",
        "BELEM": "America/Belem",
        "RECIFE": "America/Recife",
        "FERNANDO DE NORONHA": "America/Noronha",
        "SAO LUIS": "America/Fortaleza",
    },
    "MX": {
        "TIJUANA": "America/Tijuana",
        "MEXICALI": "America/Tijuana",
        "ENSENADA": "America/Tijuana",
        "CIUDAD JUAREZ": "America/Ciudad_Juarez",
        "OJINAGA": "America/Ojinaga",
        "CHIHUAHUA": "America/Chihuahua",
        "CANCUN": "America/Cancun",
        "PLAYA DEL CARMEN": "America/Cancun",
    },
    "US": {"EL PASO": "America/Denver", "PENSACOLA": "America/Chicago"},
}
