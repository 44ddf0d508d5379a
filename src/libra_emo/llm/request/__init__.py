"""What is sent to a model: prompt, pictures, sound."""
