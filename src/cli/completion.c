// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/completion.h"

#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"

/* What the shell offers for a value: told by the words that the table has for it. */
static const char *kind_of(const char *argument)
{
	static const struct {
		const char *word, *kind;
	} kinds[] = {
		{ "RELEASE", "other" }, { "REL", "kernel" }, { "RULE:", "other" }, { "RULE", "rule" },
		{ "DIR", "folder" }, { "FILE", "file" },  { ".ko", "file" },   { "PATCH", "file" },
		{ "KEY", "file" },   { "OBJECT", "file" }, { "REPO", "folder" }, { "RING", "ring" },
	};

	for (size_t i = 0; argument && i < ARRAY_SIZE(kinds); i++)
		if (strstr(argument, kinds[i].word))
			return kinds[i].kind;
	return argument ? "other" : "none";
}

/* "suture-server" as part of a function's name; caller frees. */
static char *function_name(const char *name)
{
	char *copy = xstrdup(name);

	for (char *next = copy; *next; next++)
		if (*next == '-')
			*next = '_';
	return copy;
}

/* In single quotes; all three shells take it like this. Caller frees. */
static char *quote(const char *text)
{
	struct buffer quoted = BUFFER_INIT;

	buffer_add_char(&quoted, '\'');
	for (; *text; text++)
		if (*text == '\'')
			buffer_add_text(&quoted, "'\\''");
		else
			buffer_add_char(&quoted, *text);
	buffer_add_char(&quoted, '\'');
	return buffer_steal_text(&quoted);
}

/* Kinds of values that are a list of words, one a line. */
#define WORDS_OF_RING "printf '%%s\\n' edge beta candidate stable"
#define WORDS_OF_KERNEL "suture kernel list 2>/dev/null | cut -d ' ' -f 1"
#define WORDS_OF_RULE "suture explain 2>/dev/null | sed -n 's/^  *\\([a-z-]*\\) .*/\\1/p'"

static bool is_list(const char *kind)
{
	return !strcmp(kind, "ring") || !strcmp(kind, "kernel") || !strcmp(kind, "rule");
}

/* In bash and zsh. */
#define WORDS_FUNCTION \
	"_%2$s_words()\n" \
	"{\n" \
	"\tcase $1 in\n" \
	"\tring) " WORDS_OF_RING " ;;\n" \
	"\tkernel) " WORDS_OF_KERNEL " ;;\n" \
	"\trule) " WORDS_OF_RULE " ;;\n" \
	"\tesac\n" \
	"}\n"

/* bash and zsh: tables that one function walks. The key of a command is its path, "kernel fetch"; of
 * an option "kernel fetch --output". */
static const char bash_begin[] =
	"# bash completion of %1$s; made by '%1$s completion bash'\n"
	"declare -gA _%2$s_commands=() _%2$s_options=() _%2$s_values=() _%2$s_kinds=()\n";

static const char bash_end[] =
	WORDS_FUNCTION
	"_%2$s()\n"
	"{\n"
	"\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} at='' word i kind\n"
	"\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
	"\t\tword=${COMP_WORDS[i]}\n"
	"\t\tif [[ $word == -* ]]; then\n"
	"\t\t\t[[ -n ${_%2$s_values[\"$at $word\"]-} ]] && ((i++))\n"
	"\t\telif [[ \" ${_%2$s_commands[\"/$at\"]-} \" == *\" $word \"* ]]; then\n"
	"\t\t\tat=\"$at${at:+ }$word\"\n"
	"\t\tfi\n"
	"\tdone\n"
	"\tCOMPREPLY=()\n"
	"\tkind=${_%2$s_values[\"$at $prev\"]-}\n"
	"\tif [[ -z $kind && $cur == -* ]]; then\n"
	"\t\tCOMPREPLY=($(compgen -W \"${_%2$s_options[\"/$at\"]-} --help\" -- \"$cur\"))\n"
	"\t\treturn\n"
	"\tfi\n"
	"\tif [[ -z $kind && -n ${_%2$s_commands[\"/$at\"]-} ]]; then\n"
	"\t\tCOMPREPLY=($(compgen -W \"${_%2$s_commands[\"/$at\"]}\" -- \"$cur\"))\n"
	"\t\treturn\n"
	"\tfi\n"
	"\tkind=${kind:-${_%2$s_kinds[\"/$at\"]-}}\n"
	"\tcase $kind in\n"
	"\tfile) compopt -o filenames; COMPREPLY=($(compgen -f -- \"$cur\")) ;;\n"
	"\tfolder) compopt -o filenames; COMPREPLY=($(compgen -d -- \"$cur\")) ;;\n"
	/* Or the folder of a tree. */
	"\tkernel) COMPREPLY=($(compgen -W \"$(_%2$s_words kernel)\" -- \"$cur\") $(compgen -d -- \"$cur\")) ;;\n"
	"\t?*) COMPREPLY=($(compgen -W \"$(_%2$s_words \"$kind\")\" -- \"$cur\")) ;;\n"
	"\tesac\n"
	"}\n"
	"complete -F _%2$s %1$s\n"
	"unset _key\n";

static const char zsh_begin[] =
	"#compdef %1$s\n"
	"# zsh completion of %1$s; made by '%1$s completion zsh'\n"
	"typeset -gA _%2$s_commands _%2$s_options _%2$s_values _%2$s_kinds\n"
	"_%2$s_commands=() _%2$s_options=() _%2$s_values=() _%2$s_kinds=()\n";

/* Lists have one "name:text" a line, as _describe takes them. */
static const char zsh_end[] =
	WORDS_FUNCTION
	"_%2$s()\n"
	"{\n"
	"\tlocal at='' word kind i key\n"
	"\tlocal -a names list\n"
	"\tfor ((i = 2; i < CURRENT; i++)); do\n"
	"\t\tword=$words[i]\n"
	"\t\tif [[ $word == -* ]]; then\n"
	"\t\t\tkey=\"$at $word\"\n"
	"\t\t\t[[ -n ${_%2$s_values[$key]} ]] && ((i++))\n"
	"\t\t\tcontinue\n"
	"\t\tfi\n"
	"\t\tlist=(${(f)_%2$s_commands[/$at]})\n"
	"\t\tnames=(${list%%%%:*})\n"
	"\t\t(( $names[(Ie)$word] )) && at=\"$at${at:+ }$word\"\n"
	"\tdone\n"
	"\tkey=\"$at $words[CURRENT-1]\"\n"
	"\tkind=${_%2$s_values[$key]}\n"
	"\tif [[ -z $kind && $words[CURRENT] == -* ]]; then\n"
	"\t\tlist=(${(f)_%2$s_options[/$at]} '--help:show a summary')\n"
	"\t\t_describe -o option list\n"
	"\t\treturn\n"
	"\tfi\n"
	"\tif [[ -z $kind && -n $_%2$s_commands[/$at] ]]; then\n"
	"\t\tlist=(${(f)_%2$s_commands[/$at]})\n"
	"\t\t_describe command list\n"
	"\t\treturn\n"
	"\tfi\n"
	"\tkind=${kind:-$_%2$s_kinds[/$at]}\n"
	"\tcase $kind in\n"
	"\tfile) _files ;;\n"
	"\tfolder) _files -/ ;;\n"
	"\tkernel) compadd -- $(_%2$s_words kernel); _files -/ ;;\n"
	"\t?*) compadd -- $(_%2$s_words $kind) ;;\n"
	"\tesac\n"
	"}\n"
	"unset _key\n"
	/* Autoloaded, the file is the function's body; sourced, it only registers. */
	"if [[ $funcstack[1] == _%1$s ]]; then\n"
	"\t_%2$s \"$@\"\n"
	"else\n"
	"\tcompdef _%2$s %1$s\n"
	"fi\n";

static const char fish_begin[] =
	"# fish completion of %1$s; made by '%1$s completion fish'\n"
	"complete -c %1$s -e\n"
	"set -g __%2$s_groups\n"
	"function __%2$s_at\n"
	"\tset -l at\n"
	"\tfor word in (commandline -opc)[2..-1]\n"
	"\t\tstring match -q -- '-*' $word; and continue\n"
	"\t\tif test (count $at) -eq 0; or test (count $at) -eq 1 -a (count (string match -- \"$at\" "
	"$__%2$s_groups)) -gt 0\n"
	"\t\t\tset -a at $word\n"
	"\t\tend\n"
	"\tend\n"
	"\ttest \"$at\" = \"$argv[1]\"\n"
	"end\n"
	"complete -c %1$s -f\n"
	"function __%2$s_words\n"
	"\tswitch $argv[1]\n"
	"\t\tcase ring\n"
	"\t\t\t" WORDS_OF_RING "\n"
	"\t\tcase kernel\n"
	"\t\t\t" WORDS_OF_KERNEL "\n"
	"\t\tcase rule\n"
	"\t\t\t" WORDS_OF_RULE "\n"
	"\tend\n"
	"end\n";

static const char fish_end[] = "";

enum shell { BASH, ZSH, FISH, SHELL_COUNT };

static const struct {
	const char *name, *begin, *end;
} shells[] = {
	[BASH] = { "bash", bash_begin, bash_end },
	[ZSH] = { "zsh", zsh_begin, zsh_end },
	[FISH] = { "fish", fish_begin, fish_end },
};

static enum shell find_shell(const char *name)
{
	enum shell shell = BASH;

	while (shell < SHELL_COUNT && strcmp(shells[shell].name, name) != 0)
		shell++;
	return shell;
}

bool is_completion_shell(const char *shell)
{
	return find_shell(shell) < SHELL_COUNT;
}

void completion_begin(const char *shell, const char *name)
{
	auto_free char *function = function_name(name);

	printf(shells[find_shell(shell)].begin, name, function);
}

void completion_end(const char *shell, const char *name)
{
	auto_free char *function = function_name(name);

	printf(shells[find_shell(shell)].end, name, function);
}

/* Where the rows of a table go. */
struct place {
	enum shell shell;
	const char *name, *function; /* of the program */
	const char *path; /* "" or "kernel" */
};

static void write_command(const struct place *at, const struct command *row)
{
	auto_free char *text = quote(row->summary);

	if (at->shell == BASH)
		printf("_%s_commands['/%s']+=' %s'\n", at->function, at->path, row->name);
	else if (at->shell == ZSH)
		printf("_key='/%s'; _%s_commands[$_key]+='%s:'%s$'\\n'\n", at->path, at->function,
		       row->name, text);
	else
		printf("complete -c %s -n '__%s_at \"%s\"' -a %s -d %s\n", at->name, at->function,
		       at->path, row->name, text);
}

static void write_fish_option(const struct place *at, const struct option_row *row)
{
	auto_free char *text = quote(row->help);
	const char *kind = kind_of(row->argument);

	printf("complete -c %s -n '__%s_at \"%s\"' -l %s", at->name, at->function, at->path,
	       row->name);
	if (row->letter)
		printf(" -s %c", row->letter);
	if (!strcmp(kind, "file"))
		printf(" -r -F");
	else if (!strcmp(kind, "folder"))
		printf(" -x -a '(__fish_complete_directories)'");
	else if (is_list(kind))
		printf(" -x -a '(__%s_words %s)'", at->function, kind);
	else if (row->argument)
		printf(" -x");
	printf(" -d %s\n", text);
}

static void write_option(const struct place *at, const struct option_row *row)
{
	auto_free char *text = quote(row->help);
	const char *kind = kind_of(row->argument);

	if (at->shell == FISH) {
		write_fish_option(at, row);
		return;
	}
	if (at->shell == BASH)
		printf("_%s_options['/%s']+=' --%s'\n", at->function, at->path, row->name);
	else
		printf("_key='/%s'; _%s_options[$_key]+='--%s:'%s$'\\n'\n", at->path,
		       at->function, row->name, text);
	if (!row->argument)
		return;

	printf("_key='%s --%s'; _%s_values[$_key]=%s\n", at->path, row->name, at->function, kind);
	if (row->letter)
		printf("_key='%s -%c'; _%s_values[$_key]=%s\n", at->path, row->letter, at->function,
		       kind);
}

static void write_arguments(const struct place *at, const char *arguments)
{
	const char *kind = kind_of(arguments);

	if (!arguments)
		return;
	if (at->shell == BASH)
		printf("_%s_kinds['/%s']=%s\n", at->function, at->path, kind);
	else if (at->shell == ZSH)
		printf("_key='/%s'; _%s_kinds[$_key]=%s\n", at->path, at->function, kind);
	else if (!strcmp(kind, "file") || !strcmp(kind, "folder"))
		printf("complete -c %s -n '__%s_at \"%s\"' -F\n", at->name, at->function, at->path);
	else if (is_list(kind))
		printf("complete -c %s -n '__%s_at \"%s\"' -a '(__%s_words %s)'\n", at->name,
		       at->function, at->path, at->function, kind);
}

static void write_table(const struct place *at, const struct command *table)
{
	for (const struct command *row = table; row && row->name; row++) {
		auto_free char *path =
			xasprintf("%s%s%s", at->path, *at->path ? " " : "", row->name);
		const struct place below = { at->shell, at->name, at->function, path };

		write_command(at, row);
		if (at->shell == FISH && row->commands)
			printf("set -a __%s_groups %s\n", at->function, row->name);
		for (const struct option_row *option = row->options; option && option->name; option++)
			write_option(&below, option);
		write_arguments(&below, row->arguments);
		write_table(&below, row->commands);
	}
}

void completion_rows(const char *shell, const char *name, const struct command *table)
{
	auto_free char *function = function_name(name);
	const struct place top = { find_shell(shell), name, function, "" };

	write_table(&top, table);
}
