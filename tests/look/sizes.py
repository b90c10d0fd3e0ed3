"""The screens it is looked at on: a phone, a laptop, a desk, and a laptop whose picture a class sees on the wall."""
PHONE, LAPTOP, SCREEN = (390, 844), (1280, 720), (1920, 1080)
PROJECTOR = (1280, 720, "in front of a class")
