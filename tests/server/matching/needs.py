"""What mentees seek and what the mentor brings who would be the right one for each, in three languages, as people write
it: other forms of the same words, and everyday words that say nothing."""

ENGLISH = (
    (
        "I want to learn how to budget and stop living from one salary to the next.",
        "Budgeting for households; I worked in debt advice for ten years and talk about money without shame.",
    ),
    (
        "Looking for a nurse who can tell me about working nights on a ward.",
        "Nursing in hospitals, wards and night shifts, from a first job to leading a team.",
    ),
    (
        "My first job interviews are coming up and I get very nervous.",
        "I interview people every week for our company and can practise an interview with you.",
    ),
    (
        "I would like to start my own bakery and need someone who has founded a business.",
        "Founding small businesses: I founded two bakeries and sold one of them.",
    ),
    (
        "How do I write applications in a country where I have not worked before?",
        "Application letters and CVs for newcomers, written together line by line.",
    ),
    (
        "I am studying mathematics and afraid of failing my exams.",
        "University study: preparing for exams, maths and statistics above all.",
    ),
    (
        "Someone to talk to about being a father and having a career.",
        "Careers and fathers: I went part-time as a father of three.",
    ),
    ("I write short stories and would love to publish one.", "Publishing; I am an editor of stories and novels."),
    (
        "I speak too quietly in meetings and hate giving presentations.",
        "Presenting to a room, speaking in meetings, using your voice.",
    ),
    (
        "Want to move from sales into programming, maybe Python.",
        "Programmer for twenty years, in Python and Java; came from a different career.",
    ),
    (
        "I have a chronic illness and wonder what to tell my employer.",
        "Working with chronic illnesses: rights, employers, and when to tell.",
    ),
    (
        "I became team leader and find it hard to lead people older than me.",
        "Leadership of teams, first leaders above all.",
    ),
    (
        "I want to volunteer with refugees but do not know where.",
        "Volunteering: I run a group of volunteers who meet refugees every week.",
    ),
    (
        "Carpentry is what I love; should I become an apprentice at thirty?",
        "Master carpenter. I take apprentices of every age.",
    ),
    ("I need to improve my German for the B2 exam.", "German lessons, teacher of German as a foreign language."),
    (
        "Doing a doctorate in biology and thinking of leaving research.",
        "Biologist; left research after my doctorate and never looked back.",
    ),
)
GERMAN = (
    (
        "Ich möchte lernen, mit meinem Geld auszukommen und einen Haushaltsplan zu machen.",
        "Haushaltspläne und Geld: Ich habe zehn Jahre in der Schuldnerberatung gearbeitet.",
    ),
    (
        "Ich suche eine Pflegerin, die mir etwas über Nachtdienste erzählen kann.",
        "Pflege im Krankenhaus, auch im Nachtdienst, vom ersten Tag bis zur Leitung.",
    ),
    (
        "Bald habe ich Vorstellungsgespräche und bin sehr aufgeregt.",
        "Ich führe jede Woche Vorstellungsgespräch um Vorstellungsgespräch und übe gern mit dir.",
    ),
    (
        "Ich will eine Bäckerei gründen und suche jemanden, der ein Geschäft gegründet hat.",
        "Gründung kleiner Geschäfte, ich hatte zwei Bäckereien.",
    ),
    (
        "Wie schreibe ich Bewerbungen in einem Land, in dem ich noch nie gearbeitet habe?",
        "Bewerbung und Lebenslauf für Menschen, die neu im Land sind.",
    ),
    (
        "Ich studiere Mathematik und habe Angst vor den Prüfungen.",
        "Studium: Vorbereitung auf eine Prüfung, vor allem in Mathe und Statistik.",
    ),
    (
        "Ich werde Vater und möchte meinen Beruf nicht aufgeben.",
        "Väter im Beruf: Ich habe drei Kinder und arbeite in Teilzeit.",
    ),
    (
        "Ich schreibe Kurzgeschichten und würde gern eine veröffentlichen.",
        "Veröffentlichung von Geschichten und Kurzgeschichte, ich bin Lektorin.",
    ),
    (
        "Ich rede in Sitzungen zu leise und hasse Vorträge.",
        "Vortrag und Stimme: reden vor einem vollen Saal oder in einer Sitzung.",
    ),
    (
        "Vom Verkauf möchte ich ins Programmieren wechseln, vielleicht Python.",
        "Programmiererin seit zwanzig Jahren, Python und Java.",
    ),
    (
        "Ich habe eine chronische Krankheit und weiß nicht, was mein Arbeitgeber wissen muss.",
        "Arbeiten mit chronischen Krankheiten: Rechte, Arbeitgeber und Alltag.",
    ),
    (
        "Ich leite jetzt ein Team und finde es schwer, Ältere zu führen.",
        "Führung von Teams, vor allem für die, die zum ersten Mal leiten.",
    ),
    (
        "Ich möchte mich ehrenamtlich für Geflüchtete engagieren.",
        "Ehrenamt: Ich leite eine Gruppe, die sich jede Woche mit Geflüchteten trifft.",
    ),
    (
        "Ich liebe Holz und überlege, mit dreißig noch Schreiner zu werden.",
        "Schreinermeister, ich nehme Lehrlinge in jedem Alter; mit Holz von klein auf.",
    ),
    ("Ich muss mein Englisch für die Arbeit verbessern.", "Englischlehrer, auch Englisch für die Arbeit im Büro."),
    (
        "Ich promoviere in Biologie und denke daran, die Forschung zu verlassen.",
        "Biologin; nach der Promotion bin ich aus der Forschung weggegangen.",
    ),
)
ARABIC = (
    ("أريد أن أتعلم إعداد الميزانية وتوفير المال كل شهر", "إعداد ميزانية للأسرة وتوفير مال للمستقبل، عملت محاسبا"),
    ("أبحث عن ممرضة تحكي لي عن العمل في المستشفى ليلا", "التمريض في المستشفيات، ممرضة منذ عشر سنوات"),
    ("عندي مقابلة عمل قريبا وأشعر بالخوف من المقابلات", "أجري المقابلات كل أسبوع في شركتنا وأتدرب معك على مقابلة"),
    ("أريد فتح مخبز وأحتاج إلى شخص أسس شركة من قبل", "تأسيس الشركات الصغيرة: أسست مخبزين وبعت مخبزا"),
    ("كيف أكتب السيرة الذاتية في بلد جديد", "كتابة سيرة ذاتية ورسالة للوافدين الجدد"),
    ("أدرس الرياضيات وأخاف من الامتحانات في الجامعة", "الدراسة في جامعة: التحضير للامتحان وخاصة رياضيات وإحصاء"),
    ("أصبحت أبا وأريد التوفيق بين الأطفال والوظيفة", "وظيفة وأطفال: عندي ثلاثة أطفال وأعمل نصف دوام"),
    ("أكتب القصص القصيرة وأحلم بنشر كتاب", "نشر الكتب: محررة قصص وروايات"),
    ("صوتي منخفض في الاجتماعات وأكره إلقاء العروض", "عروض واجتماعات: كيف يسمع الناس صوتك"),
    ("أريد الانتقال من المبيعات إلى البرمجة", "برمجة الحاسوب منذ عشرين سنة، بدأت في مبيعات"),
    ("لدي مرض مزمن ولا أدري ماذا أقول لصاحب العمل", "العمل مع أمراض مزمنة: حقوق المريض والمرض"),
    ("صرت قائدة فريق وأجد صعوبة في القيادة", "قيادة الفرق، خاصة لمن صار قائدا لأول مرة"),
    ("أرغب في التطوع مع اللاجئين", "تطوع: أدير مجموعة متطوعين تلتقي لاجئين كل أسبوع"),
    ("أحب النجارة وأفكر في تعلم حرفة بعد الثلاثين", "نجار محترف، نجارة وحرف يدوية"),
    ("أحتاج إلى تحسين اللغة الألمانية للامتحان", "معلم اللغة ألمانية، دروس لغة"),
    ("أكتب الدكتوراه في الأحياء وأفكر في ترك البحث العلمي", "دكتوراه في علم أحياء، تركت بحثا علميا إلى شركة"),
)
NEEDS = {"English": ENGLISH, "German": GERMAN, "Arabic": ARABIC}
