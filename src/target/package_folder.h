/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is in a folder of downloaded packages. Names are a stranger's. */
#ifndef SUTURE_TARGET_PACKAGE_FOLDER_H
#define SUTURE_TARGET_PACKAGE_FOLDER_H

#include "base/error.h"
#include "base/text.h"

enum package_kind { PACKAGE_DEB, PACKAGE_RPM };

struct package_folder { /* owns everything; paths of files */
	enum package_kind kind; /* of all of them */
	struct text_list binaries; /* without debug packages */
	struct text_list sources; /* linux-source-*.deb, *.src.rpm */
	struct text_list releases; /* of the images, sorted as they came */
};

/* ERROR_NOT_FOUND if there is no package or no image, ERROR_INVALID for both kinds at once. */
int package_folder_read(const char *path, struct package_folder *ret_folder, struct error *err);
void package_folder_clear(struct package_folder *folder);
#define auto_package_folder __attribute__((cleanup(package_folder_clear)))

/* The version of the package that has the image; caller frees. */
int package_folder_version(const struct package_folder *folder, const char *release,
			   char **ret_version, struct error *err);
/* The source of exactly that version. ERROR_NOT_FOUND names what there is instead. Borrowed. */
int package_folder_source(const struct package_folder *folder, const char *release,
			  const char *version, const char **ret_path, struct error *err);

#endif
