"""Words that say nothing of what somebody seeks or brings, without accents, as `words` compares them.

Those of the languages in which Fireside's pages are. In others, such words are found by how many mentees use them.
"""

ENGLISH = """
a about after again all also always am an and any anything are as at be because been before being best better between
both but by can could did do does doing done down each else especially even ever every few find for from further get
give good great had has have having he help helped helping her here him his how however i if in into is it its just
know learn learning like long look looking lot made make many may me mentor mentee mentoring might more most much must
my need never new next no not now of often on once one only or other others our out over own people person please
possible really right same see seek seeking share she should since so some somebody someone something sometimes
somewhere still such support talk than that the their them then there these they thing things think this those through
time times to together too under until up us use very want wanted was way we well were what when where whether which
while who why will wish with without work worked working would year years yes you your
"""
GERMAN = """
aber alle allem allen aller alles als also am an andere anderen auch auf aus bei beim bin bis bisschen bist da dabei
damit dann das dass dein deine dem den denn der des dich die dies diese diesem diesen dieser dir doch dort du durch
ein eine einem einen einer eines einfach er es etwas euch euer fur ganz geben gegen gehen gern gerne gibt gut gute
guten habe haben hat hatte helfen hilfe hier hin ich ihm ihn ihr ihre ihrem ihren im immer in ins ist ja jahr jahre
jahren jede jeder jemand jemanden jetzt kann kein keine kennen konnen konnte lange lernen machen man mehr mein meine
meinem meinen meiner mentor mentorin mentee mich mir mit mochte muss nach neu neue neuen nicht nichts noch nun nur ob
oder ohne schon sehr sein seine seit selbst sich sie sind so suche suchen sowie uber um und uns unser unter
unterstutzung viel viele vom von vor war waren was weg weil weiss wenn wer werde werden wie wieder will wir wird
wissen wo wurde zu zum zur zusammen zwischen
"""
ARABIC = """
في من على الى إلى عن مع هذا هذه ذلك تلك التي الذي الذين ان أن إن انا أنا نحن هو هي هم كان كانت يكون تكون لا لم لن ما
ماذا كيف متى اين أين كل بعض غير او أو ثم قد لقد كما بين بعد قبل عند عندي لدي لي به بها فيه فيها منه منها له لها اريد
أريد ارغب أرغب احتاج أحتاج ابحث أبحث اكثر أكثر جدا ايضا أيضا حتى اذا إذا لكن لان لأن شخص سنة سنوات عمل اعمل أعمل عملت
مساعدة اساعد أساعد تعلم اتعلم أتعلم يمكن يمكنني هناك هنا خلال حول كي وهو وهي
"""
LETTERS = str.maketrans("أإآٱىئؤة", "ااااييوه")
STOP_WORDS = frozenset(f"{ENGLISH} {GERMAN} {ARABIC}".translate(LETTERS).split())
