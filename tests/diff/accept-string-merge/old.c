// SPDX-License-Identifier: GPL-2.0-or-later
extern int say(const char *text);
int first(void) { return say("one"); }
int second(void) { return say("two"); }
int third(void) { return say("three") + say("one"); }
