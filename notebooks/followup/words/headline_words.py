"""The words of headlines: conclusions, levels, gaps and what is described, in clauses that are joined to one sentence."""

from followup.language import Text

COUNTS = {
    1: Text("מדד אחד", "one measure"),
    2: Text("שני מדדים", "two measures"),
    3: Text("שלושה מדדים", "three measures"),
    4: Text("ארבעה מדדים", "four measures"),
    5: Text("חמישה מדדים", "five measures"),
    6: Text("שישה מדדים", "six measures"),
}
SEVERAL = Text("כמה מדדים", "several measures")
CHANGED = {
    "rose": Text("עלייה {in}{among}", "{named} rose{among}"),
    "fell": Text("ירידה {in}{among}", "{named} fell{among}"),
    "preserved": Text("{was}: {named}{among}", "{named} {was} preserved{among}"),
    "inconclusive": Text("לא ניתן לקבוע אם חל שינוי {in}{among}", "we cannot tell whether {named} changed{among}"),
    "described": Text("תיאור בלבד: השינוי {in}{among}", "the change in {named}{among} is only described"),
}
IN_TURN = {  # of one measure in three waves: each wave against the one before it, then the last against the first
    "rose": Text("עלייה", "rose"),
    "fell": Text("ירידה", "fell"),
    "preserved": Text("הרמה נשמרה", "{was} preserved"),
    "inconclusive": Text("ייתכן שחל שינוי", "may have changed"),
}
THREE_WAVES = Text(
    "{named}: {then} {second}, {next} {third}; לעומת המצב {first} – {whole}",
    "{named} {then} {second}, {next} {third} and {whole} compared with {first}",
)
RATED = {
    "majority": Text("רוב המשיבים מדווחים על רמה גבוהה של {named}", "most respondents rate {named} highly"),
    "minority": Text(
        "רק מיעוט מן המשיבים מדווחים על רמה גבוהה של {named}", "only a minority of respondents rate {named} highly"
    ),
    "divided": Text("המשיבים חלוקים באשר {to}", "respondents are divided on {named}"),
}
AGREED = {
    "majority": Text("רוב המשיבים מסכימים {that}", "most respondents agree {that}"),
    "minority": Text("רק מיעוט מן המשיבים מסכימים {that}", "only a minority of respondents agree {that}"),
    "divided": Text("המשיבים חלוקים באשר לכך {that}", "respondents are divided on whether {that}"),
}
GAPS = {
    "narrowed": Text("הפער בין {first} ל{second} הצטמצם{in}", "the gap between {first} and {second} narrowed{in}"),
    "widened": Text("הפער בין {first} ל{second} התרחב{in}", "the gap between {first} and {second} widened{in}"),
    "described": Text(
        "הפער בין {first} ל{second} קטן יותר{in}, אולי בשל תקרת הסולם",
        "the gap between {first} and {second} is smaller{in}, perhaps because scales have a ceiling",
    ),
    "cannot_be_told": Text(
        "לא ניתן לקבוע אם הפער בין {first} ל{second} השתנה{in}",
        "we cannot tell whether the gap between {first} and {second} changed{in}",
    ),
}
SHORTER = {
    ("projects_advanced", "majority"): Text("רוב הפרויקטים ביישום מתקדם", "most projects are in advanced stages"),
    ("projects_advanced", "about_half"): Text(
        "כמחצית הפרויקטים ביישום מתקדם", "about half of the projects are in advanced stages"
    ),
    ("projects_advanced", "minority"): Text(
        "מיעוט מן הפרויקטים ביישום מתקדם", "a minority of the projects are in advanced stages"
    ),
    ("projects_involved", "majority"): Text(
        "רוב המשיבים עדיין מעורבים בפרויקט שלהם", "most respondents are still involved in theirs"
    ),
    ("projects_involved", "about_half"): Text(
        "מחצית מן המשיבים עדיין מעורבים בפרויקט שלהם", "half of the respondents are still involved in theirs"
    ),
    ("projects_involved", "minority"): Text(
        "רוב המשיבים כבר אינם מעורבים בפרויקט שלהם", "most respondents are no longer involved in theirs"
    ),
    ("ties_kept", "majority"): Text("רוב הקשרים המקצועיים נשמרו", "most professional ties were kept"),
    ("ties_kept", "about_half"): Text("מחצית מן הקשרים המקצועיים נשמרו", "half of the professional ties were kept"),
    ("ties_kept", "minority"): Text("מיעוט מן הקשרים המקצועיים נשמרו", "a minority of the professional ties were kept"),
}
WISHES = Text("הבוגרים פירטו מה הם מבקשים מן הרשת", "graduates said what they want of the network")
NOT_SHOWN = Text("תוצאות אחדות אינן מוצגות, שכן הקבוצות קטנות", "some results are not shown because groups are small")
NUMBERS = {
    2: Text("שתי", "two"),
    3: Text("שלוש", "three"),
    4: Text("ארבע", "four"),
    5: Text("חמש", "five"),
    6: Text("שש", "six"),
    7: Text("שבע", "seven"),
    8: Text("שמונה", "eight"),
    9: Text("תשע", "nine"),
    10: Text("עשר", "ten"),
}  # before a feminine noun
CONCLUSIONS = Text("מסקנה אחת", "one conclusion"), Text("{n} מסקנות", "{n} conclusions")
ONE_OF = {  # conclusions about all respondents: one, and several
    "rose": (Text("עלייה אחת", "one rise"), Text("{n} עליות", "{n} rises")),
    "fell": (Text("ירידה אחת", "one fall"), Text("{n} ירידות", "{n} falls")),
    "preserved": (Text("רמה אחת שנשמרה", "one level preserved"), Text("{n} רמות שנשמרו", "{n} levels preserved")),
    "narrowed": (Text("הצטמצמות אחת של פער", "one gap narrowed"), Text("{n} הצטמצמויות של פערים", "{n} gaps narrowed")),
    "widened": (Text("התרחבות אחת של פער", "one gap widened"), Text("{n} התרחבויות של פערים", "{n} gaps widened")),
    "inconclusive": (Text("תוצאה אחת שבה לא ניתן לקבוע", "one inconclusive result"), Text("{n} תוצאות שבהן לא ניתן לקבוע", "{n} inconclusive results")),
}  # fmt: skip
OF_ONE = Text("{whole} על {name}: {kinds}", "{whole} about {name}: {kinds}")
OF_ALL = Text("{whole}: {kinds}", "{whole}: {kinds}")
LEAST = Text("המסקנות מפורטות להלן", "the conclusions are given below")
