"""Extensions written for the classic, and in the short way, at work on models of each framework."""
