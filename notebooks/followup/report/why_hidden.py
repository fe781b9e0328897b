"""What stands above a table of one's own: why cells are hidden that are not small, with what to do; who is counted, what may lack."""

from followup.language import Text

FEW_APART = Text(
    "תא מוסתר גם כאשר מאחוריו כמעט אותם משיבים שמאחורי מספר אחר שמתפרסם, בהפרש של פחות מ־{least}: משני המספרים יחד היה אפשר לחשב מה "
    "השיבו המעטים; וכן כאשר כל המשיבים הם בתא אחד",
    "a cell is hidden, too, where its people are those of another published number but for fewer than {least}, whose answers would "
    "follow from the two; and where all who answered are in one cell",
)
SAME_PEOPLE = Text(
    "תאים מוסתרים אף שאינם קטנים. מה לעשות: לקחת את כל מי שהשיבו, או את המשיבים שמאחורי טבלה אחרת שמתפרסמת, כמו במתכון הראשון "
    'ב־notebooks/README.md: study.pairs.dropna(subset="change")',
    "cells are hidden that are not small; what to do: take everyone who answered, or the people of another table that is shown, as the "
    'first recipe in notebooks/README.md does: study.pairs.dropna(subset="change")',
)
ALL_ROWS = Text(
    "תאים מוסתרים אף שאינם קטנים: כמעט כולם נספרו כאן, ומספרים של כולם מתפרסמים. מה לעשות: לקחת את כל השורות שב־study, בלי לבחור מהן",
    "cells are hidden that are not small: nearly everybody is counted here, and numbers of everybody are published; what to do: "
    "take all rows of the frame, as study has it",
)
ALL_WHO_ANSWERED = Text(
    "תאים מוסתרים אף שאינם קטנים: כמעט כל המשיבים נספרו כאן, וכמה כל המשיבים השיבו מתפרסם. מה לעשות: לספור את כל מי שהשיבו, ואת הגל "
    'כשורה או כעמודה:\n        answers = study.answers.dropna(subset="value")',
    "cells are hidden that are not small: nearly all who answered are counted here, and what all answered is published; what to do: "
    'count everyone who answered, with the wave as a row or a column:\n        answers = study.answers.dropna(subset="value")',
)
NEARLY_ALL_IN_ONE = Text(
    "תאים מוסתרים אף שאינם קטנים: כמעט כל המשיבים הם בקבוצה אחת, ומה השיבו האחרים נובע ממה שכולם השיבו, שמתפרסם. מה לעשות: לוותר על "
    'הקבוצות:\n        safe.crosstab([answers["measure"], answers["wave"]], answers["category"], normalize="index")',
    "cells are hidden that are not small: nearly all who answered are in one group, and what the others answered would follow from "
    "what all did, which is published; what to do: leave the groups out, as in\n        "
    'safe.crosstab([answers["measure"], answers["wave"]], answers["category"], normalize="index")',
)
ALIKE = Text(
    "לכל מי שנספרו כאן אותה תשובה, או אותו מספר, ולכן ידוע מה השיב כל אחד מהם",
    "all who are counted here have the same answer, or the same number, which is that of each of them",
)
ALL_ALIKE = Text(
    f"{ALIKE.he}. מה לעשות: להשאיר גם את השורות של תשובות אחרות, או לוותר על הטבלה",
    f"{ALIKE.en}; what to do: leave the rows of other answers in, or leave the table out",
)
MAY_LACK = Text(
    "שורות ועמודות שמאחוריהן מעטים מדי אינן מופיעות",
    "rows and columns that too few people stand behind do not appear",
)
COUNTED_TWICE = Text(
    "השלבים אינם מקושרים: מי שהשיבו בכמה שלבים נספרו בכל אחד מהם",
    "waves are not linked: those who answered several of them count in each",
)
