"""People whose address a person may speak of: dear ones, who lend theirs, and others."""

from recovery.domain.replies.words import any_of

KIN = any_of(
    r"""
    espos[oa] marido mujer mulher senora hij[oa] filh[oa] mama papa mae pai madre padre herman[oa]
    irma irmao niet[oa] net[oa] bisniet[oa] bisnet[oa] sobrin[oa] sobrinh[oa] abuel[oa] av[oo]
    novi[oa] namorad[oa] noiv[oa] pareja companheir[oa] companer[oa] prim[oa] ti[oa] cunad[oa]
    cunhad[oa] suegr[oa] sogr[oa] nuera yerno nora genro padrin[oa] padrinho madrina madrinha
    enteado entead[oa] hijastr[oa] secretari[oa] asistente assistente wife husband son daughter
    mum mom mother dad father brother sister partner girlfriend boyfriend grandson granddaughter
    grandma grandpa nephew niece aunt auntie uncle cousin assistant secretary kid
    """
)
_OTHERS = any_of(
    r"""
    jef[ea] chef[ea] patrao soci[oa] amig[oa] contador[a]? contable abogad[oa] advogad[oa] gerente
    colega vecin[oa] vizinh[oa] compadre comadre inquilin[oa] boss bos manager colleague coworker
    director[a]? diretor[a]? coordinador[a]? coordenador[a]? profesor[a]? professor[a]? maestr[oa]
    teacher encargad[oa] responsable responsavel duen[oa] recepcionista supervisor[a]? owner
    accountant bookkeeper lawyer friend neighbou?r roommate flatmate housemate landlord tenant
    """
)
PEOPLE = rf"(?:{KIN}|{_OTHERS})"
OFFICE = any_of(
    "financeiro financas finanzas contabilidad contabilidade accounting accounts billing compras"
    " purchasing procurement rh rrhh hr administracion administracao soporte suporte facturacion"
)
