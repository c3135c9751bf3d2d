"""Words that common passwords are made of, in English, Spanish and Portuguese: what people choose
first, whatever they are asked for. Written down for this list; shorter passwords never get here."""

_TEXT = """
password passw0rd passwort passe pass word letmein welcome login admin administrator root user
guest default changeme change secret private access master system server office internet
computer laptop windows linux google facebook instagram whatsapp twitter youtube gmail hotmail
outlook yahoo amazon microsoft apple samsung android iphone nokia sony playstation xbox nintendo
monkey dragon shadow football baseball basketball soccer hockey tennis golf superman batman
spiderman starwars pokemon naruto minecraft fortnite princess sunshine flower butterfly rainbow
summer winter autumn spring january february march april may june july august september october
november december monday tuesday wednesday thursday friday saturday sunday today tomorrow
michael jennifer jessica ashley daniel thomas charlie robert jordan hunter harley ranger buster
george andrew michelle matthew nicole joshua anthony william martin richard hannah samantha
taylor heather melissa patrick cookie pepper ginger maggie bailey tigger snoopy mickey donald
freedom whatever trustno1 iloveyou loveyou lovely love forever friends family mother father
sister brother baby angel angels jesus christ heaven god bless church faith hope lucky money
dollar million business company sales team work manager boss customer client crm keap
infusionsoft recovery recover twilio prefect email mail phone call contact contacts archive
hello world test testing tester demo sample example temp temporary qwerty asdf zxcv abc abcd
correct horse battery staple fuck fucker fuckyou sexy pussy killer cheese banana orange purple
yellow silver golden diamond star stars moon thunder tiger lion eagle wolf panther mustang
ferrari porsche mercedes toyota corvette yankees lakers cowboys chelsea arsenal liverpool
barcelona madrid realmadrid juventus milan please house home school student teacher contraseña
contrasena contra clave clavesecreta acceso usuario administrador bienvenido bienvenida hola
mundo prueba pruebas secreto secreta sistema servidor oficina empresa ventas equipo trabajo
cliente clientes correo telefono llamada teamo tequiero tequieromucho amor amorcito mivida
micorazon corazon princesa reina rey bonita hermosa preciosa bebe estrella mariposa sirena sol
luna cielo cristo dios diosesamor diosmio bendicion virgen maria guadalupe jose juan carlos luis
miguel antonio manuel pedro pablo diego javier alejandro alejandra fernando francisco ricardo
eduardo roberto sergio rafael jorge andres daniela gabriela carolina valentina camila sofia
isabella mariana natalia paola andrea lucia elena carmen rosa teresa patricia monica laura
veronica claudia sandra familia hermano hermana mama papa hijo hija abuela futbol america chivas
pumas aguilas boca river nacional millonarios santafe colombia mexico argentina chile peru
ecuador venezuela guatemala españa espana bogota medellin cali lima quito caracas santiago
buenosaires monterrey guadalajara puebla enero febrero marzo abril mayo junio julio agosto
septiembre octubre noviembre diciembre lunes martes miercoles jueves viernes sabado domingo hoy
mañana manana verano invierno otoño primavera amigo amigos gato perro caballo leon tigre toro
dinero suerte feliz felicidad vida libertad senha senhas minhasenha senhaforte segredo entrar
acesso bemvindo bemvinda ola teste testes escritorio vendas equipe trabalho telefone ligacao
euteamo amorzinho minhavida coracao rainha linda lindo gatinha gatinho estrela borboleta lua ceu
deus deusefiel deuseamor jesuscristo senhor fe irmao irma mae pai filho filha avo joao paulo
lucas mateus marcos gabriel felipe gustavo rodrigo bruno leonardo thiago vinicius julia beatriz
larissa amanda leticia fernanda juliana futebol flamengo corinthians palmeiras saopaulo santos
vasco gremio cruzeiro botafogo fluminense atletico internacional bahia brasil brazil
riodejaneiro salvador fortaleza recife manaus curitiba portoalegre belohorizonte brasilia
portugal lisboa porto benfica sporting janeiro fevereiro março marco maio junho julho setembro
outubro novembro dezembro segunda terca quarta quinta sexta hoje amanha verao inverno outono
cachorro cavalo leao dinheiro sorte felicidade liberdade
"""
COMMON_WORDS = frozenset(_TEXT.split())
