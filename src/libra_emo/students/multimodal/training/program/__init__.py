"""The program that trains, in processes of its own; nothing outside imports it."""
