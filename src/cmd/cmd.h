#pragma once
/* cmd - the command line: one table of verbs and options (commands.tbl.h), from which dispatcher, --help, man pages
 * and shell completions are made; one file per command. Only this room and main speak to people and log. */
#include "base/base.h"
#include "text/text.h"

enum { CMD_OK = 0, CMD_BROKEN = 1, CMD_USAGE = 2, CMD_GAPS = 3, CMD_MISSING = 4, CMD_FAULT = 70 };
/* Which of two exit statuses wins: 70, 2, 4, 1, 3, 0. */
int cmd_worse(int a, int b);
/* The whole program behind main(): returns the exit status. Data on stdout, words on stderr. */
int cmd_main(int argc, char **argv);
