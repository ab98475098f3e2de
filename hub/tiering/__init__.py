"""Which of an agent's two models answers: how hard a message is, whether an answer is weak, and what a person wishes."""

from hub.tiering.difficulty import Weights, difficulty, shipped

__all__ = ["Weights", "difficulty", "shipped"]
