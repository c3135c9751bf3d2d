"""The grammar of refusals in Spanish (all four of its imperatives), Portuguese and English.

Text comes folded: no accents, no case, no apostrophes, one space between words, commas as words.
"""

import re

from recovery.domain.replies.stop_nouns import (
    DATA,
    FILL,
    MAIL,
    ME,
    MSG,
    MY,
    NO,
    NOW,
    THING,
)
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

_MORE = r"(?:(?:mas|mais|ya|ja|nunca|jamas|por favor|please|pfv|voces|ustedes|uds|favor) )*"
# Direct orders that need no object.
PLAIN = re.compile(
    r"\b(?:(?:dejen|deja|deje|dejad|dejar|dejes|dejan)(?:me|nos)? (?:ya )?(?:en paz|(?:tranquil[oa]"
    r"|quiet[oa]|sola|solo)\b(?! (?:el|la|los|las|con|en|lo|un|una)\b))|(?:me|nos) (?:dej"
    r"|deix)(?:en|es|e|a|an|ad|ar|em|arem|assem|asen|aran|eis) (?:em|en) paz|deix(?:em|e|a"
    r"|ai) (?:me|nos|eu|a gente) em paz|cease and desist|(?:no more|enough) of (?:these|this"
    r"|them)(?= please|$| ,)|(?:please )?lose (?:my|this) number|(?:no|nao) (?:quiero|quero|deseo"
    r"|desejo) (?:mas |mais |ya )*(?:ningun |nenhum )?(?:contacto|contato)|(?:quiero|quisiera"
    r"|prefiero|prefiro|quero|gostaria de|preferia|preferiria|deseo|desejo|solicito|solicitamos"
    r"|pido|exijo|peco|requiero|ruego|gustaria) (?:no|nao) (?:ser|recibir|receber) (?:mas |mais "
    r"|ningun |nenhuma |sus |estos )*(?:contactad|contatad|mensaj|mensag|nada|publicidad"
    r"|propaganda)\w*|(?:pare[mn]?|para|parenle|parale|dejen|deixem) (?:ya |ja )?(?:com"
    r"|con) (?:isso|isto|eso|esto)|(?:asking|ask|asked|told|tell|beg|begging|need|want) (?:you|u"
    r"|them)(?: \w+){0,4} to stop(?=$| ,| please| already| before| again| now| this| it"
    r"| (?:\w+ ){1,2}times)|(?:no|nao) volta a me (?:escrever|mandar|chamar|contatar"
    r"|procurar)(?= (?:q|que|pq|porque|senao) (?:eu )?(?:process|denunc|bloque)\w+)|(?:lose|drop"
    r"|ditch) (?:my|this) number(?=$| ,| please| now)|(?:he )?decid\w+ (?:no|nao) (?:recibir"
    r"|receber|ser contacta?d[oa]) (?:mas|mais)|decided not to (?:receive|get|be contacted)"
    r"|make (?:it|this|them) stop(?= please|$| ,)|(?:ni un|nem uma|ni una|nem mais uma|not another"
    r"|not one more|not one) (?:mensaje|whatsapp|mensagem|message|text)(?: more| mas| mais)"
    r"|(?:not another|not one more|nem mais uma) (?:message|text|mensagem)|(?:i )?(?:want out"
    r"|opt(?:ing)? out|opt me out|wish to opt out)|stop (?:it|this|that|now|already)(?= please|$| ,"
    r"| with)|(?:please|pls) stop$|^just stop$|^stop (?:please|pls|already|now|por favor)\b)"
)
FORBID = re.compile(
    rf"\b(?P<neg>{NO}|(?:ni|no) se (?:te|le|les|os) ocurra|quiero que no|quero que nao|(?:told"
    rf"|asked|tell|ask|asking|telling) (?:you|u|your)(?: \w+)? not to|(?:if|that|rather|prefer|wish"
    rf"|sure|ensure) you (?:not|didnt|dont|wouldnt|do not|would not|never)|do not|dont|never"
    rf"|no longer|please no|(?:if you could|to|can you|could you|please|kindly|just|you (?:must"
    rf"|should|may|shall)) not|no|didnt ask you to|(?:no|nao) (?:les |os |vos |los )?(?:autorizo"
    rf"|permito)(?: a)?|(?:no|nao|tampoco) (?:quiero|quero|deseo|desejo|queremos|autorizo|permito"
    rf"|acepto|aceito|me interesa|necesito|preciso)(?: mas| mais| ya)* (?:a )?que(?: voces"
    rf"| ustedes)?) {_MORE}(?:(?P<send>(?:{ME} )?{_MORE}(?:{AGAIN} )?(?:{ME} )?{_MORE}(?:{SEND}"
    rf"|{SENDING})(?:me|nos)?(?: {ME})?|(?:ever )?(?:send|keep sending)(?: me| us)?)"
    rf"|(?P<write>(?:{AGAIN} )?{ME} {_MORE}(?:{AGAIN} {_MORE})?(?:{WRITE}|{WRITING})"
    rf"|(?:{AGAIN} )?{_MORE}(?:{WRITING})(?:me|nos| me| nos)|{AGAIN} {_MORE}(?:{WRITING}|escribiend"
    rf"|escribiendome|molestandome)(?:me|nos)?|{WRITING}(?=$| ,| mas| mais)"
    rf"|{ME} (?:{AGAIN} )?(?:busqu(?:e|es|en|eis)|procur(?:e|em|es)|buscar|procurar)(?=$| ,| mas"
    rf"| mais| por favor| please| nunca| ya|(?: (?:tambien|tambem|tampoco|ni|nem))* (?:por|en|no"
    rf"|pelo|via) (?:(?:el|este|o) )?(?:whats\w*|wasap|zap|wsp|medio|correo|email)\b)"
    rf"|{WRITE}(?: {_MORE}{ME}(?<! mi)|(?= mas| mais|$| ,| por favor| en contacto| em contat))"
    rf"|(?:entre|entrem|entres|entrar) {_MORE}em {_MORE}(?:contato|contacto)|(?:{AGAIN} )?(?:ponga"
    rf"|pongan|ponerse|pongas|pongais) {_MORE}en contacto(?: conmigo)?|(?:se|te) (?:pongan?"
    rf"|comuniquen?|contacten) (?:mas )?(?:en contacto )?(?:conmigo)|(?:(?:ever|come|go|be"
    rf"|keep) )*(?:(?:call|email|phone|ring)(?: me)? (?:or|and"
    rf"|nor) )?(?:bother (?:to )?(?:{ENGLISH_WRITE}|{ENGLISH_WRITING})(?= me| us| again)"
    rf"|(?!bother(?: ,|$))(?:{ENGLISH_WRITE}|reach out|{ENGLISH_WRITING}))(?: to)?(?: me| us"
    rf"| it(?= again| any)| (?:my|this) (?:\w+ )?(?:number|phone|cell)| here| again| anymore"
    rf"| any more|(?=$| ,| please| or call| or email))))\b"
)
CEASE = re.compile(
    rf"\b(?:(?:(?:dejen(?:se|me|nos)?|deja(?:te|me)?|dejeme|deje(?:se)?|dejad|dejas|dejan|dejar"
    rf"|dejes|paren|para(?= (?:ya |ja )?(?:de|com|con)\b)|pare|parad|parar|parem|parada|deixe"
    rf"|dejaran?|pararan?|parassem|parasse|deixassem|deixasse|detengan|detenga|frenen|deixem|deixa"
    rf"|deixar|deixai|cesen|cese|cesar|(?:chega|basta)(?= (?:ya |ja )?d)|cessem|cesse|evite|evitem"
    rf"|eviten|terminen){NOW}(?: con| com)?(?: de)?(?: {ME})?(?: estar)?(?: {ME})?"
    rf" (?:(?P<write>{WRITING}(?:me|nos)?(?: {ME})?)|(?P<send>(?:{SENDING})(?:me|nos)?(?: {ME})?)))"
    rf"|(?:parem|deixem|dejen|paren)(?: ya| ja)? de (?:me (?:procurar|buscar)|(?:buscar"
    rf"|procurar)me)(?=$| ,| mas| mais| ya| ja| por favor)|(?:stop|quit|cease|enough|halt"
    rf"|(?<=if you )stopped|(?<=rather you )stopped)(?: with)?(?: the)? (?:(?:calling"
    rf"|emailing) (?:me )?(?:and|or) )?(?:(?P<write2>(?:{ENGLISH_WRITING}"
    rf"|messing with)(?: to)?(?: me| us)?|reaching out)|(?P<send2>sending|the|with|all|these|this"
    rf"|those)(?: me| us| to me)?)|(?:cease|halt|discontinue|suspend|terminate|stop(?= (?:all|any"
    rf"|further|such|your) ))(?: (?:all|any|further|the|these|this|your|such|future|unwanted"
    rf"|of))* (?P<kind>{MSG}|contact|correspondence)|cancel(?:[oae]|ar|en|em) (?:est[eo]s|ess[ea]s"
    rf"|los|as|these|the|your|sus|seus) (?P<off>{MSG})|baj(?:en|a|e)le (?:ya )?(?:a|con) (?:los|las"
    rf"|sus|tus) (?P<less>{MSG})|dej(?:en|e|a) (?:ya )?(?:el|la|de) (?P<spam>spam|acoso|publicidad"
    rf"|hostigamiento|insistencia|molest\w+)|(?:(?:paren|parenle|parale|pare|parem|para|dejen"
    rf"|deja)(?=(?: ya| ja)? (?:con|com)\b)|detengan?|cesen|suspendan|suspendam|interrompam|frenen"
    rf"|corten|la corta[ns]|cortenla|cortala|(?:suspendan|suspendam|interrompam|detengan"
    rf"|cessem) (?:el|o) (?:envio|contacto|contato)(?= de)|(?:basta|chega|alto)(?= (?:ya "
    rf"|ja )?(?:de|d[eo]ss[ae]s?|com|a)\b)|nada(?= de)|suficiente|no mas|nao mais|sem mais|nao mais"
    rf"|no more|enough|fin)(?: ya| ja)?(?: de| con| com| a| of| with| the)*(?: tant[oa]s?)?(?: tus"
    rf"| sus| seus| suas| los| las| as| os| your| ess[ae]s?| est[aeo]s| es[oa]s| these"
    rf"| those)? (?:{MAIL} (?:ni|nem|n?or|y|e|and) )?(?P<msg>{MSG}))\b"
)
_HELD = (
    r"(?:(?:que|you|that|u|ustedes|voces) )*(?:teng\w+|tienen?|tiverem|tenham?|tem|hold|have|keep"
    r"|got|store)(?: guardad[oa]s?)?"
)
_ERASE = rf"{OUT}{OUT_MOOD}|delete|erase|wipe|remove|destroy"
_EVERY = r"(?:all|every|any|each|of|the|todos?|todas?|los|las|os|as|cualquier|qualquer)"
REMOVAL = re.compile(
    rf"\b(?:(?P<me>(?:{OUT}|baj){OUT_MOOD}(?:me|nos)|{OUT}{OUT_MOOD} (?:me|nos|mim|eu)|(?:me"
    rf"|nos) (?:(?:pueden?|podrian?|puedes|podrias|podes|podeis|pode|podem|poderia|poderiam|favor"
    rf"|quiero|quero|hagan el favor de|vas a|van a|ir a|vai|vao|ya|por favor|gustaria que"
    rf"|pode por favor) )*{OUT}{OUT_MOOD}|(?:take|get|keep|leave|(?<=if you )took) (?:me|us) (?:off"
    rf"|out of)|(?:(?<=if you )(?:removed|deleted|erased|unsubscribed|dropped|excluded)|remove"
    rf"|delete|unsubscribe|erase|exclude|unlist|untag|drop) (?:me|us)(?: off| out)?|(?:me"
    rf"|nos) (?:deix|dej)\w+ (?:fora|fuera|afuera)|(?:dej|deix)\w+(?:me|nos| me) (?:fuera|fora"
    rf"|afuera))|(?P<data>(?:{_ERASE}) (?!it\b)(?:\w+ ){{1,6}}?{_HELD} (?:de|sobre|on|about"
    rf"|of) (?:mi persona|mi|mim|me)(?=$| ,| please| por favor| under| from)"
    rf"|(?:{_ERASE}) (?:{_EVERY} )+{DATA} (?:mi[oa]s?|meus?|of mine|about me)"
    rf"|(?:{_EVERY} )+(?:\w+ )?{DATA} (?:about|on|of) me (?:to be |be )?(?:erased|deleted|removed)"
    rf"|(?:{OUT}{OUT_MOOD}|remove|delete|erase|wipe|scrub|purge|forget"
    rf"|cancel[ea]?[rnm]?)(?: de)?(?: {ME})?(?: por favor| ya)? {MY}+{DATA}|(?:eliminacion"
    rf"|eliminacao|supressao|erasure|cancelacion|exclusao|remocao|borrado|supresion|apagamento"
    rf"|deletion|removal|retirada) (?:de |del |dos |do |das |of )?{MY}*{DATA}|(?:{OUT}{OUT_MOOD}"
    rf"|delete|erase|wipe|remove) (?:tudo|todo|everything|all|any)(?: lo| o| the| data| information"
    rf"| info| records)*(?: (?:que|you|that|u) \w+){{0,2}} (?:sobre|de|about|on|of|for) (?:mim|mi"
    rf"|me)|(?:ensure|make sure|see|confirm|want)(?: that)? (?:my|this) (?:\w+ )?{DATA} (?:is|are"
    rf"|gets|be|has been|have been) (?:deleted|removed|erased|taken off)|{DATA}(?: personales"
    rf"| pessoais| personal)? (?:sean?|seja[m]?|be|to be|fueran|fossem) (?:\w+ )?(?:eliminad|borrad"
    rf"|suprimid|excluid|removid|apagad|retirad|deleted|removed|erased)[oa]?s?|(?:want|need|have"
    rf"|get|like|wish) my {MY}*{DATA}(?: data)? (?:deleted|removed|erased|taken off))"
    rf"|(?P<baja>(?:da|de|den|dar|dad|dan)(?:me|nos) (?:ya )?(?:de |la )?(?:baja|baixa)|(?:me"
    rf"|nos) (?:(?:quiero|quisiera|pueden?|podrian?|podes|puedes|puedo|gustaria|gustaria que"
    rf"|interesa|urge|hagan el favor de|deseo) )*(?:dar|doy|dan|das|da|den|des|de|dais"
    rf"|deis) (?:ya )?de baja|(?:quiero|quisiera|solicitar|tramitar|solicito|pido|deseo|necesito"
    rf"|exijo|tramiten|gestionen|procesen|quero|peco) (?:ya )?(?:la |mi |una |a |minha )?(?:baja"
    rf"|baixa)|(?:da|de|dar|deem|deem) baixa (?:em|n[oa]s?|do|da|ao) (?:meus?|minha|este"
    rf"|esse) (?:cadastro|numero|contato|dados|nome|telefone)|(?:den|dar|da|de|dad|demos"
    rf"|procedan a dar) (?:ya )?de baja (?:a |de )?(?:mi|este|el|mis) (?:numero|telefono|contacto"
    rf"|celular|datos|whatsapp|movil|nombre))|(?P<gone>(?:ensure|make sure|see)(?: that)? (?:im"
    rf"|i am|we are) (?:removed|off|deleted|taken off|out)|(?:quiero|quisiera|quero|queria"
    rf"|gostaria de|gostava de|deseo|desejo|solicito|exijo|pido|peco para|me gustaria|want to"
    rf"|like to|wish to|need to|ask to) (?:ser (?:eliminad|borrad|removid|retirad|excluid|quitad"
    rf"|sacad|descadastrad|dad)[oa](?: de baja)?|be (?:removed|deleted|taken off|unsubscribed"
    rf"|erased)))|(?P<asked>(?:solicito|peco|pido|exijo|quero|quiero|desejo|deseo) (?:o |a |el |la "
    rf"|mi |meu |minha )?(?:descadastr\w+|desinscricao|desuscripcion|desligamento|(?:exclusao"
    rf"|remocao)(?! d)))|(?P<dnc>(?:put|add) (?:me|my number) (?:on|to) (?:\w+ )?(?:do not|no"
    rf"|dnc)(?: \w+)? list)|(?P<leave>(?:quiero|quisiera|quero|queria|deseo|desejo|necesito|preciso"
    rf"|gostaria de|prefiero|como|me gustaria|quero me|pretendo|gostava de|(?:i )?(?:want|wish|like"
    rf"|need) to|how do i|let me|id like to)(?: me| hago para| faco para| faco pra| puedo| posso"
    rf"| eu)* (?:salir(?:me)?|sair|salgo|saio|retirarme|get off|get out of|leave"
    rf"|be removed(?: from)?|come off))|(?P<sub>(?:descadastr|desinscrev|desubscrev|desuscrib)(?:a"
    rf"|e|em|en|am|ar|er|es|o|ir|ime|irme|anme|arme|eme|enme)(?: me)?|cancel (?:my "
    rf"|the )?subscription to (?:these |your |the )?{MSG}|(?:cancel|anul)(?:a|ar|e|em|en|o) (?:a "
    rf"|la |o |el |mi |minha |meu |my )?(?:inscricao|inscripcion|cadastro|suscripcion (?:a"
    rf"|de) (?:los |estos |sus )?mensajes|recebimento)|(?:want to|like to|how (?:do i|to|can i)"
    rf"|please|can (?:you|i)|wish to|need to|let me|must|gotta|id like to|trying to) (?:unsubscribe"
    rf"|opt out)(?: me)?|unsubscribe (?:me|my number|please|from)|opt (?:me )?out"
    rf"|off (?:of )?(?:your|this|the) (?:\w+ )?list))\b"
)
#: Not that which comes on paper.
_POST = (
    r"correspond(?:ence|encia)(?! (?:e[nm] papel|fisica|postal|impres\w+|by post|on paper|pel[oa]"
    r"|por correo|in the mail|(?:a|e[nm]|to) (?:mi|la|my|minha|a)\b))"
)
UNWANTED = re.compile(
    rf"\b(?:(?:pedi|solicite|pedido|solicitado|asked|requested|dije)(?: \w+){{0,4}}? (?:(?:para "
    rf"|de )?(?:no|nao) ser (?:mas |mais )?contac?tad[oa]s?|(?:not to|to not) be contacted|(?:que"
    rf"|para) (?:no|nao) me (?:contac?tem|contac?tar(?:em)?|contacten))|(?:how (?:do|can) i|how to"
    rf"|como)(?: eu| yo| puedo| posso| se| hago para| faco para| faco pra)? (?:desactiv|desativ"
    rf"|cancel|silenci|deten|bloque|apag|disabl|turn off|get rid of)\w*(?: \w+)? (?P<off>{MSG})"
    rf"|(?:gustaria|prefiero|preferiria|gostaria|gostava|prefiro|preferia|agradeceria|agradezco"
    rf"|agradeco|peco|pido|pedimos|rogo|ruego)(?: \w+)? que (?:no|nao) (?:me|nos) (?:(?:escrib"
    rf"|escrev|contact|contat|molest|incomod)\w+|(?P<get3>(?:mand|envi)\w+))|(?:no|nao) (?:sigan?"
    rf"|continuem?) (?:con|com) (?:los |as |sus |os |o |el )?{MSG}|(?P<mine>(?:take|get"
    rf"|keep) my (?:name|number|contact|info|phone) (?:off|out))|(?:quiero|quisiera|quero|queria"
    rf"|gostaria de|deseo|desejo|want to|like to|how (?:do|can) i|how to|como (?:hago|faco|puedo"
    rf"|posso|fazer)(?: para| pra)?|como(?: eu| yo)?)(?: que)? (?:dejar|parar|deixar|stop|paro|dejo"
    rf"|deixo) (?:de )?(?:recibir|receber|receiving|getting)? ?(?:{FILL} )*(?P<msg3>{THING})|(?:no"
    rf"|nao|ya no|ja nao|nunca) {_MORE}(?:quiero|quisiera|deseo|queremos|gostaria de|quero|desejo"
    rf"|queria|pretendo|me gustaria|me interesa|tenho interesse em|tengo interes en|autorizo(?: a)?"
    rf"|autorizo o|pedi|pedi para|solicite|acepto|aceito|gostava de) {_MORE}(?:seguir "
    rf"|continuar (?:a )?|volver a |voltar a )?(?:(?P<get>recibir(?:los)?|receber|recibiendo"
    rf"|recebendo|que me (?:siga[ns]? )?(?:lleguen?|mandando|escribiendo|mande[nms]?|envie[nms]?)"
    rf"|tener|ter) )?{_MORE}(?:{FILL} )*(?:(?:llamadas?|ligac(?:ao|oes)|calls?) (?:ni|nem|y|e|or"
    rf"|and|o|ou) )?(?P<msg>{MSG}|{MAIL}|{_POST}|nada(?= mas| mais| d[aeo]s? (?:ustedes|usted|uds"
    rf"|voces|vosotros|vcs|ti|su|tu|sua|vossa|vuestra|es[at]a|essa|isso|eso|esto|parte|publicidad"
    rf"|spam|empresa)| suy[oa]| tuy[oa]| vosso| vuestro)|(?<=recibir )(?:mas )?info(?:rmacion)?"
    rf"|(?<=recibir mas )info(?:rmacion)?|(?<=receber mais )info(?:rmacoes)?|(?<!interesa )(?:esto"
    rf"|isso|eso))|(?:ni|nem) (?:seguir )?(?:recibir|recibiendo|receber) (?:\w+ )?{MSG}|(?:dont"
    rf"|not) want to (?:\w+ ){{1,4}}or (?:get|receive) (?:\w+ )?{MSG}|(?:no|nao"
    rf"|ya no) {_MORE}(?:quiero|deseo|quero|desejo|quisiera|gostaria de|queria|pretendo"
    rf"|me gustaria) {_MORE}(?:ser|que me|seguir siendo|volver a ser|voltar a ser) (?:mas "
    rf"|mais )?(?:contactad|contatad|molestad|incomodad|contacten|contatem|contactem|molesten"
    rf"|incomodem)\w*|(?:no|nao|ya no) {_MORE}(?:quiero|deseo|quero|desejo) (?:mas "
    rf"|mais )?(?:(?:fazer|formar|ser) parte (?:\w+ ){{1,2}}(?:list|grup|bas|cadastr)\w+|(?:estar"
    rf"|seguir) (?:mas |mais )?(?:en|na|nessa|em|nesta) (?:\w+ )?(?:list|bas)\w+|(?:saber"
    rf"|ouvir falar) (?:mas |mais |nada )*(?:de|da|sobre) (?:ustedes|voces|vcs|uds|vosotros|(?:su"
    rf"|tu|sua|tua|vossa|vuestra|es[at]a|essa) (?:empresa|firma|compania|loja|tienda))"
    rf"|seguir recibiendo|continuar recebendo|(?:hablar|falar|conversar?|trato) (?:con"
    rf"|com) (?:ustedes|voces|vosotros)|recibir(?=$| ,)|receber(?=$| ,| mais$))|(?:dont|do not"
    rf"|no longer|never|didnt)(?: ever)? (?:want|wish|like|care|need|accept|agree|intend"
    rf"|consent) (?:to )?(?:(?P<get2>receive|get|getting|see|receiving|have|be receiving"
    rf"|be getting) )?(?:(?:any|more|anymore|these|your|from|you|to|of|such|the|further|this|kind"
    rf"|those|unsolicited|marketing|sales|promotional|text) )*(?P<msg2>{MSG}|{MAIL}|{_POST})"
    rf"|(?:dont|do not|no longer) (?:want|wish|need)(?: to (?:receive"
    rf"|get))? (?:any more of )?(?:(?<=receive )|(?<=get )|(?<=more of ))(?:these|this|them)(?=$| ,"
    rf"| please| any ?more)|(?:dont|do not|no longer) (?:want|wish|desire)(?: to)?(?: have"
    rf"| maintain| keep| any| further| more)* (?:contact|communications?)(?= with| from|$| ,"
    rf"| please)|(?:dont|do not) want (?:to (?:receive|get|hear) )?anything (?:more "
    rf"|else )?from (?:you|u)|(?:dont|do not|no longer|not) (?:want|wish|like"
    rf"|consent) (?:to )?(?:be|being|get) (?:contacted|messaged|texted|bothered|disturbed"
    rf"|on (?:your|this) list)|(?:dont|do not|no longer|never)(?: ever)? (?:want|wish|care"
    rf"|like) (?:to )?hear (?:anything )?(?:more )?from (?:you|u|this|your (?:company|firm|business"
    rf"|team|people|shop|store|office|brand|organi[sz]ation))|(?:prefer|rather|ask|request|want"
    rf"|wish|like)(?: to)? not (?:to )?(?:be contacted|hear|(?:receive|get)(?:(?= ,|$)"
    rf"|(?: \w+){{0,3}}? {THING})))\b"
)
