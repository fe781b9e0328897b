"""What each survey tool writes, as text, Excel or SPSS: every cell as the text it was.

Imports nothing of ours but `problems`; never interprets an answer. A new format begins in `survey_tools.py`.
"""
