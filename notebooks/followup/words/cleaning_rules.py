"""The rules of cleaning in both languages: what each one settles."""

from followup.language import Text

# Every rule there is, in the words of the page.
RULES = {
    # rows set aside
    "blank_row": Text("שורה ריקה", "blank row"),
    "other_wave": Text("שורה של שלב אחר", "row of another wave"),
    "other_cohort": Text("שורה של מחזור אחר", "row of another cohort"),
    "preview": Text("מילוי ניסיון", "trial response"),
    "spam": Text("סומן כדואר זבל", "marked as spam by the survey tool"),
    "no_answers": Text("לא השיבו על אף היגד", "answered no statement"),
    "too_few_answers": Text("השיבו על מעט מדי היגדים", "answered too few statements"),
    "no_id": Text("ללא קוד משתתף", "no participant ID"),
    "not_on_roster": Text("אינו ברשימת המשתתפים", "not on the roster"),
    "duplicate": Text("מילוי כפול", "duplicate submission"),
    "self_nomination": Text("קשר של אדם עם עצמו", "a tie to oneself"),
    "repeated_row": Text("שורה שחוזרת על עצמה", "row that repeats another"),
    # rows kept, worth knowing
    "duplicate_kept": Text("המילוי שנספר מבין כמה", "the submission that counts, of several"),
    "partial_kept": Text("מילוי חלקי שנשמר", "partial submission, kept"),
    "no_group": Text("ללא שיוך לקבוצה", "belongs to no group"),
    "no_time": Text("ללא מועד מילוי", "no time of submission"),
    # cells changed
    "id_folded": Text("קוד שהוקלד בצורה אחרת", "ID typed another way"),
    "id_corrected": Text("קוד שתוקן לפי ההגדרות", "ID corrected by the settings"),
    "heading_folded": Text("כותרת עם רווחים או סימנים נסתרים", "heading with odd spaces or signs"),
    "invisible_signs": Text("סימנים נסתרים או כתיב שקול", "invisible signs or variant letters"),
    "other_digits": Text("ספרות אחרות", "other digits"),
    "synonym": Text("כתיב אחר של אותה תשובה", "another spelling of the same answer"),
    "spelling": Text("כתיב שתוקן לפי ההגדרות", "spelling corrected by the settings"),
    "columns_joined": Text("תשובה מעמודה שנייה של אותה שאלה", "answer from a second column of the question"),
    "other_text": Text(
        "תשובה במילים של המשיב, נספרה כ״אחר״", "answer in the respondent’s own words, counted as “other”"
    ),
    "number_for_label": Text("מספר במקום תווית", "a number for a label"),
    # cells without an answer
    "no_answer": Text("לא נענה", "left unanswered"),
    "missing_label": Text("סומן ״לא יודע/ת״", "marked “don’t know”"),
    "user_missing": Text("קוד שהקובץ מגדיר כחסר", "code that the file declares as missing"),
    "contradiction": Text("תשובות סותרות", "contradictory answers"),
    # columns
    "heading_ignored": Text("עמודה שאינה נחוצה", "column that is not needed"),
    "heading_missing": Text("עמודת רשות שאינה בקובץ", "optional column that is missing"),
    "bare_numbers": Text("מספרים בלבד, ובשלב אחר תוויות", "bare numbers, where another wave has labels"),
    "accepted_bare_numbers": Text("מספרים שנבדקו ואושרו", "bare numbers, checked by a person"),
    "accepted_other_question": Text("שאלה מנוסחת אחרת, שאושרה", "question worded otherwise, accepted by a person"),
    "accepted_dates": Text("תאריכים חריגים שאושרו", "odd dates, accepted by a person"),
    "free_text": Text("טקסט חופשי (אינו נקרא)", "free text (not read)"),
    # how a file was read
    "read_as": Text("כיצד נקרא הקובץ", "how the file was read"),
    "excel_text": Text("טקסט שנכתב כנוסחה של Excel", "text written as an Excel formula"),
    "encoding": Text("קידוד הקובץ", "encoding of the file"),
    "delimiter": Text("מפריד בין התאים", "delimiter of the cells"),
    "line_ends": Text("סימני סוף שורה", "line ends"),
    "separator_line": Text("שורת sep=", "“sep=” line"),
    "title_row": Text("כותרת מעל הטבלה", "title above the table"),
    "heading_row": Text("שורת כותרות נוספת", "further heading row"),
    "heading_unnamed": Text("עמודה בלי כותרת", "column without a heading"),
    "trailing_separator": Text("מפריד מיותר בסוף שורות", "spare delimiter at the ends of rows"),
    "row_filled": Text("שורה קצרה שהושלמה בתאים ריקים", "short row filled with empty cells"),
    "time_zone": Text("אזור זמן", "time zone"),
}
