"""The grammar of refusals in Spanish (all four of its imperatives), Portuguese and English.

Text comes folded: no accents, no case, no apostrophes, one space between words, commas as words.
"""

import re

from recovery.domain.replies.stop_verbs import (
    AGAIN,
    ENGLISH_WRITE,
    ENGLISH_WRITING,
    OUT,
    OUT_MOOD,
    SEND,
    SENDING,
    WRITE,
    WRITING,
)
from recovery.domain.replies.words import any_of

_NO = r"(?:no|ya no|nunca|nunca mas|nunca mais|jamas|jamais|nao|n|nem|ni que|ni|ja nao)"
_MORE = r"(?:(?:mas|mais|ya|ja|nunca|jamas|por favor|please|pfv|voces|ustedes|uds|favor) )*"
_ME = r"(?:me|nos|mi)"
_MSG = any_of(
    r"""
    mensajes? mensajitos? msjs? msgs? sms whatsapps? whats wsp wasaps? zap zaps watsap
    publicidad(?:es)? promocion(?:es)? ofertas? propagandas? spam anuncios? marketing basura
    mensagens? mensagem promocoes publicidade notificacion(?:es)? notificacoes
    comunicacion(?:es)? comunicados? comunicacoes contatos? messages? texts? texting junk ads
    offers promotions communications? notifications? lixo weas huevadas pavadas bobagens
    avisos? recordatorios? lembretes? alertas? alerts? reminders? promos
    """
)
_MAIL = r"(?:correos?|emails?|mails?|newsletters?|boletin(?:es)?|boletim)"
_THING = (
    rf"(?:{_MSG}|{_MAIL}|nada|esto|eso|estas?|estos|esos|esas|cosas?|isso|isto|essas?|esses?"
    rf"|estes|coisas?|this|these|those|stuff|things?|anything|them|crap|info|informacion"
    rf"|informacao|informacoes)"
)
_FILL = any_of(
    r"""
    mas mais ya ja por favor please anymore any more again ever me nos us to gracias
    obrigad[oa] thanks thank you nunca jamas de una vez uma tipo este esse deste desse desses
    destes tantos? tantas? sus tus seus suas the all your so many such os as los las a o un el
    que ustedes voces vocs uds vcs pls ok ninguna? nenhuma? ningun now already right still
    random unwanted constant other otra otros outras? outros novamente nuevo novo senor senhor
    amigo ahora agora asap mismo mesmo gentileza che wey guey man bro dude ni nem immediately
    inmediatamente imediatamente urgente urgentemente cuanto antes pronto completely
    totalmente definitivamente permanently entirely inmediata imediata logo definitiva
    """
)
_NOW = r"(?: (?:ya|ja|por favor|please|de una vez|de una buena vez|logo|now))*"

# Direct orders that need no object.
PLAIN = re.compile(
    r"\b(?:(?:dejen|deja|deje|dejad|dejar|dejes|dejan)(?:me|nos)? (?:ya )?(?:en|tranquil[oa]"
    r"|quiet[oa]|sola|solo)\b(?: paz)?"
    r"|(?:me|nos) (?:dejen|dejes|deje|deja|dejan|deixem|deixe|deixa) (?:em|en) paz"
    r"|deix(?:em|e|a|ai) (?:me|nos|eu|a gente) em paz|cease and desist|(?:no more|enough) of "
    r"(?:these|this|them)(?= please|$| ,)"
    r"|(?:please )?lose (?:my|this) number"
    r"|(?:no|nao) (?:quiero|quero|deseo|desejo) (?:mas |mais |ya )*(?:ningun "
    r"|nenhum )?(?:contacto|contato)"
    r"|(?:quiero|quisiera|prefiero|prefiro|quero|gostaria de|preferia|preferiria|deseo|desejo"
    r"|gustaria) (?:no|nao) (?:ser|recibir|receber) (?:mas |mais |ningun |nenhuma |sus |estos )*"
    r"(?:contactad|contatad|mensaj|mensag|nada|publicidad|propaganda)\w*"
    r"|(?:pare[mn]?|para|parenle|parale|dejen|deixem) (?:ya |ja )?(?:com|con) (?:isso|isto|eso"
    r"|esto)"
    r"|(?:asking|ask|asked|told|tell|beg|begging|need|want) (?:you|u|them)(?: all| guys)? to "
    r"stop(?=$| ,| please)"
    r"|make (?:it|this|them) stop(?= please|$| ,)"
    r"|(?:ni un|nem uma|ni una|nem mais uma|not another|not one more|not one)"
    r" (?:mensaje|whatsapp|mensagem|message|text)(?: more| mas| mais)"
    r"|(?<=not another )(?:message|text)"
    r"|(?:i )?(?:want out|opt(?:ing)? out|opt me out|wish to opt out)"
    r"|stop (?:it|this|that|now|already)(?= please|$| ,| with)"
    r"|(?:please|pls) stop$|^just stop$|^stop (?:please|pls|already|now|por favor)\b)"
)
FORBID = re.compile(
    rf"\b(?P<neg>{_NO}|(?:ni|no) se (?:te|le|les|os) ocurra|quiero que no|quero que nao"
    rf"|(?:told|asked|tell|ask|asking|telling) (?:you|u)(?: \w+)? not to"
    rf"|(?:if|that) you (?:not|didnt|dont|wouldnt|do not|would not)|do not|dont|never|please no"
    rf"|no|didnt ask you to"
    rf"|(?:no|nao) (?:les |os |vos |los )?(?:autorizo|permito)(?: a)?"
    rf"|(?:no|nao) (?:quiero|quero|deseo|desejo|queremos|autorizo|permito|acepto|aceito"
    rf"|me interesa|necesito|preciso)"
    rf"(?: mas| mais| ya)* (?:a )?que(?: voces| ustedes)?) {_MORE}(?:"
    rf"(?P<send>(?:{_ME} )?{_MORE}(?:{AGAIN} )?(?:{_ME} )?{_MORE}(?:{SEND}|{SENDING})(?:me"
    rf"|nos)?(?: {_ME})?"
    rf"|(?:ever )?(?:send|keep sending)(?: me| us)?)"
    rf"|(?P<write>{_ME} {_MORE}(?:{AGAIN} {_MORE})?(?:{WRITE}|{WRITING})"
    rf"|(?:{AGAIN} )?{_MORE}(?:{WRITING})(?:me|nos| me| nos)"
    rf"|{AGAIN} {_MORE}(?:{WRITING}|escribiend|escribiendome|molestandome)(?:me|nos)?"
    rf"|{WRITING}(?=$| ,| mas| mais)"
    rf"|{_ME} (?:{AGAIN} )?(?:busqu(?:e|es|en|eis)|procur(?:e|em|es)|buscar|procurar)"
    rf"(?=$| ,| mas| mais| por favor| please| nunca| ya)"
    rf"|{WRITE}(?: {_MORE}{_ME}(?<! mi)|(?= mas| mais|$| ,| por favor| en contacto| em contat))"
    rf"|(?:entre|entrem|entres|entrar) {_MORE}em {_MORE}(?:contato|contacto)"
    rf"|(?:ponga|pongan|ponerse|pongas|pongais) {_MORE}en contacto(?: conmigo)?"
    rf"|(?:se|te) (?:pongan?|comuniquen?|contacten) (?:mas )?(?:en contacto )?(?:conmigo)"
    rf"|(?:(?:ever|come|go|be|keep) )*(?:(?:call|email|phone|ring)(?: me)? (?:or|and|nor) )?"
    rf"(?!bother(?: ,|$))(?:{ENGLISH_WRITE}|reach out|{ENGLISH_WRITING})(?: to)?"
    rf"(?: me| us| (?:my|this) (?:\w+ )?(?:number|phone|cell)| again| anymore| any more"
    rf"|(?=$| ,| please| or call| or email))))\b"
)
CEASE = re.compile(
    rf"\b(?:(?:(?:dejen(?:se|me|nos)?|deja(?:te|me)?|dejeme|deje(?:se)?|dejad|dejas|dejan|dejar"
    rf"|dejes|paren"
    rf"|para(?= (?:ya |ja )?(?:de|com|con)\b)|pare|parad|parar"
    rf"|parem|parada|deixe"
    rf"|dejaran?|pararan?|parassem|parasse|deixassem|deixasse|detengan|detenga|frenen"
    rf"|deixem|deixa|deixar|deixai|cesen|cese|cesar|(?:chega|basta)(?= (?:ya |ja )?d)|cessem"
    rf"|cesse|evite|evitem"
    rf"|eviten|terminen){_NOW}(?: con| com)?"
    rf"(?: de)?(?: {_ME})?(?: estar)?(?: {_ME})? (?:(?P<write>{WRITING}(?:me|nos)?(?: {_ME})?)"
    rf"|(?P<send>(?:{SENDING})(?:me|nos)?(?: {_ME})?)))"
    rf"|(?:stop|quit|cease|enough|halt|(?<=if you )stopped)(?: with)?(?: the)? (?:(?:calling"
    rf"|emailing) (?:me )?(?:and"
    rf"|or) )?(?:(?P<write2>(?:{ENGLISH_WRITING}"
    rf"|messing with)(?: to)?(?: me| us)?"
    rf"|reaching out)"
    rf"|(?P<send2>sending|the|with|all|these|this|those)(?: me| us| to me)?)"
    rf"|cancel(?:[oae]|ar|en|em) (?:est[eo]s|ess[ea]s|los|as|these|the|your|sus|seus) "
    rf"(?P<off>{_MSG})"
    rf"|baj(?:en|a|e)le (?:ya )?(?:a|con) (?:los|las|sus|tus) (?P<less>{_MSG})"
    rf"|dej(?:en|e|a) (?:ya )?(?:el|la|de) (?P<spam>spam|acoso|publicidad|hostigamiento"
    rf"|insistencia|molest\w+)"
    rf"|(?:(?:paren|parenle|parale|pare|parem|para|dejen|deja)(?=(?: ya| ja)? (?:con|com)\b)"
    rf"|detengan?|cesen|suspendan|suspendam|interrompam|frenen|corten|cortenla|cortala"
    rf"|(?:suspendan|suspendam|interrompam|detengan|cessem) (?:el|o) (?:envio|contacto"
    rf"|contato)(?= de)"
    rf"|(?:basta|chega|alto)(?= (?:ya |ja )?(?:de|d[eo]ss[ae]s?|com|a)\b)|nada(?= de)|suficiente"
    rf"|no mas|nao mais|sem mais|nao mais|no more|enough"
    rf"|fin)"
    rf"(?: ya| ja)?(?: de| con| com| a| of| with| the)*(?: tant[oa]s?)?(?: tus| sus| seus"
    rf"| suas| los| las| as| os| your| ess[ae]s?| est[aeo]s| es[oa]s| these| those)?"
    rf" (?P<msg>{_MSG}))\b"
)
_REGISTER = any_of(
    r"""
    listas? listad[oa]s? bases? registros? grupo agenda sistemas? difusion mailing cadastros? banco
    database db lists? group records crm transmissao contactos contatos contacts directorio
    suscripcion files? distribucion mensajes mensagens messages msgs texts emails correos
    publicidad envios newsletter email mail correo all everything
    """
)
_DATA = any_of(
    r"""
    datos numeros? telefonos? contactos? informacion(?:es)? nombre celular movil whatsapp dados
    contatos? cadastro nome telefone telemovel registro registo perfil informacoes inscricao
    information number name data info details contact phone record personal pessoais
    """
)
_MY = (
    r"(?:(?:todos|todas|todo|toda|tudo|os|as|o|a|los|las|el|la|mis?|meus?|minhas?|nuestros|este"
    r"|esse|esta|my|all|of|our|this|the|personal|phone|contact|cell|mobile) )"
)
REMOVAL = re.compile(
    rf"\b(?:(?P<me>(?:{OUT}|baj){OUT_MOOD}(?:me|nos)"
    rf"|{OUT}{OUT_MOOD} (?:me|nos|mim|eu)"
    rf"|(?:me|nos) (?:(?:pueden?|podrian?|puedes|podrias|podes|podeis|pode|podem|poderia"
    rf"|poderiam|favor|quiero|quero|hagan el favor de|vas a|van a|ir a|vai|vao|ya|por favor"
    rf"|gustaria que|pode por favor) )*{OUT}{OUT_MOOD}"
    rf"|(?:take|get|keep|leave) (?:me|us) (?:off|out of)|(?:remove|delete|unsubscribe|erase"
    rf"|exclude|unlist|untag|drop) (?:me|us)(?: off| out)?)"
    rf"|(?P<data>(?:{OUT}{OUT_MOOD}|remove|delete|erase|wipe|scrub|purge|forget"
    rf"|cancel[ea]?[rnm]?)(?: de)?(?: {_ME})?(?: por favor| ya)? {_MY}+{_DATA}"
    rf"|(?:eliminacion|eliminacao|supressao|erasure|cancelacion|exclusao|remocao|borrado"
    rf"|supresion|apagamento|deletion|removal"
    rf"|retirada) (?:de |del |dos |do |das |of )?{_MY}*{_DATA}"
    rf"|(?:{OUT}{OUT_MOOD}|delete|erase|wipe) (?:tudo|todo|everything|all)(?: lo| o)?"
    rf"(?: que \w+)? (?:sobre|de|about) (?:mim|mi|me)"
    rf"|{_DATA}(?: personales| pessoais| personal)? (?:sean?|seja[m]?|be|to be|fueran|fossem)"
    rf" (?:\w+ )?(?:eliminad|borrad|suprimid|excluid|removid|apagad|retirad|deleted|removed"
    rf"|erased)[oa]?s?"
    rf"|(?:want|need|have|get|like|wish) my {_MY}*{_DATA}(?: data)? (?:deleted|removed|erased"
    rf"|taken off))"
    rf"|(?P<baja>(?:da|de|den|dar|dad|dan)(?:me|nos) (?:ya )?(?:de |la )?(?:baja|baixa)"
    rf"|(?:me|nos) (?:(?:quiero|quisiera|pueden?|podrian?|podes|puedes|puedo|gustaria"
    rf"|gustaria que|interesa|urge|hagan el favor de|deseo) )*(?:dar|doy|dan|das|da|den|des"
    rf"|de|dais|deis) (?:ya )?de baja"
    rf"|(?:quiero|quisiera|solicito|pido|deseo|necesito|exijo|tramiten|gestionen|procesen"
    rf"|quero|peco) (?:ya )?(?:la |mi |una |a |minha )?(?:baja|baixa)"
    rf"|(?:den|dar|da|de|dad|demos|procedan a dar) (?:ya )?de baja (?:a |de )?(?:mi|este|el"
    rf"|mis) (?:numero|telefono|contacto|celular|datos|whatsapp|movil|nombre))"
    rf"|(?P<gone>(?:quiero|quisiera|quero|queria|gostaria de|gostava de|deseo|desejo|solicito"
    rf"|exijo|pido|peco para|me gustaria|want to|like to|wish to|need to"
    rf"|ask to) (?:ser (?:eliminad|borrad|removid|retirad|excluid|quitad|sacad|descadastrad"
    rf"|dad)[oa](?: de baja)?|be (?:removed|deleted|taken off|unsubscribed|erased)))"
    rf"|(?P<asked>(?:solicito|peco|pido|exijo|quero|quiero|desejo|deseo) (?:o |a |el |la |mi "
    rf"|meu |minha )?"
    rf"(?:descadastr\w+|desinscricao|desuscripcion|desligamento|(?:exclusao|remocao)(?! d)))"
    rf"|(?P<dnc>(?:put|add) (?:me|my number) (?:on|to) (?:\w+ )?(?:do not|no|dnc)(?: \w+)? list)"
    rf"|(?P<leave>(?:quiero|quisiera|quero|queria|deseo|desejo|necesito|preciso|gostaria de"
    rf"|prefiero|como|me gustaria|quero me|pretendo|gostava de|i want to|how do i|let me"
    rf"|id like to)(?: me| hago para| faco para| faco pra| puedo| posso| eu)* (?:salir(?:me)?"
    rf"|sair|salgo|saio|retirarme|get off|get out of|leave|be removed(?: from)?|come off))"
    rf"|(?P<sub>(?:descadastr|desinscrev|desubscrev|desuscrib)(?:a|e|em|en|am|ar|er|es|o|ir"
    rf"|ime|irme|anme|arme|eme|enme)(?: me)?|"
    rf"cancel (?:my |the )?subscription to (?:these |your |the )?{_MSG}|"
    rf"cancel(?:a|ar|e|em|en|o) (?:a |la |o |el |mi |minha "
    rf"|meu |my )?(?:inscricao|cadastro|suscripcion (?:a|de) (?:los |estos |sus )?mensajes"
    rf"|recebimento)"
    rf"|(?:want to|like to|how (?:do i|to|can i)|please|can (?:you|i)|wish to|need to|let me"
    rf"|must|gotta|id like to|trying to) (?:unsubscribe|opt out)(?: me)?"
    rf"|unsubscribe (?:me|my number|please|from)|opt (?:me )?out|off (?:of )?(?:your|this"
    rf"|the) (?:\w+ )?list))\b"
)
UNWANTED = re.compile(
    rf"\b(?:(?:gustaria|prefiero|preferiria|gostaria|gostava|prefiro|preferia|agradeceria"
    rf"|agradezco|agradeco|peco|pido|pedimos|rogo|ruego)(?: \w+)? que (?:no|nao) (?:me"
    rf"|nos) (?:(?:escrib|escrev|contact|contat|molest|incomod)\w+|(?P<get3>(?:mand"
    rf"|envi)\w+))|(?:no|nao) (?:sigan?|continuem?) (?:con|com) (?:los |as |sus |os |o "
    rf"|el )?{_MSG}|(?:take|get|keep) my (?:name|number|contact|info|phone) (?:off|out)"
    rf"|(?:quiero|quisiera|quero|queria|gostaria de|deseo|desejo|want to|like to"
    rf"|how (?:do|can) i|how to|como (?:hago|faco|puedo|posso|fazer)(?: para"
    rf"| pra)?)(?: que)? (?:dejar|parar|deixar|stop) (?:de )?(?:recibir|receber|receiving"
    rf"|getting)? ?(?:{_FILL} )*(?P<msg3>{_THING})|(?:no|nao|ya no|ja nao"
    rf"|nunca) {_MORE}(?:quiero|quisiera|deseo|queremos|gostaria de|quero|desejo|queria"
    rf"|pretendo|me gustaria|me interesa|tenho interesse em|tengo interes en|autorizo(?: a)?"
    rf"|autorizo o|pedi|pedi para|solicite|acepto|aceito|gostava de) {_MORE}"
    rf"(?:seguir |continuar (?:a )?|volver a |voltar a )?(?:(?P<get>recibir(?:los)?|receber"
    rf"|recibiendo|recebendo|que me (?:siga[ns]? )?(?:lleguen?|mandando|escribiendo"
    rf"|mande[nms]?|envie[nms]?)|tener|ter) )?"
    rf"{_MORE}(?:{_FILL} )*(?:(?:llamadas?|ligac(?:ao|oes)|calls?) (?:ni|nem|y|e|or|and|o|ou) )?"
    rf"(?P<msg>{_MSG}|{_MAIL}|nada(?= de| mas| mais)"
    rf"|(?<=recibir )(?:mas )?info(?:rmacion)?|(?<=recibir mas )info(?:rmacion)?"
    rf"|(?<=receber mais )info(?:rmacoes)?|esto|isso|eso)"
    rf"|(?:ni|nem) (?:seguir )?(?:recibir|recibiendo|receber) (?:\w+ )?{_MSG}"
    rf"|(?:dont|not) want to (?:\w+ ){{1,4}}or (?:get|receive) (?:\w+ )?{_MSG}"
    rf"|(?:no|nao|ya no) {_MORE}(?:quiero|deseo|quero|desejo|quisiera|gostaria de"
    rf"|queria|pretendo|me gustaria) {_MORE}(?:ser|que me|seguir siendo|volver a ser|voltar a "
    rf"ser) (?:mas "
    rf"|mais )?(?:contactad|contatad|molestad|incomodad|contacten|contatem|contactem|molesten"
    rf"|incomodem)\w*"
    rf"|(?:no|nao|ya no) {_MORE}(?:quiero|deseo|quero|desejo) (?:mas |mais )?(?:(?:fazer|formar"
    rf"|ser) parte (?:\w+ ){{1,2}}(?:list|grup|bas|cadastr)\w+"
    rf"|(?:estar|seguir) (?:mas |mais )?(?:en|na|nessa|em|nesta) (?:\w+ )?(?:list|bas)\w+"
    rf"|saber (?:mas |mais |nada )*(?:de|sobre) (?:ustedes|voces|vcs|uds|vosotros)|seguir "
    rf"recibiendo"
    rf"|continuar recebendo"
    rf"|(?:hablar|falar|conversar?|trato) (?:con|com) (?:ustedes|voces|vosotros)"
    rf"|recibir(?=$| ,)|receber(?=$| ,| mais$))"
    rf"|(?:dont|do not|no longer|never|didnt) (?:want|wish|like|care|need|accept|agree"
    rf"|consent) (?:to )?(?:(?P<get2>receive|get|getting|see|receiving|have|be receiving"
    rf"|be getting) )?(?:(?:any|more|anymore|these|your|from|you|to|of|such|the|further|this"
    rf"|kind|those|unsolicited|marketing|text) )*(?P<msg2>{_MSG}|{_MAIL})"
    rf"|(?:dont|do not) want (?:to (?:receive|get|hear) )?anything (?:more |else )?from (?:you|u)"
    rf"|(?:dont|do not|no longer|not) (?:want|wish|like|consent) (?:to )?(?:be|being"
    rf"|get) (?:contacted|messaged|texted|bothered|disturbed|on (?:your|this) list)"
    rf"|(?:dont|do not|no longer) (?:want|wish|care"
    rf"|like) (?:to )?hear (?:anything )?(?:more )?from (?:you|u|this)"
    rf"|(?:would )?(?:prefer|rather|ask|request|want|wish"
    rf"|like)(?: to)? not (?:to )?(?:be contacted|receive|get|hear)(?: any)?)\b"
)
NEGATION = re.compile(
    r"\b(?:no|nao|dont|cant|cannot|wont|couldnt|doesnt|not|never|nunca|jamas|didnt|ni|nem|sin"
    r"|sem)\b(?: \w+){0,3} ?$"
)
WHY = re.compile(
    r"^(?:, )?(?:y |e |and |mas )?(?:por que|porque|pq|xq|why|how come|cuando|quando|when"
    r"|quien|quem|who) "
    r"(?!.*\b(?:dejen|parem|paren|para de|stop|ban?\b)).*"
    r"|^(?:si|if|se) (?:ustedes |voces |you )?(?:no|nao|dont) |\bnon stop\b"
)
_CLOCK = (
    r"\b(?:hoy|hasta|(?<!cuanto )antes|despues|depois|lunes|martes|miercoles|jueves|viernes"
    r"|segunda|terca|quarta|quinta|sexta|(?:mon|tues|wednes|thurs|fri|satur|sun)day"
    r"|noches?|domingos?|sabados?|fin de|fines de|finde|manana|temprano|tarde"
    r"|todavia|aun|ainda|yet"
    r"|(?<!toda )horas?|horario"
    r"|mientras|durante|ahorita|reunion|trabajo|trabalho|hoje|ate|madrugada|cedo|noite|fds"
    r"|feriados?"
    r"|today|tonight|until|till|before|after|night|weekends?|late|early|during|while|meeting|work"
    r"|semana|am|pm|oficina|clase|aula|vacaciones|ferias)\b"
)
_MANNER = r"|\b(?:en|em|in) (?:ingles|english|espanol|spanish|portugues\w*|ma[iy]usculas|caps)\b"
_NOW_ONLY = (
    r"|^(?:con|com|en ingles|em ingles|in english|ahora|agora|now|right now|en este momento"
    r"|neste momento|at the moment)\b"
)
_HOURS = {
    "forbid": re.compile(_CLOCK + _MANNER + _NOW_ONLY),
    "cease": re.compile(_CLOCK + _MANNER),
    "unwanted": re.compile(_CLOCK + _MANNER),
}
HOURS = re.compile(_CLOCK)
#: What comes before is a reason, what comes after the request.
AND_SO = re.compile(r" (?:y|e|and|pero|but|porem|so|asi que|entao|entonces|por eso|por isso) ")
#: The reason given after a request leaves it one.
BECAUSE = re.compile(r" (?:porque|ya que|pois|because|since|cause|cuz)\b.*")
_BOTH = any_of(
    r"""
    ni nem nor or y e o and ou tambien tambem too
    """
)
ONE_MAILBOX = re.compile(
    rf"^(?!.*\b{_MSG}\b)(?!.*\b{_BOTH} (?:\w+ ){{0,2}}{_MAIL})"
    rf"(?!.*\b{_MAIL} (?:tambien|tambem|too|as well))"
    rf"(?=.*\b(?:{_MAIL}|xaddressx|mailbox|casilla|inbox)\b)(?!.*\b(?:lista|list|datos|dados"
    rf"|base)\b)"
)
EMAIL_WORD = re.compile(
    rf"\b(?:{_MAIL}|emailing|ningun medio|nenhum meio|todos los medios|todos os meios|any channel"
    r"|all channels|any way|ninguna forma|nenhuma forma|por ningun lado|any means)\b"
)
CALL_REFUSED = re.compile(
    rf"\b(?:(?:{_NO}|do not|dont|never|stop|quit|dejen de|deja de|dejad de|parem de|para de"
    rf"|pare de|paren de|sin|sem|deixem de)"
    rf"(?: {_ME})?(?: mas| mais| more)?(?: {AGAIN})? ?(?:{_ME} )?"
    r"(?:llam(?:e|es|en|ar|adas?|eis|arme|arnos)|ligu?(?:e|em|es|ar|acoes|a)|calls?|calling"
    r"|phone|(?<!\bno )telefone\b|telefon(?!e\b)\w+|ring|marqu?\w+|chamadas?))\b"
)
THIS_CHANNEL = re.compile(
    r"\b(?:por|no|pelo|via|on|by|al|aqui|here|este numero|this number)\b ?(?:este |el "
    r"|o )?(?:whatsapp|whats|wsp|zap|wasap|aqui|numero|here|medio)?\b"
)
_CALL_INSTEAD = (
    r"(?:llam(?:e|en|a|ad)(?:me|nos)|me llam(?:en|e)|marqu?en?me|mejor (?:llam|por tel|una llamada)"
    r"|me lig(?:a|ue|uem)|lig(?:a|ue|uem) (?:me|pra|para)"
    r"|(?<!dont )(?<!stop )call me(?! again)|(?:prefiero|prefiro|prefer)\b(?! (?:que |to |you "
    r"|if )*(?:no|didnt|delet|remov|borr|apag|elimin|exclu|tir|quit|sac"
    r"|nao|not|be|ser))"
    r"|instead"
    r"|(?:just|only) (?:one|once)|solo una?|(?:so|apenas) uma?|en vez"
    r"|em vez|mejor (?:al|por|a mi|escrib)|melhor (?:por|pelo|ligar)|better(?! (?:to|take|remove"
    r"|delete|leave|stop)\b))"
)
ALTERNATIVE = {
    False: re.compile(rf"\b{_CALL_INSTEAD}"),
    True: re.compile(rf"\b(?:{_CALL_INSTEAD}|mejor|melhor|only|solo|so por|apenas)"),
}
#: `Don't write to me, write to my accountant.`
SOMEBODY_ELSE = re.compile(
    r"(?<!no )(?<!nao )(?<!dont )(?<!not )(?<!never )(?<!me )(?<!stop )\b"
    r"(?:escrib(?:a[ns]?|i|e|an?le) a |contact(?:e[ns]?|a) a "
    r"|(?:contact|message|text|write|email)(?: to)? (?:my|her|him|the) "
    r"|(?:fal[ae]m?|escrev[ae]m?|mand[ae]m?) (?:com|pra|para|ao|a) (?:[oa] )?"
    r"(?:meu|minha|el[ea]) )"
)
#: `Stop sending them to my old office.`
_ELSEWHERE = re.compile(
    r"\b(?:to|a|para|pra) (?:my|the|that|mi|la|el|meu|minha|esa|ese)"
    r" (?!(?:\w+ )?(?:number|numero|phone|cell|celular|tele\w+|whatsapp|movil|zap))"
)
#: `Don't text me the code.`
_OBJECT = re.compile(r"^(?:the|an|el|los|las|una?|uma?|os|as) (?!otr|outr|mism|mesm|same)")
_NEEDS_OUT = re.compile(r"(?:necesito|preciso) (?:sal|sai|get)")
#: `I don't want the messages to get lost`: they are wanted.
_SHOULD_NOT = re.compile(r"^to (?!me\b|my\b|this\b|be\b|us\b|\w+ number)")
_DUTIES = re.compile(
    rf"^(?:{_FILL} )*(?:{_THING})(?:$|[ ,])|^(?:{_FILL}(?: |$))*$"
    rf"|^(?:mas|mais|anymore|again) (?:por favor|please|gracias|obrigad[oa])\b"
)
_FROM = re.compile(
    rf"^(?:(?:{_FILL}) )*(?:(?:de|del|da|do|dos|das|dessa|desse|desta|deste|daqui|dai|dali"
    rf"|from|off|out|of|on|en|na|no|nesta|la|las|su|sus"
    rf"|tu|tus|vuestra|esta|este|esa|ese|sua|suas|vossa|tua|the|your|this|that|these|those|ya"
    rf"|todas?|todos?|all|any|aqui|ahi|ai|here|distribution|contact|contactos|contatos|mailing"
    rf"|marketing|messaging|customers?|clients?|broadcast|email|whatsapp|phone|text|and|y|e) )*"
    rf"(?:{_REGISTER}|daqui|dai|dali|disso|disto|dessa(?=$| ,)|aqui|ahi|lados|partes|esto|eso"
    rf"|here|there|this|it"
    rf"|ustedes"
    rf"|whatsapp|todo|tudo)\b"
    rf"(?! (?:de|del|da|do) (?:espera|precios|precos|compras?|deseos|bodas?|invitados))"
)
_ONLY_FILL = re.compile(
    rf"^(?:(?:{_FILL}|si|sim|ai|ahi|aqui|aca|here|es posible|how|can|i|como|hago|faco|e|y|and"
    rf"|and)(?: |$))*$"
)
_ABOUT = re.compile(
    r"^(?:de|por|en|no|neste|nesse|a|al|to|from|on|at|for|para|pra|y|e|and|porque|que) "
)
#: `Para com essas mensagens chatas`.
_ONE_WORD = re.compile(r"^[a-z]+$")
_SPARED = re.compile(
    r"^(?:viej|anterior|antig|velh|old\b|del pedido|da compra|fij[oa]|pedid|y (?:pong|us"
    r"|agreg|anot|cambi)|e (?:coloc|us|pon|adicion|atualiz)"
    r"|and (?:use|add|put)|por (?:este|esta|esse|el|la|o|a|outro|otro)\b|de la orden"
    r"|from my order|from the order|(?:de|do|del) (?:serasa|spc|buro|veraz|dicom|asnef|infocorp"
    r"|contrato|boleto|cliente|orden|guia|pedido|rastreo|socio)\b|repetid|duplicad|equivocad|errad)"
)


def is_only_filler(words: str) -> bool:
    """Nothing but polite and small words."""
    return _ONLY_FILL.match(words) is not None


def names_our_list(words: str) -> bool:
    """`… from your list`, `… da base`, `… de aquí`."""
    return _FROM.match(words) is not None


def allows_tail(rule: str, match: re.Match[str], tail: str) -> bool:
    """What follows the verb keeps the meaning: an object we send, a list we keep, or nothing."""
    said = {name for name, value in match.groupdict().items() if value is not None}
    match rule:
        case "removal" if _NEEDS_OUT.match(match.group()) and _ONLY_FILL.match(tail):
            return False
        case "removal" if said & {"me", "leave", "gone", "asked"}:
            return _ONLY_FILL.match(tail) is not None or _FROM.match(tail) is not None
        case "removal" if said & {"baja", "sub"}:
            return _ONLY_FILL.match(tail) is not None or _FROM.match(tail) is not None
        case "removal":
            return _SPARED.match(tail) is None
        case "cease" if "off" in said:
            return _ONLY_FILL.match(tail) is not None
        case "cease" if "msg" in said:
            return any(kind.match(tail) for kind in (_ONLY_FILL, _ABOUT, _ONE_WORD))
        case "forbid" | "cease" | "unwanted" if said & {"send", "send2", "get3"}:
            return _DUTIES.match(tail) is not None and _ELSEWHERE.search(tail) is None
        case "forbid":
            return _OBJECT.match(tail) is None or _DUTIES.match(tail) is not None
        case "unwanted":
            return _SHOULD_NOT.match(tail) is None
        case _:
            return True


def is_about_hours(rule: str, tail: str) -> bool:
    """`Don't write to me on Sundays`: when, not whether."""
    pattern = _HOURS.get(rule)
    return pattern is not None and pattern.search(tail) is not None
