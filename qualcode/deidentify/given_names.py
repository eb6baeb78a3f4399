"""Given names, written down by us from general knowledge: a hint among others, never the only rule.

They are what the people of Britain and Ireland are commonly called, in all the communities that research with
families meets. Nobody's name is complete in such a list; rules find the others.
"""

from __future__ import annotations

GIVEN = frozenset(
    """
    aaron abdul abdullah abi abigail adam ade adebayo adele adrian agnes agnieszka ahmed aidan aileen ailsa
    aisha aisling akash alan alana alasdair alastair albert alec aled alex alexander alexandra alfie alfred
    ali alice alicia alina alison alistair alma amanda amara amber amelia amina amir amit amy ana andrea
    andrew andrzej andy angela angie angus anil anita ann anna anne annette annie anthea anthony antonia anwen
    archie arjun arlene arthur asha ashley asif audrey ava avril aysha ayesha barbara barney barry beata
    beatrice becca becky ben benjamin bernadette bernard bernie bert bess bessie beth bethan betty beverley
    bhavna bill billy blessing bob bobby brenda brendan brian bridget bronagh bronwen bruce bryan bryn caitlin
    callum cameron camilla carl carla carol caroline carolyn carrie carys cath catherine cathy catriona
    cecilia ceri charlene charles charlie charlotte chantelle chelsea cheryl chiara chidi chinedu chioma chloe
    chris christian christina christine christopher ciara cillian claire clare clarice cliff clive colette
    colin colm comfort connor conor cora craig cynthia daisy damian damien dan daniel danielle danny daphne
    darius darren dave davey david dawn dean debbie deborah declan dee deepa deirdre delroy denis denise
    dennis derek dermot des desmond devon diana diane dilys dina dipti dominic don donal donald donna doreen
    doris dorota dorothy doug douglas duncan dylan dympna eamon ebony eddie edith edna eduardo edward eileen
    eilidh eilis eirlys elaine eleanor elena elizabeth ella ellen ellie elliot ellis elsie elwyn emeka emily
    emma emmanuel emmet emyr eric erin ernest ernie esme esther ethan ethel eunice eva evan eve evelyn ewan
    ewa faisal farah farooq fatima fatuma fergus finlay fiona flo flora florence folasade fran frances
    francesca francis frank frankie fraser fred freda freddie freya funmi gareth garry gary gavin gaynor gemma
    geoff geoffrey george georgia georgina gerald geraldine gerard gerry gertrude ghulam gill gillian gina
    gladys glen glenda glenys gloria gordon grace graham graeme grainne greg gregory greta gurpreet gus gwen
    gwenda gwyn gwyneth hamza hannah harbhajan harinder harjit harold harriet harry harvey hasan hassan hayley
    hazel heather hector heidi helen helena henry herbert hilary hilda hope howard hugh hugo hussain hywel iain ian
    ibrahim ida idris ieuan ifan imogen imran ines ingrid iqbal irene iris isaac isabel isabella isla ismail
    isobel ivan ivor ivy iwan izzy jack jackie jacob jacqueline jade jagdeep jake jakub james jamie jan jane
    janet janice janine jared jasmine jason jaswinder javed jay jayne jean jeanette jeff jeffrey jemima jen
    jenna jennifer jenny jeremy jerome jess jesse jessica jessie jill jim jimmy jo joan joanna joanne jodie
    joe joel john johnny jolene jon jonah jonathan jordan joseph josephine josh joshua josie joy joyce jude
    judith judy julia julian julie june justin justyna kamal kamila kareem karen karl karolina kasia kate
    katarzyna kath katherine kathleen kathryn kathy katie katy kavita kay kayleigh keeley keisha keith kelly
    kelsey ken kenneth kenny kerry kev kevin khadija khalid khalil kieran kiera kim kimberley kiran kirsten
    kirsty kit kofi krzysztof krystyna kulwinder kwame kyle lacey lakshmi lana lara laura lauren laurence
    layla leah leanne lee leigh len lena lenny leo leon leonard leroy les lesley leslie lewis liam libby lily
    linda lindsay lindsey lionel lisa liz lizzie lloyd logan lois lola lorna lorraine lottie lou louis louisa
    louise luca lucas lucy ludmila luke luna lydia lyn lynda lynn lynne lynsey mabel mackenzie madeleine madge
    maeve magda magdalena maggie mahmood mair mairead maisie malcolm malik mandeep mandy manjit marc marcia
    marcin marcus margaret margery maria mariam marian marie marilyn marion marjorie mark marlene marta martha
    martin martyn mary maryam mateusz matilda matt matthew maud maura maureen maurice mavis max maxine may
    megan mehmet mel melanie melissa mercy meera mia micah michael michal michelle mick mikaela mike mildred
    millie milly miranda miriam mo mohamed mohammad mohammed moira molly mona monica morag morgan morwenna
    moses muhammad muriel myfanwy myra myrtle nadia nadine naomi nan nancy naseem nasreen natalia natalie
    natasha nathan nazia neal ned neha neil nell nellie nerys nettie ngozi nia niall niamh nick nicky nicola
    nicole nigel nikki nina nisha nita noah noel noor nora noreen norma norman nuala nusrat ola olga olive
    oliver olivia ollie olu oluwaseun omar oonagh orla oscar osman owain owen paddy padraig padraic pam pamela
    parveen pat patience patricia patrick patsy paul paula pauline pawel pearl peggy penelope penny percy pete
    peter petra phil philip philippa phillip phoebe phyllis pip piotr pippa polly poppy prakash praveen
    precious priya priyanka prudence rab rachael rachel raj rajesh ralph ramesh randeep rashid rashida ravi
    ray raymond reece rebecca reg reggie rehana rekha rena renee reuben rhian rhiannon rhoda rhona rhys
    ricardo richard rick ricky rita rob robbie robert roberta robin robyn rod roddy roderick rodney roger
    roisin roland ron ronald ronnie rory rosa rosalind rose rosemary rosie ross rowan roxanne roy roza rubina
    ruby rukhsana rupa rupert russell ruth ryan sadia sadie saeed safia saima sajid sal saleem sally salma sam
    samantha samina samir samuel sandeep sandra sandy sanjay santosh sara sarah saskia scott sean seamus
    sebastian selina serena seth shabana shabnam shahid shanice shannon sharon shaun shauna shazia sheena
    sheila shelley shereen sheryl shirley shona shreya sian sid sidney siddiq silvia simon simone sinead
    siobhan sofia sonia sonya sophia sophie stacey stan stanislaw stanley stella steph stephanie stephen steve
    steven stewart stuart sue suki sukhi sunil sunita surinder susan susie suzanne sven sylvia tamara tamsin
    tania tanisha tanya tara tariq tasha ted teddy temi tegan terence teresa terri terry tess tessa thelma
    theo theresa thomas tia tiffany tilly tim timothy tina toby tod tom tomas tomasz tommy toni tony tracey
    tracy trevor tricia trina trish trudy tunde tyler tyrone uche uma una ursula usha usman val valerie
    vanessa vera verity veronica vic vicky victor victoria vijay vikram vince vincent viola violet viv vivian
    vivien vivienne wally walter wanda warren wasim wayne wendy wesley wilf wilfred will william willie
    winifred winnie yasmin yasmine yetunde yolanda yousef yusuf yvette yvonne zac zach zachary zahra zainab
    zak zara zeb zeinab zeynep zoe zofia zubair zuzanna
    """.split()  # noqa: SIM905
)
"""In lower case."""
EVERYDAY = frozenset(
    """
    abi ade amber angus ash ava barney bill bob blessing carol chad chelsea christian cliff comfort cora daisy
    dan dawn dean dee des devon don dot drew eve fern flo flora florence frank fraser gay gill glen gloria
    gordon grace guy hazel harry heather holly hope iris ivy jack jade jan jay jean jersey jill jo jordan joy
    jude june kay ken kerry kit lance lee len les lily lou luna mark marina martin max may mel mercy mick mike
    mo mona morgan nan ned nick olive pam pat patience patsy paddy pearl peg penny percy pete petra phil pip
    pippa polly poppy precious prudence rab ray reg rob robin rod rose rosemary rosie ross rowan roy ruby ruth
    sal sally sandy scott sid sue ted teddy tilly tim tina tod tom tommy tony trish trudy val verity victor
    viola violet warren wayne will willie winnie
    """.split()  # noqa: SIM905
)
"""Given names that are also everyday words or places: in lower case they are no sign of a person."""
