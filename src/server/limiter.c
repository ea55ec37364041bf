// SPDX-License-Identifier: GPL-2.0-or-later
#include "server/limiter.h"

#include <pthread.h>
#include <string.h>

#include "base/secret.h"

#define SETS 4096
#define WAYS 8 /* buckets that a key may be in */
#define WAIT_MOST 3600

struct bucket {
	uint64_t key; /* hash; 0: free */
	double level; /* how many are left */
	double when; /* that was counted */
};

struct limiter {
	double rate, burst;
	uint64_t seed; /* keys cannot be chosen to meet */
	pthread_mutex_t lock;
	struct bucket buckets[SETS][WAYS];
};

int limiter_new(double rate, double burst, struct limiter **ret_limiter, struct error *err)
{
	auto_limiter struct limiter *limiter = xcalloc(1, sizeof(*limiter));

	pthread_mutex_init(&limiter->lock, NULL);
	limiter->rate = rate;
	limiter->burst = burst;
	if (secret_random(&limiter->seed, sizeof(limiter->seed), err) < 0)
		return -1;
	*ret_limiter = steal_ptr(limiter);
	return 0;
}

void limiter_free(struct limiter *limiter)
{
	if (!limiter)
		return;
	pthread_mutex_destroy(&limiter->lock);
	free(limiter);
}

/* FNV-1a from a secret start, then mixed (the finalizer of MurmurHash3). */
static uint64_t hash(const struct limiter *limiter, const uint8_t *key, size_t size)
{
	uint64_t value = limiter->seed;

	while (size--)
		value = (value ^ *key++) * 0x100000001b3;
	value = (value ^ (value >> 33)) * 0xff51afd7ed558ccd;
	value = (value ^ (value >> 33)) * 0xc4ceb9fe1a85ec53;
	value ^= value >> 33;
	return value ? value : 1;
}

static void refill(const struct limiter *limiter, struct bucket *bucket, double now)
{
	bucket->level += (now - bucket->when) * limiter->rate;
	if (bucket->level > limiter->burst)
		bucket->level = limiter->burst;
	bucket->when = now;
}

static struct bucket *find_bucket(struct limiter *limiter, uint64_t key, double now)
{
	struct bucket *set = limiter->buckets[key % SETS], *oldest = set;

	for (size_t i = 0; i < WAYS; i++) {
		if (set[i].key == key)
			return &set[i];
		if (set[i].when < oldest->when)
			oldest = &set[i];
	}
	*oldest = (struct bucket){ .key = key, .level = limiter->burst, .when = now };
	return oldest;
}

unsigned limiter_take(struct limiter *limiter, const void *key, size_t size, double now)
{
	double wait = 0;

	if (limiter->rate <= 0)
		return 0;
	pthread_mutex_lock(&limiter->lock);

	struct bucket *bucket = find_bucket(limiter, hash(limiter, key, size), now);

	refill(limiter, bucket, now);
	if (bucket->level >= 1)
		bucket->level--;
	else
		wait = (1 - bucket->level) / limiter->rate;
	pthread_mutex_unlock(&limiter->lock);
	if (wait <= 0)
		return 0;
	return wait > WAIT_MOST ? WAIT_MOST : (unsigned)wait + 1;
}
