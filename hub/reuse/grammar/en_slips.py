"""Common slips of the pen in English, and the two ways in which English words are spelled on both sides of an ocean.

Each wrong form is no word and no name that anybody knows, so that nothing is turned into another thing.
"""

from hub.reuse.lists import listed

_SLIPS = """
    government: goverment governement govenment
    environment: enviroment enviornment
    experience: experiance expirience experince exprience
    experiences: experiances experinces
    technology: tecnology technolgy techology
    language: languge langage lanuage languege
    languages: languges langauges
    programming: programing programmin progamming
    engineering: enginnering enginering engeneering engneering
    engineer: enginner enginer engeneer
    university: universty univercity univeristy
    universities: univercities universites
    college: colleage collge
    professional: proffesional profesional proffessional
    professor: proffesor profesor
    relationship: relatioship realtionship relationshp relashionship
    relationships: realtionships
    psychology: pyschology psycology
    immediately: immediatly imediately immediatley
    necessary: neccesary necesary necessery
    possible: posible possibe possble
    possibility: posibility
    beautiful: beutiful beautifull beatiful beautful
    successful: sucessful succesfull sucessfull
    success: sucess succes
    difficult: dificult diffcult difficut
    difference: diffrance differance diferrence diffirence
    differences: diffrences diferences differances
    different: diferent diffrent differnt
    between: beetween betwen bewteen beween betwwen
    because: beacuse becouse becuse beause
    important: importent improtant imporant
    importance: importence imporatance
    interest: intrest
    interesting: intersting interestng
    knowledge: knowlegde knowlede
    learning: learing lerning
    business: bussines busness buisiness
    marriage: marrige mariage marrage
    marriages: marriges
    parents: perents
    friend: frend
    friends: frends
    people: poeple peple pepole peaple
    percentage: precentage percentge
    percentile: pecentile percentil
    calculate: calcuate calulate calculat
    calculator: calculater
    definition: defination definiton
    explanation: explaination
    explain: expalin expain
    grammar: gramar
    pronunciation: pronounciation pronunciaton
    vocabulary: vocabulory vocubulary vocabluary
    communication: comunication communcation
    development: developement devlopment
    developer: devloper develper
    develop: develope devlop
    management: managment mangement
    mechanical: mechnical mechancial
    electrical: electical elecrical
    electronics: electonics
    electricity: electicity electrcity
    computer: compter computor
    science: sciense
    scientist: scientest
    scientific: scientfic
    physics: phisics phyiscs
    chemistry: chemisty chemestry
    mathematics: mathmatics
    biology: bioligy
    medicine: medecine medicin
    medical: medcal
    pregnant: pregnent pragnant pregant
    pregnancy: pregnency
    disease: diease desease
    diseases: dieases deseases
    exercise: excercise exersise exercize
    exercises: excercises
    weight: wieght weigth
    height: hieght heigth
    alcohol: alchohol alcahol
    alcoholic: alcholic alchoholic
    restaurant: restaraunt resturant restuarant
    restaurants: resturants restaurents
    february: febuary
    wednesday: wensday wednesady
    tomorrow: tommorrow
    beginner: begginer beginer
    beginners: begginers beginers
    certificate: certificat cerificate
    certification: certfication
    address: addres adresss
    account: acount accout
    accounts: acounts
    password: pasword passwrd passward
    passport: pasport
    receive: recive receve
    received: recived
    believe: beleave beleve
    achieve: achive acheve
    achieved: achived
    separate: seperat
    definitely: definitly definetly definatly
    probably: probaly probabily
    really: realy reely
    actually: actualy acutally
    usually: usualy usally
    finally: finaly
    generally: generaly
    especially: especialy expecially
    completely: completly
    exactly: exactley exacly
    recommend: recomend reccommend recommand
    recommended: recomended
    regret: regrert regrett
    vacation: vaccation
    embarrassing: embarassing embarrasing embarrising
    embarrassed: embarassed
    accommodation: accomodation acommodation
    accommodate: accomodate
    conscious: concious
    consciousness: conciousness
    existence: existense
    guarantee: garantee gaurantee guarentee
    independent: independend
    intelligence: inteligence intellegence intelligance
    intelligent: inteligent intellegent
    opportunity: oppurtunity oportunity opportunty
    opportunities: oppurtunities oportunities
    possession: posession
    privilege: priviledge privelege
    questions: qustions quesions questons
    question: quetion qestion queston
    rhythm: rythm rhythem
    schedule: shedule schedul
    strength: strenght strengh
    temperature: temprature temperture
    average: avarage averge
    available: availible avaliable availabe
    example: exampel exmaple
    examples: exmaples
    favorite: favourate favrite favorit
    movies: moives moveis
    music: muisc
    president: presedent presidant
    presidential: presidental
    election: eletion
    elections: eletions
    politician: politican
    politicians: politicans
    politics: polictics
    country: coutry contry
    countries: countrys contries
    chinese: chineese
    japanese: japaneese
    pakistan: pakisthan
    australia: austrailia
    increase: increse incease
    decrease: decrese
    improve: imporve improove
    prepare: perpare preprare
    preparation: preperation prepration
    interview: inteview interveiw
    interviews: inteviews
    salary: sallary
    career: carrer carreer carier
    resume: resumee
    calendar: calandar
    argument: arguement
    cemetery: cemetary
    committee: commitee comittee
    disappear: dissapear
    disappoint: dissapoint
    disappointed: dissapointed
    fluorescent: flourescent
    gauge: guage
    harass: harrass
    hierarchy: heirarchy
    hygiene: hygeine
    ignorance: ignorence
    jewelry: jewlery
    license: lisence liscence
    maintenance: maintenence maintanance
    millennium: millenium
    millionaire: millionare millionnaire
    billionaire: billionare billionnaire
    noticeable: noticable
    occasion: ocassion occassion
    occurrence: occurence
    parallel: paralel parrallel
    perseverance: perseverence
    procrastination: procastination procrastnation
    procrastinate: procastinate
    procrastinating: procastinating
    masturbation: masterbation masturabation
    masturbate: masterbate
    masturbating: masterbating
    questionnaire: questionaire
    reference: referance refrence
    relevant: relevent
    sentence: sentance sentense
    sentences: sentances
    similar: similiar simular
    similarities: similarites
    sincerely: sincerly
    software: sofware softwere
    speech: speach
    surprise: suprise
    truly: truely
    vacuum: vaccum vacume
    website: webiste wesbite
    websites: webistes
    writing: wirting
    youtube: yotube youtub
    facebook: facebbok faceboook
    instagram: instgram instagaram
    whatsapp: whatspp whattsapp
    snapchat: snapchap
    currency: curreny currancy
    demonetization: demonitisation demonitization demonetizaton
    demonetize: demonitize demonitise demonetise
    cryptocurrency: cryptocurency
    mortgage: mortgauge morgage
    investment: invesment investement
    artificial: artifical artficial
    architecture: architechture
    apparently: apparantly
    aggressive: agressive
    attendance: attendence
    basically: basicly
    category: catagorie
    colleague: collegue
    colleagues: collegues
    convenience: convinience
    curiosity: curiousity
    discipline: disipline
    efficient: effecient
    foreign: forign
    humorous: humerous
    husband: husbend
    loneliness: lonliness
    lonely: lonley
    mischievous: mischevious
    nuclear: nuculear
    prejudice: predjudice
    pursue: persue
    pursuing: persuing
    religion: relegion
    religious: religios
    sacrifice: sacrafice
    scissors: scissers
    secretary: secratary
    soldier: soilder
    subtle: suttle
    threshold: threshhold
    twelfth: twelth
    vegetarian: vegeterian vegitarian
    vehicle: vehical vechicle
    vehicles: vehicals
    villain: villian
"""
_IZED = listed(
    """
    organ real recogn apolog memor special civil global industrial privat colon visual util custom social critic sympath
    emphas summar categor hypnot legal monet priorit character standard minim maxim optim normal modern stabil author
    computer crystal decentral digit econom energ equal familiar fertil final general harmon ideal immun initial
    internal
    local material mobil national neutral oxid patron penal personal polar popular public sanit scrutin symbol
    synthes terror traumat victim vital
    """
)
"""Before -ise or -ize."""
_OURS = listed(
    "col behavi neighb hon flav lab rum harb od parl vap arm splend vig fav hum tum sav ard clam endeav glam"
)
"""Before -our or -or."""
_DOUBLED = listed("travel cancel model counsel signal label level fuel quarrel marvel dial")
"""Before -lled or -led."""
_PLACES = {
    "aluminium": "aluminum", "anaemia": "anemia", "diarrhoea": "diarrhea", "leukaemia": "leukemia",
    "orthopaedic": "orthopedic", "paediatrician": "pediatrician", "haemoglobin": "hemoglobin", "oestrogen": "estrogen",
    "moustache": "mustache", "pyjamas": "pajamas", "sceptical": "skeptical", "catalogue": "catalog",
    "judgement": "judgment", "ageing": "aging", "sulphur": "sulfur", "offence": "offense", "artefact": "artifact",
    "doughnut": "donut", "doughnuts": "donuts", "enrolment": "enrollment", "fulfilment": "fulfillment",
    "skilful": "skillful", "archaeology": "archeology", "fibre": "fiber", "calibre": "caliber", "sombre": "somber",
    "analysing": "analyzing", "analysed": "analyzed", "paralysed": "paralyzed", "cosy": "cozy",
    "kilogramme": "kilogram",
    "centimetre": "centimeter", "centimetres": "centimeters", "millimetre": "millimeter", "millimetres": "millimeters",
    "millilitre": "milliliter", "millilitres": "milliliters", "travellers": "travelers", "traveller": "traveler",
    "neighbourhood": "neighborhood", "favourites": "favorites", "colourful": "colorful", "colourblind": "colorblind",
}  # fmt: skip


def _corrected() -> dict[str, str]:
    found = dict(_PLACES)
    for line in _SLIPS.strip().splitlines():
        right, _, wrong = line.strip().partition(": ")
        found |= dict.fromkeys(wrong.split(), right)
    for stem in _IZED:
        found |= {f"{stem}is{end}": f"{stem}iz{end}" for end in ("e", "es", "ed", "ing", "ation", "ations", "er")}
    for stem in _OURS:
        found |= {f"{stem}our{end}": f"{stem}or{end}" for end in ("", "s", "ed", "ing", "able")}
    for stem in _DOUBLED:
        found |= {f"{stem}l{end}": f"{stem}{end}" for end in ("ed", "ing", "er")}
    return found


SLIPS = _corrected()
"""By wrong or other form: the one that stands for it."""
