"""How many words a text has, in scripts with and without blanks between words."""

import re

# Han and kana: a character is about a word. Thai, Lao, Burmese, Khmer: about four letters are.
_ONE_LETTER_WORDS = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")
_FOUR_LETTER_WORDS = re.compile("[\u0e01-\u0e2e\u0e81-\u0eae\u1000-\u102a\u1780-\u17b3]")


def word_count(text: str) -> int:
    """Words in ``text``, 0 or more; an estimate where a script has no blanks between them.

    Punctuation alone is no word. Nobody reads the text for this.
    """
    singles = len(_ONE_LETTER_WORDS.findall(text))
    quarters = len(_FOUR_LETTER_WORDS.findall(text))
    rest = _FOUR_LETTER_WORDS.sub(" ", _ONE_LETTER_WORDS.sub(" ", text))
    spaced = sum(any(map(str.isalnum, token)) for token in rest.split())
    return singles + -(-quarters // 4) + spaced
