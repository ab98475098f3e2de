from hub.reuse.grammar.en import ENGLISH_GRAMMAR as FRENCH_GRAMMAR
