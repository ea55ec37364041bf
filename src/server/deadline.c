// SPDX-License-Identifier: GPL-2.0-or-later
#include "server/deadline.h"

#include <pthread.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <time.h>

struct deadline {
	int fd;
	time_t until;
	bool shut;
	struct deadline *next, **place; /* in the list */
};

struct deadline_list {
	pthread_mutex_t lock;
	struct deadline *first;
	unsigned count;
};

static time_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &time);
	return time.tv_sec;
}

struct deadline_list *deadline_list_new(void)
{
	struct deadline_list *list = xcalloc(1, sizeof(*list));

	pthread_mutex_init(&list->lock, NULL);
	return list;
}

void deadline_list_free(struct deadline_list *list)
{
	if (!list)
		return;
	pthread_mutex_destroy(&list->lock);
	free(list);
}

struct deadline *deadline_add(struct deadline_list *list, int fd, unsigned seconds)
{
	struct deadline *deadline = xcalloc(1, sizeof(*deadline));

	deadline->fd = fd;
	deadline->until = now() + seconds;
	pthread_mutex_lock(&list->lock);
	deadline->next = list->first;
	deadline->place = &list->first;
	if (deadline->next)
		deadline->next->place = &deadline->next;
	list->first = deadline;
	list->count++;
	pthread_mutex_unlock(&list->lock);
	return deadline;
}

void deadline_remove(struct deadline_list *list, struct deadline *deadline)
{
	pthread_mutex_lock(&list->lock);
	*deadline->place = deadline->next;
	if (deadline->next)
		deadline->next->place = deadline->place;
	list->count--;
	pthread_mutex_unlock(&list->lock);
	free(deadline);
}

void deadline_set(struct deadline_list *list, struct deadline *deadline, unsigned seconds)
{
	pthread_mutex_lock(&list->lock);
	deadline->until = now() + seconds;
	pthread_mutex_unlock(&list->lock);
}

unsigned deadline_sweep(struct deadline_list *list)
{
	unsigned count = 0;
	time_t moment = now();

	pthread_mutex_lock(&list->lock);
	for (struct deadline *deadline = list->first; deadline; deadline = deadline->next)
		if (deadline->until < moment && !deadline->shut) {
			shutdown(deadline->fd, SHUT_RDWR);
			deadline->shut = true;
			count++;
		}
	pthread_mutex_unlock(&list->lock);
	return count;
}

unsigned deadline_count(struct deadline_list *list)
{
	unsigned count;

	pthread_mutex_lock(&list->lock);
	count = list->count;
	pthread_mutex_unlock(&list->lock);
	return count;
}
