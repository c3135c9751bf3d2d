"""Turns of phrase that mean no more than "stop", each whole: no grammar would build them."""

import re

_FORGET = r"olvid(?:e[ns]?|a|ate|ense|ese)|esque[cs](?:am?|em?)"
#: Leave me alone.
_ALONE = (
    r"(?:dej|deix)\w+ (?:\w+ ){1,3}e[nm] paz|^i(?:m)? unsubscrib(?:e|ing)",
    r"(?:on|in|en|na) (?:the |la |a )?(?:list[ae] )?(?:do not call|dnc|robinson)",
    r"^(?:please )?(?:remove|delete|erase)(?: me)? from (?:the |your |this |all )?(?:lists?"
    r"|database)",
    r"^(?:immediate |permanent )?(?:removal|remocao|exclusao|eliminacion)(?: imediata| inmediata"
    r"| definitiva)?(?= please| por favor|$)",
    r"(?:dont|do not|never) (?:ever )?(?:talk|speak) to me(?= again| anymore| please|$| ,)",
    r"(?:dont|do not|stop) (?:ever )?hit(?:ting)? me up",
    r"^(?:please |por favor )?(?:borr|elimin|quit|sac|exclu|apag|remov|tir|delete|remove|erase)\w*"
    r" (?:(?:el|o|the) )?(?:numero|number|contacto|contato|datos|dados|tele\w+)"
    r"(?= por favor| please|$| ,)",
    r"(?<!you )(?<!they )(?<!will )(?<!i )(?<!u )(?<!to )(?:send|write|text|message|mail)"
    r"(?: to)?(?: (?:me|us))? (?:nothing (?:more|else|further)|no more(?: (?:messages|texts))?)"
    r"(?= please|$| ,)",
    r"que (?:este |ese |esse |essa |esta )?se(?:a|ja) (?:el|a|o) ultim[oa] (?:mensaje|mensagem"
    r"|vez)(?= que (?:me )?(?:mand|envi|escr)\w+| por favor|$| ,)|(?:let|make) (?:this|that"
    r"|it) (?:be )?(?:the|your) last (?:message|text)(?= please|$| ,)",
    r"(?:no|nao) (?:se|te) (?:molest|incomod)\w+ (?:mas |mais )?e[nm] (?:escrib|contact"
    r"|insist|escrev|contat)\w+(?= mas| mais| nunca| please|$| ,)",
    r"stop insisting(?= please|$| ,)",
    r"be left (?:alone|in peace)",
    r"(?:what|que|qual) parte? (?:of|de|do) (?:stop|not?|nao)\b",
    r"(?:pedi|falei|disse|dije) (?:(?:pra|para|que) )?(?:(?:voces|ustedes) )?(?:parar(?:em|an)?"
    r"|parassem)(?=$| ,| com isso)",
    r"didnt i (?:say|tell you to) stop",
    r"block (?:me|my number)",
    r"done with (?:(?:your|these|the|all) )+(?:messages|texts|texting|messaging|spam)",
    r"(?:stop|quit) \w+ing (?:me|us)(?: up)? with (?:\w+ ){1,2}(?:messages|texts|spam)",
    r"send (?:your|these|this|them|it) (?:\w+ )?to (?:someone|somebody|anybody) else",
    r"(?:leave|let|(?<=you )left) (?:me|us|this number|my number) (?:the \w+ )?(?:alone|be"
    r"|in peace)",
    r"^(?:please )?(?:go away|get lost|back off)(?= please|$| ,)",
    r"give it a rest|(?:fuck|piss|bugger|sod) off",
    r"^(?:please )?(?:(?:buzz|eff|f|naff|back|lay|clear|push|shove|jog) (?:off|on)|beat it|do one"
    r"|quit it|pack it in|take a hike|kick rocks|can you not)(?= please|$| ,)",
    r"(?:knock|cut|stop) it (?:off|out)",
    r"largu?(?:a|e|em) d[eo] meu pe|sai(?:am?)? do meu (?:pe|whatsapp|zap|celular)",
    r"(?:some|suma|sumam) d[ao] (?:minha vida|meu (?:zap|whatsapp|celular))|(?:some|sumam|rala"
    r"|ralem|vaza|vazem) daqui|larguense|largate",
    r"(?:me erra|me esque[cs](?:am|em?))",
    r"(?:me deix[ae]m?|deix[ae]m? (?:eu|me)|me dej(?:en?|es|a)) (?:quiet|tranquil|sossegad)[oa]s?",
    rf"olvid(?:ense|ate|ese) de mi|(?:{_FORGET}|forget)(?: de| that)?"
    r" (?:que (?:eu |yo )?exist\w+|i exist)",
)
#: Do not go on bothering me.
_BOTHER = (
    r"(?:no|nao) (?:me |nos )?ench[ae][ms]? (?:mais )?(?:o|meu) saco",
    r"(?:no|nao) (?:me |nos )?romp(?:a[ns]?|as) (?:mas )?(?:las|los) (?:bolas|pelotas|huevos)",
    r"(?:no|nao) (?:me |nos )?toqu\w+ (?:las|los) (?:narices|huevos|pelotas)",
    r"(?:no|nao) (?:me |nos )?de[ns]? (?:mas )?(?:la )?lata",
    r"(?:no|nao) (?:sea[ns]?|sejam?) (?:tan |tao )?(?:molest|pesad|intens|insistent|chat)\w+",
    r"(?:stop|quit|dont|do not) blow(?:ing)? up my phone",
    r"(?:no|nao) (?:me )?(?:fal|habl|convers)\w+ (?:mas|mais) (?:conmigo|comigo)",
    r"(?:dont|do not) do it again",
    r"^end (?:this|it)",
    r"^(?:me )?(?:mand|envi)[ae]m? mais nada",
    r"^(?:(?:por favor|please|mejor|vayan(?:se)?|anda|vete|ve|vai|vao|va|go) )*(?:a )?"
    r"(?:molest|fastidi|incomod|perturb|jod|ench|chate|bother|spam|annoy|harass)\w* (?:a )?"
    r"(?:otr|outr|someone|somebody)\w*|^busquen? a otr[oa]",
    r"(?:hasta cuando|ate quando)(?: \w+){0,4} (?:molest|jod|fastidi|insist|incomod|perturb"
    r"|ench)(?:ar|er|ir|iendo|ando|endo|indo)\b",
    r"^(?:no|nao) (?:quiero|quero) (?:papo$|(?:papo|conversa|charla|trato) co[mn] )",
    r"^(?:(?:ya|por favor) )*no (?:sigan?|sigas|insistan?|insistas|continuen?)(?= por favor|$| ,)",
    r"(?:cans\w+|hart[oa]s?|tired|sick|fed up) (?:de|of) (?:pedir\w*|decir\w*|falar|dizer|asking"
    r"|telling)\b.* (?:parar|pararem|parem|paren|dejen|stop|tirarem|removerem|saquen|borren)",
    r"(?:pare[mn]?|para|chega|basta|dejen|stop) (?:com|con|de|this|the)(?: es[st]?[ae]| est[ae]"
    r"| isso de)? (?:palhacada|perturbacao|chatice|insistencia|encheacao|porcaria|payasada|tonteria"
    r"|vaina|joda|molestadera|mamada|nonsense|bullshit|madness)",
    r"^(?:(?:ya|por favor|so|just|please) )*(?:(?:vayan(?:se)?|vayase|vete"
    r"|andate) (?:a la (?:mierda|verga|chingada|porra)|al (?:carajo|diablo|infierno))|(?:vao"
    r"|vai) (?:pro inferno|a merda|se (?:catar|foder|ferrar|lascar)|tomar no cu)|go to hell"
    r"|screw you|get stuffed)(?= y| e| and| please| por favor|$| ,)",
    r"^(?:(?:ya|por favor|so|just|please) )*(?:callense|callate|callese|cal(?:a|em) a boca|shut up)"
    r"(?= y | e | and | please$| por favor$|$)",
    r"^(?:ya |ja )?(?:no quiero|nao quero) (?:mas |mais )?nada(?: mas| mais)?(?=$| , gracias"
    r"| , obrigad| gracias$| obrigad[oa]$)",
    r"(?:salg\w+|fuera|largo|saiam?|sai|sal) (?:de|do) (?:mi|meu) (?:whatsapp|telefono|telefone"
    r"|celular)",
    r"(?:no|nao) (?:(?:los|las|te) quiero en mi|quiero (?:tener|ver)(?:los|las|te) en mi"
    r"|quero (?:\w+ )?voces no meu) (?:whatsapp|telefono|telefone|celular)",
    r"\b(?:where|donde|onde|how|como)\b(?: \w+){0,4} (?:unsubscribe|opt out|me descadastro"
    r"|me desuscribo|darme de baja|doy de baja|(?:para|pra) sair|para salir|stop$)(?=$| ,| please"
    r"| por favor| from| de (?:esto|aqui|la lista|su lista))",
    r"(?:dont|do not) want (?:you|u)(?: people| guys)? (?:text|messag|contact|writ|bother"
    r"|spam)ing (?:to )?(?:me|us|this)",
    r"se olviden de mi(?=$| ,| por favor)|forget about me(?=$| ,| please)",
    r"(?<!no )(?<!nao )(?:me|nos) (?:fastidian|molestan|incomoda[nm]|cansa[nm]|aburren|irrita[nm]"
    r"|perturbam|enchem) (?:\w+ )?(?:mensajes|mensagens)(?=$| ,)|your (?:messages|texts) (?:annoy"
    r"|bother|disturb|irritate) me(?=$| ,)|cant you (?:just )?stop(?=$| ,| please)",
    r"(?:dej\w+ de|par\w+ de|stop|quit) (?:llen|fill|flood|satur|clog)\w* (?:my|el|mi|o"
    r"|meu) (?:phone|whatsapp|cel\w+|tele\w+)",
    r"^(?:a |da |na )?(?:la )?(?:proxima|next time)(?: vez)? (?:(?:los|te|les|eu"
    r"|vou) (?:te )?(?:denunci|report"
    r"|bloque|demand|process)\w+|i(?:ll| will)? (?:report|block|sue) (?:you|this number))",
    r"(?:no|nao) (?:quiero|quero) (?:mas |mais )?saber (?:mas |mais |nada )*(?:disso|de (?:esto"
    r"|eso|isso))",
    r"estou me descadastrando|me estoy (?:dando de baja|desuscribiendo)",
    r"how many times (?:do|did|must|have) i (?:\w+ (?:to )?)?(?:say|tell|ask|repeat) (?:you )?"
    r"(?:to )?(?:stop|no|not)",
    r"^(?:please )?(?:stay|get|keep) (?:out|off)(?: of)? my (?:inbox|phone|whatsapp|dms?|life)",
)
_ASK = (
    r"(?:(?<!no )(?<!nao )(?<!not )(?<!dont )(?:pe[cd]\w+|pido|solicit\w+|qu[ei]+r\w+|quisiera"
    r"|exij\w+|agrade[cz]\w+|esper\w+|r[ou]e?g\w+|gostaria|ask(?:ing)?|request(?:ing)?|want"
    r"|demand|ensure|insist|make sure|prefer)(?: \w+)?|^(?:e|y|and)?|, (?:e|y|and))"
)
#: Let there be no more of it.
_NO_NEW = (
    rf"{_ASK} ?que (?:no|nao) (?:ha(?:ja|yan?)|ocorram?|ocurran?|exist[ai][mn]?|fa[cz]am|hagan"
    r"|se repit\w+)(?: (?:mas|mais|nov[oa]s?|nuev[oa]s?|otr[oa]s?|outr[oa]s?|nenhum|ningun|[eo]s"
    r"|es[st]?[aeo]s?))+ (?:contac?tos?|mensaj\w+|mensag\w+|comunica\w+|envios?)(?= (?:de|da) (?:su"
    r"|sua|vossa|tu) parte| de (?:voces|ustedes|vcs|uds)| co[mn]migo| por favor|$| ,)",
    rf"{_ASK} ?(?:(?:for|that|there|be|is|are|will) )*no (?:further|more|new|additional)"
    r" (?:contact|messages?|texts?|communications?|correspondence)(?= from you| please|$| ,)",
)
IDIOM = re.compile(r"\b(?:" + "|".join(_ALONE + _BOTHER + _NO_NEW) + r")\b")
