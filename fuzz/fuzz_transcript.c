// SPDX-License-Identifier: GPL-2.0-or-later
/* What a machine sent over its two serial ports, the report first, then a zero byte, then the log. */
#include "fuzz.h"

#include <string.h>

#include "lab/transcript.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *zero = size ? memchr(data, 0, size) : NULL;
	size_t report_size = zero ? (size_t)(zero - data) : size;
	const struct buffer report = { (uint8_t *)data, report_size, 0 };
	const struct buffer console = { (uint8_t *)data + report_size, size - report_size, 0 };
	auto_transcript struct transcript transcript;

	transcript_parse(&report, &console, "@lab-0", 3, &transcript);
	MUST(transcript.step_count == 3);
	for (size_t i = 0; i < transcript.trouble_count; i++) {
		const struct trouble *trouble = &transcript.troubles[i];

		MUST(trouble->step < 3 || trouble->step == SIZE_MAX);
		MUST(trouble_kind_name(trouble->kind)[0]);
	}
	for (size_t i = 0; i < 3; i++) {
		const struct step_record *step = &transcript.steps[i];

		MUST(step->output.size <= size);
		MUST(step->kernel_log.count <= transcript.kernel_log.count);
	}
	return 0;
}
