"""Which of an agent's two models answers: how hard a message is, and whether an answer is weak."""

from hub.tiering.difficulty import Weights, difficulty, shipped

__all__ = ["Weights", "difficulty", "shipped"]
