"""Questions to models: prompt, pictures and sound, keys."""
