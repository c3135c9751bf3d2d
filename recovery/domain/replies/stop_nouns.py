"""The words that the grammar of refusals speaks of: us, our messages, our lists, their data."""

from recovery.domain.replies.words import any_of

NO = r"(?:no|ya no|nunca|nunca mas|nunca mais|jamas|jamais|nao|n|nem|ni que|ni|ja nao|tampoco)"
ME = r"(?:me|nos|mi)"
MSG = any_of(
    r"""
    mensajes? mensajitos? msjs? msgs? sms whatsapps? whats wsp wasaps? zap zaps watsap
    publicidad(?:es)? promocion(?:es)? ofertas? propagandas? spam anuncios? marketing basura
    mensagens? mensagem promocoes publicidade notificacion(?:es)? notificacoes
    comunicacion(?:es)? comunicados? comunicacoes contatos? messages? texts? texting junk ads
    offers promotions communications? notifications? lixo weas huevadas pavadas bobagens
    porcarias? besteiras? bobajadas? tonterias? pendejadas? estupideces mierdas? nonsense rubbish
    avisos? recordatorios? lembretes? alertas? alerts? reminders? promos
    """
)
MAIL = r"(?:correos?|emails?|mails?|newsletters?|boletin(?:es)?|boletim)"
THING = (
    rf"(?:{MSG}|{MAIL}|nada|esto|eso|estas?|estos|esos|esas|cosas?|isso|isto|essas?|esses?"
    rf"|estes|coisas?|this|these|those|stuff|things?|anything|them|crap|info|informacion"
    rf"|informacao|informacoes)"
)
FILL = any_of(
    r"""
    qualquer quaisquer
    mas mais ya ja por favor please anymore any more again ever me nos us to gracias
    obrigad[oa] thanks thank you nunca jamas de una vez uma tipo este esse deste desse desses
    destes tantos? tantas? sus tus seus suas the all your so many such os as los las a o un el
    que ustedes voces vocs uds vcs pls ok ninguna? nenhuma? ningun now already right still
    random unwanted constant other otra otros outras? outros novamente nuev[oa]s? nov[oa]s? senor
    senhor amigo ahora agora asap mismo mesmo gentileza che wey guey man bro dude ni nem immediately
    inmediatamente imediatamente urgente urgentemente cuanto antes pronto completely
    totalmente definitivamente permanently entirely inmediata imediata logo definitiva
    """
)
NOW = r"(?: (?:ya|ja|por favor|please|de una vez|de una buena vez|logo|now))*"
REGISTER = any_of(
    r"""
    listas? listad[oa]s? bases? registros? grupo agenda sistemas? difusion mailing cadastros? banco
    database db lists? group records crm transmissao contactos contatos contacts directorio
    suscripcion files? mailings? campaigns? broadcasts? communications distribucion mensajes
    mensagens messages msgs texts emails correos
    publicidad envios notificacion(?:es)? notificacoes promociones promocoes promos avisos
    recordatorios alertas
    newsletter email mail correo all everything comunicacion(?:es)? comunicacao comunicacoes
    communication contacto contato contact
    """
)
DATA = any_of(
    r"""
    datos numeros? telefonos? contactos? informacion(?:es)? nombre celular movil whatsapp zap dados
    contatos? cadastro nome telefone telemovel registro registo perfil informacoes inscricao
    information number name (?<!\ba\s)data info details contact phone records? personal pessoais
    dato dado registros
    """
)
MY = (
    r"(?:(?:todos|todas|todo|toda|tudo|os|as|o|a|los|las|el|la|mis?|meus?|minhas?|nuestros|este"
    r"|esse|esta|my|all|of|our|this|the|personal|phone|contact|cell|mobile) )"
)
