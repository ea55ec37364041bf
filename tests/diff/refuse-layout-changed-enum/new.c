// SPDX-License-Identifier: GPL-2.0-or-later
enum mode { IDLE, WAITING, BUSY };
extern int work(enum mode);
int changed(int value)
{
	return work(value ? IDLE : BUSY);
}
