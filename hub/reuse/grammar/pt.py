from hub.reuse.grammar.en import ENGLISH_GRAMMAR as PORTUGUESE_GRAMMAR
