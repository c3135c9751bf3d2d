"""Families of replies, crossed from short lists: what must be taken, and its look-alikes."""

from itertools import product

import pytest

from recovery.domain.reply import understand

TAKEN = {
    "what we keep, es": (
        "stop",
        ["quiero que borren", "favor de eliminar", "les pido que den de baja"],
        ["mi expediente y todos mis datos", "mi ficha y mi número", "mi historial y mis datos"],
        ["", ", ya no soy paciente", ", por favor"],
    ),
    "what we keep, pt": (
        "stop",
        ["quero que apaguem", "peço que excluam", "favor apagar"],
        ["minha ficha e todos os meus dados", "meu prontuário e meu número"],
        ["", ", não sou mais paciente", ", por favor"],
    ),
    "what we keep, en": (
        "stop",
        ["I want you to delete", "please erase", "can you remove"],
        ["my file and all my data", "my record and my number"],
        ["", ", I'm no longer a patient", ", please"],
    ),
    "to be taken off, pt": (
        "stop",
        ["gostaria que meu número", "peço que o meu telefone", "quero que meu contato"],
        ["fosse retirado", "seja apagado", "seja tirado"],
        ["", "do cadastro", "da lista"],
    ),
    "to be taken off, es": (
        "stop",
        ["quisiera que mi número", "pido que mi teléfono", "me gustaría que mi nombre"],
        ["fuera borrado", "sea quitado", "fuese dado de baja"],
        ["", "de la lista", "de su base"],
    ),
    "a removal, pt": (
        "stop",
        ["Solicito", "Venho pedir", "Quero"],
        ["o descadastro completo", "a remoção imediata", "a exclusão"],
        ["do meu nome e telefone", "dos meus dados", "do meu número"],
    ),
    "a removal, es": (
        "stop",
        ["Solicito", "Vengo a pedir", "Quiero"],
        ["la baja definitiva", "la eliminación", "la supresión total"],
        ["de mi nombre y teléfono", "de mis datos", "de mi número"],
    ),
    "nothing new, pt": (
        "stop",
        ["peço", "agradeço", "exijo"],
        [
            "que não haja novos contatos",
            "que não haja mais mensagens",
            "que não façam mais contato",
        ],
        ["", "de vocês", "por favor"],
    ),
    "nothing new, es": (
        "stop",
        ["pido", "agradezco", "exijo"],
        [
            "que no haya más contacto",
            "que no haya nuevos mensajes",
            "que no me manden otros mensajes",
        ],
        ["", "de su parte", "por favor"],
    ),
    "nothing new, en": (
        "stop",
        ["I ask that there be", "please ensure", "I want"],
        ["no further contact", "no more messages"],
        ["", "from you", "please"],
    ),
    "let go, pt": (
        "stop",
        ["larga mão de", "larguem de", "vejam se param de", "desistam de"],
        ["ficar me escrevendo", "me mandar mensagem", "me perturbar"],
        ["", ", não quero mais", "por favor"],
    ),
    "let go, es and en": (
        "stop",
        ["ya bájenle a escribirme", "bájale a mandarme mensajes", "lay off the texts"],
        ["", "please", ", ya no quiero"],
    ),
    "if you would be so kind": (
        "stop",
        ["No vuelvan a escribirme", "no me escriban más", "não voltem a me contatar"],
        ["si es tan amable", "si fueran tan amables", "se puderem", "if it's all the same to you"],
    ),
    "with a blessing": (
        "stop",
        ["ya no soy alumna,", "já me aposentei.", "sold the van,"],
        ["me quiero dar de baja", "deem baixa no meu número", "strike me off your books"],
        ["bendiciones", "fiquem com Deus", "all the best", "saludos", "se los agradezco"],
    ),
    "call a number": (
        "call_me",
        ["liga no 71 98814-2207", "llamen al +52 55 1234 5678", "call 0161 496 0018"],
        ["", "que é o da minha casa", ", y hablamos"],
    ),
    "just call": (
        "call_me",
        ["llamen porfa", "mejor llamen por favor", "liga pfv", "call please"],
        ["", ", x chat es un lío", ", escrever é ruim"],
    ),
    "mixed up, es": (
        "wrong_person",
        ["Te has confundido, ", "hola! creo q te confundiste, ", "se equivocaron, "],
        ["soy Javi y", "yo me llamo Matías y", "mi nombre es Rocío,"],
        ["en mi vida he ido a esa clínica", "nunca tomé clases de canto", "no conozco esa escuela"],
    ),
    "mixed up, pt and en": (
        "wrong_person",
        ["acho que você se confundiu, ", "houve um engano, ", "I think you're mistaken, "],
        ["sou a Paula e", "me chamo Matias e", "my name is Matt and"],
        ["nunca fui nessa clínica", "não conheço essa escola", "I never took lessons there"],
    ),
    "a place": (
        "wrong_person",
        [
            "Esta línea ahora es de un taller,",
            "Este número es de otra persona.",
            "This line is a shop,",
        ],
        ["no conocemos a la señora Teresa", "aquí no hay Bruno", "we don't know any Teresa"],
    ),
    "the wrong number": (
        "wrong_person",
        ["te equivocaste de", "se confundieron de", "te has equivocado de"],
        ["nro", "tel", "cel", "chat", "número"],
        ["", ", yo me llamo Paula"],
    ),
    "a mistake": (
        "wrong_person",
        ["te equivocaste", "se equivocaron", "se ha equivocado"],
        [", no la conozco", ", saludos", ". Aquí no es"],
    ),
    "yes": (
        "confirm",
        ["dale sí", "sim", "claro"],
        [", actualicemos", ", faça favor", ". Façam o favor", ", sigamos", ", by all means"],
    ),
    "no": (
        "decline",
        ["la verdad", "la verdad es que", "sinceramente", "na verdade,", "honestly,", "mira,"],
        ["no me interesa", "não tenho interesse", "I'm not interested"],
        ["", ", gracias", "lo siento", "se los agradezco", "abraços", "all the best"],
    ),
}
LOOK_ALIKES = {
    "other orders about what we keep": (
        "stop",
        [
            "quiero que corrijan",
            "no borren",
            "necesito que me manden",
            "não apaguem",
            "please update",
        ],
        ["mi expediente y mis datos", "minha ficha e meus dados", "my file and all my data"],
        ["", ", ya no soy paciente"],
    ),
    "a number that takes its place": (
        "stop",
        ["borren mi cuenta y mi número", "delete my profile and my number"],
        ["nuevo es 5512345678", "nuevo pónganlo en otra", "es 5512345678", "is 0161 496 0018"],
    ),
    "another change": (
        "stop",
        [
            "gostaria que meu número fosse",
            "quiero que mi nombre sea",
            "no quiero que mi nombre sea",
        ],
        ["atualizado na lista", "corregido", "retirado de la lista de espera"],
    ),
    "a removal of something else": (
        "stop",
        ["Solicito", "Quiero", "Peço"],
        ["la baja", "la cancelación", "o cancelamento"],
        ["del plan", "da consulta", "de mi número viejo", "de mi registro al curso"],
    ),
    "a place in a course": (
        "stop",
        ["Solicito", "Quero", "Peço"],
        ["o cancelamento", "o descadastro"],
        ["do meu cadastro no curso", "do meu nome no evento"],
    ),
    "nothing else that is new": (
        "stop",
        ["espero que no haya", "que não haja", "no quiero que no haya", "lamento que no haya"],
        ["mais demora", "mensajes perdidos", "más problemas"],
    ),
    "no wish for silence": (
        "stop",
        ["no quiero que no haya", "não quero que não haja"],
        ["más mensajes", "mais contato", "nuevos contactos"],
    ),
    "a call instead": (
        "stop",
        ["para de mandar mensagem", "larga de escrever"],
        ["e me liga", "e me ligue", ", me liga"],
    ),
    "let go of something else": (
        "stop",
        ["larga mão de", "desistam de", "bájenle a"],
        ["me ligar", "frescura", "me mandar o boleto"],
    ),
    "some of it, kindly": (
        "stop",
        ["no me escriban al fijo", "no me manden la factura", "no me llamen", "escríbanme"],
        ["si son tan amables", "si es tan amable", "se puderem"],
    ),
    "other calls": (
        "call_me",
        ["no llamen", "me llamó el", "llamé al", "si llama al", "llamen a mi mamá o al"],
        ["5512345678", "5512345678 y nadie contesta"],
    ),
    "a fault of ours": (
        "wrong_person",
        ["Te has confundido de correo", "se equivocaron en mi apellido", "te equivocaste de fecha"],
        ["", ", soy Javi", ", soy Javier, no Javi", ", ya pagué"],
    ),
    "a fault of theirs": (
        "wrong_person",
        ["me confundí", "perdón, me he equivocado", "me enganei"],
        [", soy Javi y nunca tomé clases", ", sou a Paula e nunca fiz aula"],
    ),
    "whoever knows us": (
        "wrong_person",
        ["te equivocaste, ", "se equivocaron, "],
        ["soy Paula y nunca recibí el paquete", "yo soy alumna de canto", "ya pagué la cuota"],
    ),
    "whoever wants to know us": (
        "wrong_person",
        ["Te has confundido, soy Javi y nunca tomé clases", "soy Paula y no conozco esa escuela"],
        [", pero quiero empezar", ", me interesa"],
    ),
    "a number they share": (
        "wrong_person",
        ["este número ahora es mío", "esse celular agora é meu"],
        ["y de mi mamá", "e da minha mãe"],
    ),
    "somebody else, spoken of": (
        "wrong_person",
        ["mi hermana Teresa ya no usa esta línea", "Teresa es mi señora", "quién es Teresa?"],
        [", pero yo sí quiero seguir", ", le paso el mensaje", " yo hablaba con Marta"],
    ),
    "a line of their own, and a name": (
        "wrong_person",
        [
            "Este número es de un amigo",
            "Esta línea es de una empresa mía",
            "This line is a friend's",
        ],
        [", no conozco a Teresa", ", aquí no está Teresa", ", le paso el mensaje"],
    ),
    "a line of their own": (
        "wrong_person",
        ["Esta línea ahora es de mi taller", "este número ahora es del trabajo"],
        [", uso otro para lo personal", ", el correo es otro", ", no conozco Gmail"],
    ),
    "yes, but": (
        "confirm",
        ["sim, faça o favor", "sí, háganme el favor", "faça favor"],
        ["de parar", "de no escribir", "de me ligar"],
    ),
    "no, but": (
        "decline",
        ["la verdad", "na verdade", "honestly"],
        ["sí me interesa", "não sei", "no me llegó", "it is ana at gmail"],
    ),
}


def _crossed(families: dict[str, tuple[str | list[str], ...]]) -> list[tuple[str, str]]:
    return [
        (str(kind), " ".join(parts).replace(" ,", ",").replace(" .", ".").strip())
        for kind, *lists in families.values()
        for parts in product(*lists)
    ]


@pytest.mark.parametrize("name", TAKEN)
def test_each_of_a_family_is_taken(name: str) -> None:
    crossed = _crossed({name: TAKEN[name]})
    assert [said for kind, said in crossed if understand(said).kind != kind] == []


@pytest.mark.parametrize("name", LOOK_ALIKES)
def test_none_of_its_look_alikes_is(name: str) -> None:
    crossed = _crossed({name: LOOK_ALIKES[name]})
    assert [said for kind, said in crossed if understand(said).kind == kind] == []
