/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of "suture repo" share. The rows are in repo.c. */
#ifndef SUTURE_CLI_PUBLISH_REPO_H
#define SUTURE_CLI_PUBLISH_REPO_H

#include "cli/command.h"
#include "repo/repository.h"

#define AT_OPTION                                                          \
	{ .name = "at", .argument = "TIME",                                \
	  .help = "act as if it were TIME, such as 2026-11-22T13:00:00Z" }

/* --at, or now. */
int repo_time(const struct args *args, int64_t *ret_time, struct error *err);
/* The repository that the first word names. */
int repo_open(const struct args *args, struct repository **ret_repository, struct error *err);
/* "What is to be done now" behind a change: which drafts wait for how many signatures. */
int repo_print_drafts(const struct repository *repository, struct error *err);

/* "80 days left", or what is to be done; caller frees. */
char *repo_describe_age(const char *role, const struct role_age *age);
/* A note for every role that ends soon or has ended. */
void repo_warn_ages(const struct args *args, const struct repository *repository);

int run_repo_init(const struct args *args, struct error *err);
int run_repo_key_add(const struct args *args, struct error *err);
int run_repo_key_remove(const struct args *args, struct error *err);
int run_repo_key_threshold(const struct args *args, struct error *err);
int run_repo_key_list(const struct args *args, struct error *err);
int run_repo_add(const struct args *args, struct error *err);
int run_repo_promote(const struct args *args, struct error *err);
int run_repo_revoke(const struct args *args, struct error *err);
int run_repo_rollout(const struct args *args, struct error *err);
int run_repo_served(const struct args *args, struct error *err);
int run_repo_sign(const struct args *args, struct error *err);
int run_repo_publish(const struct args *args, struct error *err);
int run_repo_renew(const struct args *args, struct error *err);
int run_repo_timestamp(const struct args *args, struct error *err);
int run_repo_verify(const struct args *args, struct error *err);
int run_repo_status(const struct args *args, struct error *err);
int run_repo_mirror(const struct args *args, struct error *err);
int run_repo_bundle(const struct args *args, struct error *err);
int run_repo_gc(const struct args *args, struct error *err);

#endif
