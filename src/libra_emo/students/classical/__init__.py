"""The classical student: scikit-learn on text, face and voice features."""
