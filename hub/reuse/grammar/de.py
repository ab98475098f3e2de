from hub.reuse.grammar.en import ENGLISH_GRAMMAR as GERMAN_GRAMMAR
