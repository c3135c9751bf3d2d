"""Set phrases that tell when, how surely or how politely, read as no more than "please"."""

import re

from recovery.domain.replies.stop_quotes import without_quotes
from recovery.domain.replies.stop_verbs import SENDING, WRITING
from recovery.domain.replies.text import Reply, Sentence
from recovery.domain.replies.words import any_of

#: By what it is asked.
_OATHS = (
    r"no (?:mam|manch)\w+|por (?:el )?amor (?:de|a) dios|por dios(?: santo)?|pel[oa] amor de deus"
    r"|por (?:amor de )?deus"
    r"|for (?:the love of god|gods sake|heavens sake|christs sake|fucks sake|goodness sake)"
)
#: Once, at once, and for ever.
_ONCE = (
    r"(?:por|pela) (?:la )?(?:ultima|enesima|milesima) vez|for the last time|once and for all"
    r"|de una (?:buena )?vez(?: por todas)?|de uma vez(?: por todas)?|for good|for ever|forever"
    r"|(?:para|pra|pa) (?:siempre|sempre)|(?:a partir|desde) (?:de )?(?:ahora|agora|ya|ja|hoy|hoje)"
    r"|de (?:ahora|agora|aqui|hoy|hoje) (?:en adelante|em diante|en mas)|daqui (?:pra|para) frente"
    r"|from (?:now|today|here)(?: on(?:wards?)?)?|going forward|with immediate effect"
    r"|effective immediately|de inmediato|de imediato|(?:lo|o) (?:mas|mais) (?:pronto|rapido|breve)"
    r" (?:posible|possivel)|lo antes posible|o quanto antes|cuanto antes|quanto antes"
    r"|a la (?:mayor )?brevedad(?: posible)?|as soon as possible|right away|straight away|at once"
)
#: Neither now nor later, neither here nor there.
_NOWHERE = (
    r"(?:ni|nem) (?:de )?(?:dia|manha|manana) (?:ni|nem) (?:de )?(?:noche|noite|tarde)|(?:ni"
    r"|nem) (?:hoy|hoje|ahora|agora) (?:ni|nem) (?:nunca|jamas|jamais|manana|amanha)"
    r"|(?:(?:ni|nem) )?(?:por )?(?:aqui|aca) (?:ni|nem) (?:em|en|por) (?:ningun|nenhum) "
    r"(?:otro |outro )?(?:lado|lugar|canto|sitio)|(?:(?:ni|nem) )?(?:aqui|aca) nem em "
    r"(?:lugar|canto|lado) nenhum|here or any(?:where|place)(?: else)?"
)
#: With which wishes it ends.
_WISHES = (
    r"(?:muchas|mil|muito|many) (?:gracias|obrigad[oa]|thanks)|thank you (?:very|so) much"
    r"|thanks (?:a lot|so much|a million)|have a (?:nice|good|great) (?:day|one|evening)|(?:si"
    r"|se) (?:es|son|eres|sois|fuera[ns]?|for|forem|fosse[m]?) (?:tan|tao|muy) (?:amables?|gentil"
    r"|gentis|bondados[oa]s?)|if its all the same(?: to you)?|if you(?:d| would) be so kind"
    r"|much appreciated|se faz favor|se (?:l[eo]s? )?agradez?c\w+|(?:muchas )?bendiciones"
    r"|god bless(?: you)?|fiquem? com deus|(?:and )?all the best|(?:y )?que les? vaya(?: muy)? bien"
    r"|(?:e )?passem? bem|saludos|abra[cz]os|regards|agradeco(?=$| ,)|(?:que )?(?:teng|tenh"
    r"|pas)\w+ (?:un |um )?(?:buen|bom|excelente|lindo) dia|si no es (?:mucha )?molestia"
    r"|se nao for (?:incomodo|pedir muito|muito incomodo)|if (?:thats|its) (?:ok|okay|alright"
    r"|possible)|si (?:es posible|se puede)|se (?:for possivel|der)"
)
#: By which it is softened.
_NO_OFFENCE = (
    r"(?:no|nao) (?:(?:me|te|se|lo|le|les) )*(?:leve[ms]?|leva|tom\w+) a mal"
    r"|(?:no|nao) (?:te|se) (?:ofend|enoj|molest|chatei)(?:a[ns]?|e[ms]?)(?: conmigo| comigo)?(?="
    r" (?:pero|mas) )|dont take (?:it|this) (?:the wrong way|personally|badly)"
    r"|no offen[cs]e|(?:sin|sem) (?:querer )?(?:ofend\w+|ofensa)|nada (?:personal|pessoal)(?="
    r" (?:pero|mas|,) )|nothing personal|(?:con|com|with) (?:todo |todo o |all |all due |due )?"
    r"(?:respeto|respeito|respect)"
)
#: Which messages: all of them.
_THOSE_SENT = (
    r"(?:(?<=mensajes )|(?<=mensagens ))que (?:me )?(?:llegan|chegam|mandan|mandam|envian|enviam"
    r"|recibo|recebo)|(?<=messages )(?:that )?(?:i (?:get|receive|am getting|keep getting)"
    r"|you (?:keep )?send(?:ing)?(?: me)?)"
)
_PHRASE = re.compile(rf"\b(?:{_OATHS}|{_ONCE}|{_NOWHERE}|{_WISHES}|{_THOSE_SENT}|{_NO_OFFENCE})\b")
#: An end that begins today; of a message it would be the hour.
_TODAY = re.compile(r"\b(?:hoy mismo|hoje mesmo)\b")
_NOT = re.compile(r"\b(?:no|nao)\b")
_DIED = re.compile(
    r"\b(?:falleci(?:o|da|do)|murio|(?:ha|habia) muerto|faleceu|falecid[oa]|morreu|passed away"
    r"|passed on|(?<!phone )(?<!battery )died|deceased|(?:is|was) dead)\b"
)
_HIM = re.compile(r"\b(?:him|her(?! \w+ (?:number|account))|le|lhe)\b")
_TO_THEM = re.compile(r"\b(?P<verb>(?:mand|envi|escrib|escrev|llam)(?:a|e|i)r)(?:les?|lhe)\b")
_TAKE_THEM = re.compile(
    r"\b(?P<verb>(?:borr|elimin|quit|sac|saqu|remuev|retir)\w*?)l[oa]\b(?= de (?:su|la|es[at]a"
    r"|tu)s? )"
)
_GERUND = any_of("removing deleting taking leaving unsubscribing erasing dropping stopping")
_MIND = re.compile(rf"\b(?:would|do) you mind (?:(?P<no>not) |(?P<verb>{_GERUND})\b)")
#: `Give up writing to me`: to let go is to stop, where it is of writing.
_LET_GO = re.compile(
    r"\b(?:(?:larg(?:a|ue|uem|ar)(?: mao)?|desist(?:a|am|e)|(?:da|de|deem) um tempo|vejam se param"
    r"|trat(?:a|e|em) de parar) de|baj(?:en|a|e)le (?:ya )?(?:a|de)) (?=(?:ficar |estar )?"
    rf"(?:me |nos )?(?:{WRITING}|{SENDING})(?:me|nos)?\b)"
)
_LAY_OFF = re.compile(
    r"\b(?:lay off|(?:pack it in|leave off) with) (?=(?:(?:the|these|your|all) )+(?:text|mes|spam))"
)
_PLAIN_VERB = {"stopping": "stop", "dropping": "drop", "deleting": "delete"}


def without_adverbials(reply: Reply) -> Reply:
    """The same message as the rules of refusals read it."""
    sentences = tuple(_plain(sentence) for sentence in without_quotes(reply).sentences)
    if any(_DIED.search(sentence.words) for sentence in sentences):
        sentences = tuple(_on_behalf(sentence) for sentence in sentences)
    return Reply(reply.raw, sentences)


def _on_behalf(sentence: Sentence) -> Sentence:
    """`My mother died, stop writing to her`: whoever answers for the dead says `me`."""
    words = _HIM.sub("me", sentence.words)
    for pattern in (_TO_THEM, _TAKE_THEM):
        words = pattern.sub(r"\g<verb>me", words)
    return Sentence(words, sentence.is_question)


def _plain(sentence: Sentence) -> Sentence:
    words = _LAY_OFF.sub("stop ", _LET_GO.sub("parem de ", sentence.words))
    words = _MIND.sub(_imperative, _PHRASE.sub("please", words))
    if not _NOT.search(words):
        words = _TODAY.sub("please", words)
    return Sentence(words, sentence.is_question)


def _imperative(asked: re.Match[str]) -> str:
    """`Would you mind not …`, `would you mind removing …`."""
    if asked["no"]:
        return "please dont "
    return f"please {_PLAIN_VERB.get(asked['verb'], asked['verb'][:-3] + 'e')}"
