"""English contractions, spellings of one word, common slips of the pen, and numbers in words."""

from hub.reuse.grammar.en_slips import SLIPS
from hub.reuse.grammar.grammar import numbers, spellings

SPELLED = (
    SLIPS
    | spellings(
        """
        can't: can not
        cannot: can not
        won't: will not
        shan't: shall not
        don't: do not
        doesn't: does not
        didn't: did not
        isn't: is not
        aren't: are not
        wasn't: was not
        weren't: were not
        haven't: have not
        hasn't: has not
        hadn't: had not
        couldn't: could not
        shouldn't: should not
        wouldn't: would not
        mustn't: must not
        dont: do not
        doesnt: does not
        didnt: did not
        isnt: is not
        cant: can not
        wont: will not
        what's: what is
        whats: what is
        who's: who is
        where's: where is
        when's: when is
        how's: how is
        why's: why is
        there's: there is
        it's: it is
        that's: that is
        you're: you are
        they're: they are
        we're: we are
        you've: you have
        i'm: i am
        wanna: want to
        gonna: going to
        maths: math
        mathematics: math
        colour: color
        colours: color
        favourite: favorite
        behaviour: behavior
        neighbours: neighbor
        centre: center
        centres: center
        tyre: tire
        tyres: tire
        licence: license
        grey: gray
        organise: organize
        programme: program
        percent: %
        dollars: $
        dollar: $
        euros: €
        euro: €
        n't: not
        versus: vs
        v: vs
        u: you
        ur: your
        plz: please
        feild: field
        mortage: mortgage
        shoud: should
        recomend: recommend
        reccomend: recommend
        pronounciation: pronunciation
        maintainance: maintenance
        catagory: category
        religous: religious
        publically: publicly
        wether: whether
        thier: their
        whihc: which
        waht: what
        teh: the
        pls: please
        gf: girlfriend
        bf: boyfriend
        bcoz: because
        cuz: because
        coz: because
        ppl: people
        messege: message
        messeges: messages
        wat: what
        i've: i have
        we've: we have
        they've: they have
        who've: who have
        i'd: i would
        you'd: you would
        i'll: i will
        you'll: you will
        it'll: it will
        what're: what are
        how're: how are
        im: i am
        ive: i have
        youre: you are
        hows: how is
        whos: who is
        wheres: where is
        thats: that is
        hasnt: has not
        havent: have not
        wasnt: was not
        arent: are not
        couldnt: could not
        shouldnt: should not
        wouldnt: would not
        everybody: everyone
        alot: a lot
        recieve: receive
        recieved: receive
        seperate: separate
        definately: definitely
        beleive: believe
        belive: believe
        becuase: because
        becasue: because
        freind: friend
        freinds: friend
        goverment: government
        enviroment: environment
        begining: beginning
        grammer: grammar
        calender: calendar
        tommorow: tomorrow
        tomorow: tomorrow
        untill: until
        writting: writing
        studing: studying
        langauge: language
        buisness: business
        bussiness: business
        busines: business
        knowlege: knowledge
        diffrence: difference
        diference: difference
        diffrent: different
        differnce: difference
        intrested: interested
        intresting: interesting
        succesful: successful
        successfull: successful
        wierd: weird
        loosing: losing
        acheive: achieve
        embarassing: embarrassing
        occured: occurred
        neccessary: necessary
        adress: address
        foriegn: foreign
        existance: existence
        independant: independent
        facbook: facebook
        facebok: facebook
        instagrm: instagram
        whatsup: whatsapp
        watsapp: whatsapp
        whatsap: whatsapp
        utube: youtube
        fb: facebook
        insta: instagram
        bengaluru: bangalore
        banglore: bangalore
        bombay: mumbai
        calcutta: kolkata
        realise: realize
        realised: realized
        recognise: recognize
        analyse: analyze
        optimise: optimize
        apologise: apologize
        memorise: memorize
        specialise: specialize
        honour: honor
        humour: humor
        labour: labor
        neighbour: neighbor
        flavour: flavor
        theatre: theater
        metre: meter
        metres: meters
        litre: liter
        litres: liters
        kilometres: kilometers
        kilometre: kilometer
        defence: defense
        travelling: traveling
        travelled: traveled
        cancelled: canceled
        jewellery: jewelry
        aeroplane: airplane
        fulfil: fulfill
        enrol: enroll
        okay: ok
        parttime: part time
        fulltime: full time
        gud: good
        abt: about
        isnot: is not
        qoura: quora
        quroa: quora
        misson: mission
        demonetisation: demonetization
        demonetising: demonetizing
        """
    )
    | numbers("zero")
    | numbers("two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen", 2)
    | numbers("seventeen eighteen nineteen twenty", 17)
    | {"thirty": "30", "forty": "40", "fifty": "50", "sixty": "60", "seventy": "70", "eighty": "80", "ninety": "90"}
)
