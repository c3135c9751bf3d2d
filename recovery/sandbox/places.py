"""Where seeded contacts live and what they are called there."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A country: its share of the contacts, its people's names, its towns and its numbers."""

    code: str
    alpha3: str
    calling: str
    share: int
    language: str
    locale: str
    #: The zone that Keap's short list offers for it, or "" where it has none.
    zone: str
    #: (town, region code)
    towns: tuple[tuple[str, str], ...]
    #: Beginnings of mobile and landline numbers, and how many digits follow them.
    mobiles: tuple[tuple[str, int], ...]
    landlines: tuple[tuple[str, int], ...]


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


NAMES = {
    "es": _words(
        "María José Luis Ana Carlos Lucía Jorge Valentina Miguel Camila Andrés Sofía "
        "Fernando Gabriela Diego Paola Ricardo Daniela Javier Mariana Héctor Ximena Raúl "
        "Rocío Iván Begoña Álvaro Inés Óscar Noelia Martín Guadalupe Julián Carmen"
    ),
    "pt": _words(
        "Ana João Bruno Mariana Pedro Juliana Rafael Fernanda Thiago Camila Gustavo "
        "Larissa Marcos Patrícia Leandro Beatriz Vinícius Aline Rodrigo Letícia Antônio "
        "Débora Caio Conceição Luís Tatiana Simão Inês"
    ),
    "en": _words(
        "James Mary Robert Linda Michael Susan David Karen Daniel Nancy Kevin Emily "
        "Brian Laura Jason Megan Eric Amy Scott Rachel Luis Maria Tyler Grace Ethan "
        "Olivia"
    ),
}
SURNAMES = {
    "es": _words(
        "García Hernández Rodríguez López Martínez Pérez González Sánchez Ramírez Torres "
        "Flores Rivera Gómez Díaz Vargas Castro Ortiz Morales Gutiérrez Rojas Mendoza "
        "Núñez Peña Quispe Ibáñez Muñoz Echeverría Salazar Cárdenas Zapata"
    ),
    "pt": _words(
        "Silva Souza Oliveira Santos Pereira Lima Costa Ferreira Almeida Ribeiro "
        "Carvalho Gomes Martins Araújo Melo Barbosa Rocha Dias Nascimento Moreira "
        "Cardoso Conceição Falcão"
    ),
    "en": _words(
        "Smith Johnson Williams Brown Jones Miller Davis Wilson Anderson Taylor Moore "
        "Jackson Martin Lee Thompson White Harris Clark Lewis Walker O'Brien McDonald "
        "Nguyen"
    ),
}
#: Names that programs trip over: right to left, emoji, none, shouted, with markup or a title.
ODD_NAMES = (
    ("محمد", "الحسن"),
    ("דנה", "לוי"),
    ("María 🌻", "Paz"),
    ("👩‍💻 Sofi", ""),
    ("", ""),
    ("", "Familia Ortega"),
    ("JOSÉ LUIS", "DE LA CRUZ"),
    ("ana", "souza"),
    ("Lic. Jorge", "Núñez"),
    ("<b>Test</b>", "{{ name }}"),
    ("Bart", "D’Angelo-O'Neil"),
    ("李", "伟"),
)

_US_AREAS = _words(
    "305 602 713 310 212 415 312 617 206 404 202 213 214 215 216 301 303 304 307 313 314 315 316 "
    "317 319 401 402 405 406 407 408 410 412 413 414 417 501 502 503 504 505 507 508 509 512 513 "
    "515 516 517 518 601 603 605 606 607 608 609 610 612 614"
)
#: 555-0100 to 555-0199 are kept for fiction in every area of the United States.
_FICTIONAL_US = tuple((f"{area}55501", 2) for area in _US_AREAS)

# fmt: off
PLACES = (
    Place("MX", "MEX", "52", 26, "es", "es_MX", "America/Mexico_City",
          (("Ciudad de México", "MX-CMX"), ("Guadalajara", "MX-JAL"), ("Monterrey", "MX-NLE"),
           ("Tijuana", "MX-BCN"), ("Cancún", "MX-ROO"), ("Hermosillo", "MX-SON")),
          (("55", 8), ("33", 8), ("81", 8), ("664", 7), ("998", 7), ("662", 7)),
          (("55", 8), ("33", 8), ("81", 8))),
    Place("BR", "BRA", "55", 24, "pt", "pt_BR", "America/Sao_Paulo",
          (("São Paulo", "BR-SP"), ("Rio de Janeiro", "BR-RJ"), ("Manaus", "BR-AM"),
           ("Recife", "BR-PE"), ("Curitiba", "BR-PR"), ("Cuiabá", "BR-MT")),
          (("119", 8), ("219", 8), ("929", 8), ("819", 8), ("419", 8), ("659", 8)),
          (("113", 7), ("213", 7), ("923", 7))),
    Place("CO", "COL", "57", 12, "es", "es_CO", "America/Bogota",
          (("Bogotá", "CO-DC"), ("Medellín", "CO-ANT"), ("Cali", "CO-VAC")),
          (("300", 7), ("310", 7), ("320", 7), ("315", 7)), (("6015", 6), ("6042", 6))),
    Place("AR", "ARG", "54", 10, "es", "es_AR", "America/Argentina/Buenos_Aires",
          (("Buenos Aires", "AR-C"), ("Córdoba", "AR-X"), ("Rosario", "AR-S")),
          (("911", 8), ("9351", 7), ("9341", 7)), (("114", 7), ("3514", 6))),
    Place("ES", "ESP", "34", 8, "es", "es_ES", "Europe/Madrid",
          (("Madrid", "ES-MD"), ("Barcelona", "ES-CT"), ("Sevilla", "ES-AN"),
           ("Las Palmas", "ES-CN")),
          (("61", 7), ("64", 7), ("65", 7)), (("91", 7), ("93", 7))),
    Place("CL", "CHL", "56", 5, "es", "es_CL", "America/Santiago",
          (("Santiago", "CL-RM"), ("Valparaíso", "CL-VS")),
          (("96", 7), ("97", 7), ("98", 7)), (("222", 6),)),
    Place("PE", "PER", "51", 5, "es", "es_PE", "",
          (("Lima", "PE-LIM"), ("Arequipa", "PE-ARE")),
          (("98", 7), ("99", 7), ("95", 7)), (("1", 7),)),
    Place("EC", "ECU", "593", 3, "es", "es_EC", "",
          (("Quito", "EC-P"), ("Guayaquil", "EC-G")), (("98", 7), ("99", 7)), (("22", 6),)),
    Place("US", "USA", "1", 4, "en", "en_US", "America/New_York",
          (("Miami", "US-FL"), ("Phoenix", "US-AZ"), ("Houston", "US-TX"),
           ("Los Angeles", "US-CA")),
          _FICTIONAL_US,
          _FICTIONAL_US[:9]),
    Place("GT", "GTM", "502", 1, "es", "es_GT", "America/Guatemala",
          (("Guatemala", "GT-01"),), (("5", 7), ("4", 7)), (("22", 6),)),
    Place("UY", "URY", "598", 1, "es", "es_UY", "America/Montevideo",
          (("Montevideo", "UY-MO"),), (("99", 6), ("98", 6)), (("2", 7),)),
    Place("PT", "PRT", "351", 1, "pt", "pt_PT", "Europe/Lisbon",
          (("Lisboa", "PT-11"), ("Porto", "PT-13")), (("91", 7), ("96", 7)), (("21", 7),)),
)
# fmt: on
#: Domains that nobody has, one letter from one that many have.
TYPO_DOMAINS = ("gmial.example", "hotmial.example", "yaho.example", "outlok.example")
#: Every contact finds its country by its place in a hundred.
BY_SHARE = tuple(place for place in PLACES for _ in range(place.share))
