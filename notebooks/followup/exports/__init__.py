"""What each survey tool writes, as text, Excel, SPSS or Stata: every cell as the text it was.

Imports nothing of ours but `problems`; never interprets an answer. A new format begins in `survey_tools.py`; names of option columns stand in `choice_names.py`.
"""
