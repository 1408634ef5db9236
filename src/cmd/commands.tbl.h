/* commands - the command line as data. Dispatcher, --help, manual page and shell completions are made from these rows.
 * No include guard: included several times, each time with the macros it needs.
 *
 * CMD_VERB(ID, name, operands, needs, least, most, short help, long help, function)
 * CMD_OPT(ID, verb or ANY, long, short, kind, values, lowest, highest, variable, help, repeatable)
 *   kind: FLAG no value; CHOICE one of `values`; NUMBER lowest..highest; BYTES the same with K, M, G; TEXT
 * CMD_FORMAT(ID, name, lowest version, highest version, help): of -o; version numbers x 10, 0: takes none
 * CMD_EXIT(status, help)
 * CMD_EXAMPLE(verb, command, help) */
#ifdef CMD_VERB
CMD_VERB(SCAN, "scan", "TARGET", CMD_NEED_JAIL | CMD_WRITES, 1, 1, TEXT_VERB_SCAN, TEXT_ABOUT_SCAN, cmd_scan)
CMD_VERB(DETECTORS, "detectors", "", 0, 0, 0, TEXT_VERB_DETECTORS, TEXT_ABOUT_DETECTORS, cmd_detectors)
CMD_VERB(DOCTOR, "doctor", "", CMD_NEED_JAIL, 0, 0, TEXT_VERB_DOCTOR, TEXT_ABOUT_DOCTOR, cmd_doctor)
CMD_VERB(HELP, "help", "[COMMAND]", 0, 0, 1, TEXT_VERB_HELP, TEXT_ABOUT_HELP, cmd_help)
CMD_VERB(VERSION, "version", "", 0, 0, 0, TEXT_VERB_VERSION, TEXT_ABOUT_VERSION, cmd_version)
CMD_VERB(COMPLETION, "completion", "bash|zsh", 0, 1, 1, TEXT_VERB_COMPLETION, TEXT_ABOUT_COMPLETION, cmd_completion)
#undef CMD_VERB
#endif

#ifdef CMD_OPT
CMD_OPT(OUTPUT, SCAN, "output", 'o', TEXT, "FORMAT[:VERSION][=FILE]", 0, 0, "HOSHIMORI_OUTPUT", TEXT_OPT_OUTPUT, true)
CMD_OPT(EXCLUDE, SCAN, "exclude", 'x', TEXT, "GLOB", 0, 0, "HOSHIMORI_EXCLUDE", TEXT_OPT_EXCLUDE, true)
CMD_OPT(ONE_FS, SCAN, "one-file-system", 0, FLAG, "", 0, 0, "HOSHIMORI_ONE_FILE_SYSTEM", TEXT_OPT_ONE_FS, false)
CMD_OPT(ARCHIVES, SCAN, "archives", 0, CHOICE, "packages|all", 0, 0, "HOSHIMORI_ARCHIVES", TEXT_OPT_ARCHIVES, false)
CMD_OPT(PLATFORM, SCAN, "platform", 0, TEXT, "OS/ARCH[/VARIANT]", 0, 0, "HOSHIMORI_PLATFORM", TEXT_OPT_PLATFORM, false)
CMD_OPT(SUBJECT, SCAN, "subject", 0, TEXT, "NAME", 0, 0, "HOSHIMORI_SUBJECT", TEXT_OPT_SUBJECT, false)
CMD_OPT(SUBJECT_VERSION, SCAN, "subject-version", 0, TEXT, "VERSION", 0, 0, "HOSHIMORI_SUBJECT_VERSION",
        TEXT_OPT_SUBJECT_VERSION, false)
CMD_OPT(SERIAL, SCAN, "serial", 0, CHOICE, "content|random", 0, 0, "HOSHIMORI_SERIAL", TEXT_OPT_SERIAL, false)
CMD_OPT(GAPS, SCAN, "gaps", 0, CHOICE, "fail|ok", 0, 0, "HOSHIMORI_GAPS", TEXT_OPT_GAPS, false)
CMD_OPT(JAIL, SCAN, "jail", 0, CHOICE, "strict|best-effort", 0, 0, "HOSHIMORI_JAIL", TEXT_OPT_JAIL, false)
CMD_OPT(JOBS, SCAN, "jobs", 'j', NUMBER, "N", 1, 64, "HOSHIMORI_JOBS", TEXT_OPT_JOBS, false)
CMD_OPT(MAX_FILE_BYTES, SCAN, "max-file-bytes", 0, BYTES, "BYTES", 1024, (uint64_t)1 << 40, "HOSHIMORI_MAX_FILE_BYTES",
        TEXT_OPT_MAX_FILE_BYTES, false)
CMD_OPT(MAX_ENTRIES, SCAN, "max-entries", 0, NUMBER, "N", 1, 1000000000, "HOSHIMORI_MAX_ENTRIES", TEXT_OPT_MAX_ENTRIES,
        false)
CMD_OPT(MAX_ARCHIVE_BYTES, SCAN, "max-archive-bytes", 0, BYTES, "BYTES", 1024, (uint64_t)1 << 50,
        "HOSHIMORI_MAX_ARCHIVE_BYTES", TEXT_OPT_MAX_ARCHIVE_BYTES, false)
CMD_OPT(MAX_RATIO, SCAN, "max-ratio", 0, NUMBER, "N", 1, 1000000, "HOSHIMORI_MAX_RATIO", TEXT_OPT_MAX_RATIO, false)
CMD_OPT(MAX_NESTING, SCAN, "max-nesting", 0, NUMBER, "N", 1, 64, "HOSHIMORI_MAX_NESTING", TEXT_OPT_MAX_NESTING, false)
CMD_OPT(MAX_TIME, SCAN, "max-time", 0, NUMBER, "SECONDS", 1, 86400, "HOSHIMORI_MAX_TIME", TEXT_OPT_MAX_TIME, false)
CMD_OPT(MAN, HELP, "man", 0, FLAG, "", 0, 0, NULL, TEXT_OPT_MAN, false)
CMD_OPT(LANG, ANY, "lang", 0, CHOICE, "ja|en", 0, 0, "HOSHIMORI_LANG", TEXT_OPT_LANG, false)
CMD_OPT(QUIET, ANY, "quiet", 'q', FLAG, "", 0, 0, "HOSHIMORI_QUIET", TEXT_OPT_QUIET, false)
CMD_OPT(COLOR, ANY, "color", 0, CHOICE, "auto|always|never", 0, 0, "HOSHIMORI_COLOR", TEXT_OPT_COLOR, false)
CMD_OPT(LOG_LEVEL, ANY, "log-level", 0, CHOICE, "none|error|info", 0, 0, "HOSHIMORI_LOG_LEVEL", TEXT_OPT_LOG_LEVEL,
        false)
CMD_OPT(HELP, ANY, "help", 'h', FLAG, "", 0, 0, NULL, TEXT_OPT_HELP, false)
CMD_OPT(VERSION, ANY, "version", 'V', FLAG, "", 0, 0, NULL, TEXT_OPT_VERSION, false)
#undef CMD_OPT
#endif

#ifdef CMD_FORMAT
CMD_FORMAT(TABLE, "table", 0, 0, TEXT_FORMAT_TABLE)
CMD_FORMAT(CYCLONEDX, "cyclonedx", 14, 17, TEXT_FORMAT_CYCLONEDX)
CMD_FORMAT(HTML, "html", 0, 0, TEXT_FORMAT_HTML)
CMD_FORMAT(JSON, "json", 0, 0, TEXT_FORMAT_JSON)
CMD_FORMAT(CSV, "csv", 0, 0, TEXT_FORMAT_CSV)
CMD_FORMAT(PURLS, "purls", 0, 0, TEXT_FORMAT_PURLS)
#undef CMD_FORMAT
#endif

#ifdef CMD_EXIT
CMD_EXIT(CMD_OK, TEXT_EXIT_OK)
CMD_EXIT(CMD_BROKEN, TEXT_EXIT_BROKEN)
CMD_EXIT(CMD_USAGE, TEXT_EXIT_USAGE)
CMD_EXIT(CMD_GAPS, TEXT_EXIT_GAPS)
CMD_EXIT(CMD_MISSING, TEXT_EXIT_MISSING)
CMD_EXIT(CMD_FAULT, TEXT_EXIT_FAULT)
CMD_EXIT(130, TEXT_EXIT_SIGNAL)
#undef CMD_EXIT
#endif

#ifdef CMD_EXAMPLE
CMD_EXAMPLE(SCAN, "hoshimori scan /", TEXT_EXAMPLE_HOST)
CMD_EXAMPLE(SCAN, "hoshimori scan . -o cyclonedx:1.6=sbom.cdx.json -o html=report.html", TEXT_EXAMPLE_FILES)
CMD_EXAMPLE(SCAN, "hoshimori scan project -o purls --exclude '*/test'", TEXT_EXAMPLE_PURLS)
#undef CMD_EXAMPLE
#endif
