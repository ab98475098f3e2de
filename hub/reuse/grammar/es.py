from hub.reuse.grammar.en import ENGLISH_GRAMMAR as SPANISH_GRAMMAR
