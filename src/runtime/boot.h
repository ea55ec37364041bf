/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Livepatches that are applied again at every boot: modules kept by the build-id of their kernel
 * below /var/lib/suture/boot, each with a record beside it.
 *
 *     BUILD-ID/NAME.ko      the module
 *     BUILD-ID/NAME.json    its record: digest, place in the order, state, boot of the last attempt
 *
 * A patch that takes the machine down must not do so twice. Before a module is loaded its record is
 * written and synced with the state "loading" and the boot's id; loaded, it is on probation; after
 * some healthy time boot_commit() calls it committed, and at an orderly shutdown boot_end() takes
 * it off probation. A boot that finds the record of another boot still open knows that that boot
 * ended badly; whether that makes the patch crashed, to be left alone, runtime/attempt.h says.
 */
#ifndef SUTURE_RUNTIME_BOOT_H
#define SUTURE_RUNTIME_BOOT_H

#include <stdint.h>

#include "base/error.h"
#include "base/json.h"
#include "base/log.h"
#include "runtime/attempt.h"
#include "runtime/sysroot.h"

#define BOOT_FOLDER "/var/lib/suture/boot"

#define BOOT_STATES(X)                                                                       \
	X(BOOT_WAITING, "waiting", "will be applied at the next boot of its kernel")         \
	X(BOOT_LOADING, "loading", "being loaded now")                                       \
	X(BOOT_PROBATION, "probation", "applied; not yet long enough to be sure")            \
	X(BOOT_COMMITTED, "committed", "applied, and the machine stayed healthy")            \
	X(BOOT_FAILED, "failed", "could not be loaded at the last attempt")                  \
	X(BOOT_CRASHED, "crashed", "the machine went down with it: not applied again")

enum boot_state {
#define X(state, slug, text) state,
	BOOT_STATES(X)
#undef X
};

struct boot_entry { /* owns its texts */
	char *build_id; /* of the kernel */
	char *name; /* of the module */
	char *digest; /* SHA-256 of the module file */
	char *release; /* for people: the release in its vermagic, or NULL */
	int64_t sequence; /* order of enabling is order of loading */
	enum boot_state state;
	struct attempt attempt; /* the last one */
	int64_t time; /* of the last change, seconds of the epoch */
	char *reason; /* why it failed or crashed, or what to know of it; or NULL */
};

struct boot_list {
	struct boot_entry *items; /* by build-id, then in order of loading */
	size_t count, capacity;
};

const char *boot_state_slug(enum boot_state state);
const char *boot_state_text(enum boot_state state);
void boot_list_clear(struct boot_list *list);
#define auto_boot_list __attribute__((cleanup(boot_list_clear)))
void boot_list_write(const struct boot_list *list, json_value *array);

/* All entries below the folder; none if it does not exist. A record that makes no sense is an
 * error: nothing may be loaded on a guess. */
int boot_read(const char *folder, struct boot_list *ret_list, struct error *err);
/* Keeps a copy of the module. Enabling again replaces it and forgives a crash. *ret_build_id
 * (caller frees) is the kernel's that it is kept for. */
int boot_enable(const struct sysroot *root, const char *folder, const char *path,
		char **ret_build_id, struct error *err);
/* Forgets it, for one kernel or (NULL) for all. What is loaded stays loaded. */
int boot_disable(const char *folder, const char *name, const char *build_id, struct error *err);

struct boot_result {
	size_t applied, there, failed, crashed; /* there: was loaded already */
};
/* Loads what is kept for the running kernel, each whatever became of the ones before.
 * ERROR_NOTHING: nothing is kept for it; ERROR_POLICY: suture.mode on the kernel's command line
 * says no. What failed is only counted, and said to `progress`. */
int boot_apply(const struct sysroot *root, const char *folder, unsigned wait_seconds,
	       const struct progress *progress, struct boot_result *ret_result, struct error *err);
/* Ends the probation of this boot's patches. ERROR_APPLY if the kernel has had trouble since they
 * were loaded: then they stay on probation. */
int boot_commit(const struct sysroot *root, const char *folder, struct error *err);
/* An orderly shutdown: this boot's open records are closed. */
int boot_end(const struct sysroot *root, const char *folder, struct error *err);

#endif
