"""What simulated people write on WhatsApp, as people type it: hurried, not always well spelled."""

from enum import StrEnum
from typing import Final


class Language(StrEnum):
    es = "es"
    pt = "pt"
    en = "en"


class Said(StrEnum):
    """What a phrase is for."""

    new_address = "new_address"
    bare_address = "bare_address"
    spelled_address = "spelled_address"
    question = "question"
    stop = "stop"
    call_me = "call_me"
    call_me_at = "call_me_at"
    wrong_person = "wrong_person"
    yes = "yes"
    no = "no"
    corrects = "corrects"
    consents = "consents"
    thanks = "thanks"
    still_works = "still_works"


_ES: Final[dict[Said, tuple[str, ...]]] = {
    Said.new_address: (
        "Hola! mi correo nuevo es {email}",
        "ah sí, cambié de correo. El nuevo es {email} gracias",
        "Buen día, ahora uso {email}",
        "ese ya no lo uso, anote este: {email}",
        "Hola, qué tal. Mándelo a {email} porfa",
        "Mi nuevo mail es {email} 😊",
        "{email}",
        "ya no trabajo ahi, mi correo personal es {email}",
        "Claro que sí. {email}",
        "Hola soy {name}, pueden escribirme a {email}. Saludos!",
        "sii perdón, es {email}",
    ),
    Said.bare_address: (
        "{email}",
        "{email} gracias",
        "es {email}",
        "va: {email}",
        "Mi correo: {email}",
    ),
    Said.spelled_address: (
        "es {spelled}",
        "mi correo nuevo: {spelled}",
        "hola, {spelled} todo en minúsculas",
    ),
    Said.question: (
        "Hola, quién es?",
        "¿De dónde sacaron mi número?",
        "Hola! siguen teniendo el curso de los sábados?",
        "ahorita no puedo, luego le escribo",
        "¿Cuánto cuesta el plan anual?",
        "Buenas, y esto para qué es?",
        "👍",
        "La baja de precios sigue hasta cuándo?",
        "Perdón, estoy manejando",
        "ok",
        "Gracias por avisar!",
    ),
    Said.stop: (
        "baja",
        "BAJA",
        "stop",
        "No me escriban más",
        "ya no me manden mensajes por favor",
        "Quiero darme de baja",
        "sáquenme de su lista",
        "dejen de escribirme",
        "Eliminar mis datos, gracias",
        "no quiero recibir más mensajes",
    ),
    Said.call_me: (
        "Mejor llámeme",
        "me pueden llamar?",
        "Prefiero que me llamen por teléfono",
        "márqueme y le explico",
    ),
    Said.call_me_at: (
        "llámame mañana a las 5",
        "Me puede llamar mañana a las 10 de la mañana?",
        "llámeme el jueves por la tarde",
        "mejor por teléfono, hoy después de las 6",
        "márqueme el lunes a las 11 am",
    ),
    Said.wrong_person: (
        "Número equivocado",
        "No soy {name}, este número es mío desde hace un año",
        "se equivocó de número",
        "aquí no hay ninguna {name}",
        "No conozco a esa persona",
    ),
    Said.yes: (
        "sí",
        "si",
        "Sí, correcto",
        "sip ese es",
        "exacto",
        "Si gracias",
        "correcto 👍",
        "así es",
    ),
    Said.no: ("no", "No, está mal", "no, ese no es"),
    Said.corrects: (
        "no, es {email}",
        "Perdón, me equivoqué: {email}",
        "casi, pero es {email}",
        "no no, {email}",
    ),
    Said.consents: (
        "Sí, claro, escríbanme",
        "si está bien",
        "Sí, pueden mandarme correos otra vez",
        "dale, no hay problema",
    ),
    Said.thanks: ("gracias!", "Gracias a ustedes", "ok gracias", "👍"),
    Said.still_works: (
        "sí, sigue siendo el mismo",
        "Sí funciona, lo reviso todos los días",
        "el mismo de siempre",
    ),
}

_PT: Final[dict[Said, tuple[str, ...]]] = {
    Said.new_address: (
        "Oi! meu novo é {email}",
        "Oi, tudo bem? Meu email novo é {email}",
        "troquei de email, agora é {email}",
        "Bom dia! pode mandar no {email}",
        "esse antigo não uso mais não, anota aí: {email}",
        "{email}",
        "Opa, é {email} obrigada",
        "Saí da empresa, meu e-mail pessoal é {email}",
        "Claro! {email} 😊",
        "aqui é {name}, meu novo e-mail: {email}",
        "vc pode usar {email} blz?",
    ),
    Said.bare_address: (
        "{email}",
        "{email} obrigado",
        "é {email}",
        "segue: {email}",
        "Meu email: {email}",
    ),
    Said.spelled_address: (
        "é {spelled}",
        "meu email novo: {spelled}",
        "anota: {spelled}, tudo minúsculo",
    ),
    Said.question: (
        "Oi, quem é?",
        "Como conseguiram meu número?",
        "Vocês ainda têm o curso de sábado?",
        "agora não posso, depois te chamo",
        "Quanto tá o plano anual?",
        "Bom dia, isso é sobre o quê?",
        "👍",
        "to na parada de ônibus, já te respondo",
        "Vou sair de férias, falamos na volta",
        "ok",
        "Obrigada por avisar!",
    ),
    Said.stop: (
        "sair",
        "SAIR",
        "Parar",
        "stop",
        "Não quero mais receber mensagens",
        "para de me mandar mensagem",
        "me tira dessa lista por favor",
        "Descadastrar",
        "excluam meus dados",
        "não me mandem mais nada",
    ),
    Said.call_me: (
        "Prefiro que me liguem",
        "pode me ligar?",
        "me liga que eu explico",
        "melhor por telefone",
    ),
    Said.call_me_at: (
        "me liga amanhã às 15h",
        "Pode me ligar amanhã às 10 da manhã?",
        "me liga depois das 18h",
        "liga na quinta à tarde por favor",
        "só consigo falar segunda às 11h, me liga",
    ),
    Said.wrong_person: (
        "Número errado",
        "Não sou a {name}, esse número é meu faz tempo",
        "foi engano",
        "não tem ninguém aqui com esse nome",
        "Não conheço essa pessoa",
    ),
    Said.yes: (
        "sim",
        "Sim",
        "isso",
        "Isso mesmo",
        "sim, tá certo",
        "correto 👍",
        "exato",
        "é esse mesmo",
    ),
    Said.no: ("não", "Não, tá errado", "não é esse"),
    Said.corrects: (
        "não, é {email}",
        "Desculpa, errei: {email}",
        "quase, mas é {email}",
        "opa, o certo é {email}",
    ),
    Said.consents: (
        "Sim, pode mandar",
        "pode sim",
        "Sim, podem voltar a me mandar e-mails",
        "claro, sem problema",
    ),
    Said.thanks: ("obrigada!", "valeu", "Obrigado vocês", "👍"),
    Said.still_works: (
        "sim, continua o mesmo",
        "Funciona sim, vejo todo dia",
        "é o mesmo de sempre",
    ),
}

_EN: Final[dict[Said, tuple[str, ...]]] = {
    Said.new_address: (
        "Hi! it's now {email}",
        "My new email is {email}",
        "oh sorry, I switched. use {email} please",
        "Hey, {email} is the best one now",
        "I don't check that one anymore, send it to {email}",
        "{email}",
        "sure, {email} thanks!",
        "Left that company. Personal one: {email}",
        "this is {name}, please use {email}",
        "yep its {email} 🙂",
    ),
    Said.bare_address: ("{email}", "{email} thanks", "it's {email}", "here: {email}"),
    Said.spelled_address: (
        "it's {spelled}",
        "my new one is {spelled}",
        "{spelled}, all lower case",
    ),
    Said.question: (
        "Who is this?",
        "How did you get my number?",
        "Do you still run the Saturday class?",
        "can't talk now, later",
        "How much is the yearly plan?",
        "what is this about",
        "👍",
        "I'll stop by the shop on Friday",
        "ok",
        "Thanks for letting me know!",
    ),
    Said.stop: (
        "STOP",
        "stop",
        "Unsubscribe",
        "Please stop texting me",
        "take me off your list",
        "remove me please",
        "don't message me again",
        "I don't want these messages",
    ),
    Said.call_me: (
        "Please call me instead",
        "can you call me?",
        "just give me a call",
        "rather talk on the phone",
    ),
    Said.call_me_at: (
        "call me tomorrow at 3pm",
        "Can you call me tomorrow at 10 in the morning?",
        "call me Thursday afternoon",
        "give me a ring today after 6pm",
    ),
    Said.wrong_person: (
        "Wrong number",
        "I'm not {name}, I got this number last year",
        "sorry wrong person",
        "no {name} here",
        "You have the wrong number",
    ),
    Said.yes: ("yes", "Yes", "yep", "yes that's right", "correct 👍", "that's the one", "yeah"),
    Said.no: ("no", "No, that's wrong", "nope not that"),
    Said.corrects: (
        "no, it's {email}",
        "sorry, typo: {email}",
        "close, but {email}",
        "oops I meant {email}",
    ),
    Said.consents: (
        "Yes, that's fine",
        "sure, go ahead",
        "yes you can email me again",
        "ok no problem",
    ),
    Said.thanks: ("thanks!", "thank you", "great thanks", "👍"),
    Said.still_works: ("yes, still the same", "It works, I check it daily", "same one as always"),
}

PHRASES: Final[dict[Language, dict[Said, tuple[str, ...]]]] = {
    Language.es: _ES,
    Language.pt: _PT,
    Language.en: _EN,
}

#: How the signs in an address are said aloud: at, dot, underscore, hyphen.
SPOKEN_SIGNS: Final[dict[Language, dict[str, str]]] = {
    Language.es: {"@": " arroba ", ".": " punto ", "_": " guion bajo ", "-": " guion "},
    Language.pt: {"@": " arroba ", ".": " ponto ", "_": " underline ", "-": " hífen "},
    Language.en: {"@": " at ", ".": " dot ", "_": " underscore ", "-": " dash "},
}


def spelled(email: str, *, language: Language) -> str:
    """An address as it is dictated: "ana arroba empresa punto com"."""
    for sign, word in SPOKEN_SIGNS[language].items():
        email = email.replace(sign, word)
    return email
