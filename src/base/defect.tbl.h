/* HM_DEFECT(id, name): one row per malformed shape. A new row needs its two messages in lang/ (defect_NAME,
 * remedy_NAME). Order may change: only names leave the program. No include guard: included several times. */
/* general */
HM_DEFECT(DEFECT_NONE, "none")
HM_DEFECT(DEFECT_UNKNOWN, "unknown")
HM_DEFECT(DEFECT_BUDGET, "memory_budget")       /* arg0: bytes of the budget */
HM_DEFECT(DEFECT_NOMEM, "no_memory")
HM_DEFECT(DEFECT_TOO_LARGE, "too_large")        /* arg0: limit in bytes, arg1: size */
HM_DEFECT(DEFECT_TOO_DEEP, "too_deep")          /* arg0: limit */
HM_DEFECT(DEFECT_TOO_MANY, "too_many")          /* arg0: limit */
HM_DEFECT(DEFECT_TRUNCATED, "truncated")
HM_DEFECT(DEFECT_NUL_BYTE, "nul_byte")
HM_DEFECT(DEFECT_UTF8, "not_utf8")
HM_DEFECT(DEFECT_EMPTY, "empty")                /* a file that must hold something holds nothing */
HM_DEFECT(DEFECT_WRONG_TYPE, "wrong_type")      /* a value of another type than the format says; at: the key */
HM_DEFECT(DEFECT_MISSING_FIELD, "missing_field") /* at: the field */
HM_DEFECT(DEFECT_BAD_VALUE, "bad_value")        /* at: the field */
HM_DEFECT(DEFECT_DUPLICATE, "duplicate")        /* at: the key */
HM_DEFECT(DEFECT_UNSUPPORTED_VERSION, "unsupported_version") /* arg0: the version */
/* system */
HM_DEFECT(DEFECT_OPEN, "cannot_open")           /* sys */
HM_DEFECT(DEFECT_READ, "cannot_read")           /* sys */
HM_DEFECT(DEFECT_WRITE, "cannot_write")         /* sys */
HM_DEFECT(DEFECT_STAT, "cannot_stat")           /* sys */
HM_DEFECT(DEFECT_LIST_DIR, "cannot_list")       /* a directory; sys */
HM_DEFECT(DEFECT_SPAWN, "cannot_start")         /* a program; sys */
HM_DEFECT(DEFECT_CHANGED, "changed_while_read")
HM_DEFECT(DEFECT_NOT_FOUND, "not_found")
HM_DEFECT(DEFECT_NOT_TARGET, "not_target")     /* a target that is no directory, no archive, and no file that a detector knows */
HM_DEFECT(DEFECT_INTERRUPTED, "interrupted")
HM_DEFECT(DEFECT_WRITE_INTERRUPTED, "write_interrupted")
HM_DEFECT(DEFECT_SCAN_BUDGET, "scan_memory")    /* arg0: limit in bytes on what one scan keeps */
HM_DEFECT(DEFECT_LINKS, "dependencies_left_out") /* of the whole scan; arg0: limit */
/* jail */
HM_DEFECT(DEFECT_JAIL_SETUP, "jail_setup")      /* sys; arg0: step */
HM_DEFECT(DEFECT_WORKER_DIED, "worker_died")    /* arg0: signal, arg1: exit status */
HM_DEFECT(DEFECT_WORKER_TIMEOUT, "worker_timeout") /* arg0: limit in milliseconds */
HM_DEFECT(DEFECT_WORKER_REPLY, "worker_reply")  /* a reply that breaks the protocol or does not decode */
HM_DEFECT(DEFECT_JOB_UNKNOWN, "job_unknown")    /* arg0: job */
/* codec */
HM_DEFECT(DEFECT_JSON_SYNTAX, "json_syntax")    /* place byte */
HM_DEFECT(DEFECT_TOML_SYNTAX, "toml_syntax")   /* place byte */
HM_DEFECT(DEFECT_YAML_SYNTAX, "yaml_syntax")   /* place line */
HM_DEFECT(DEFECT_XML_SYNTAX, "xml_syntax")     /* place line */
HM_DEFECT(DEFECT_XML_DOCTYPE, "xml_doctype")   /* place line: declarations inside the document */
HM_DEFECT(DEFECT_XML_ENCODING, "xml_encoding") /* at: its name */
HM_DEFECT(DEFECT_COMPRESSED, "compressed")     /* compressed data that does not unpack */
HM_DEFECT(DEFECT_RATIO, "ratio")               /* arg0: limit; arg1: bytes written when it was passed */
HM_DEFECT(DEFECT_SQLITE, "sqlite")             /* arg0: SQLite's result code */
HM_DEFECT(DEFECT_ARCHIVE, "archive")           /* place entry */
HM_DEFECT(DEFECT_HARD_LINK, "hard_link")       /* at: the file that it stands for */
HM_DEFECT(DEFECT_NOT_ARCHIVE, "not_archive")   /* no format that is read, or its beginning is damaged */
HM_DEFECT(DEFECT_ARCHIVE_PATH, "archive_path")  /* place entry; at: the name */
HM_DEFECT(DEFECT_ENCRYPTED, "encrypted")     /* place entry */
HM_DEFECT(DEFECT_ARCHIVE_BYTES, "archive_bytes") /* arg0: limit in bytes read from one archive */
HM_DEFECT(DEFECT_FIELDS_SYNTAX, "fields_syntax") /* RFC 822-like record: a line that is neither field nor continuation */
HM_DEFECT(DEFECT_FIELDS_LINE, "fields_line_too_long") /* arg0: limit in bytes */
/* part */
HM_DEFECT(DEFECT_PURL_SCHEME, "purl_scheme")
HM_DEFECT(DEFECT_PURL_TYPE, "purl_type")
HM_DEFECT(DEFECT_PURL_NAMESPACE, "purl_namespace")
HM_DEFECT(DEFECT_PURL_NAME, "purl_name")
HM_DEFECT(DEFECT_PURL_VERSION, "purl_version")
HM_DEFECT(DEFECT_PURL_QUALIFIER, "purl_qualifier")
HM_DEFECT(DEFECT_PURL_SUBPATH, "purl_subpath")
HM_DEFECT(DEFECT_PURL_ESCAPE, "purl_escape")    /* bad percent escape */
HM_DEFECT(DEFECT_LICENCE_SYNTAX, "licence_syntax") /* place byte */
HM_DEFECT(DEFECT_SBOM, "sbom")                  /* no SBOM of a kind that is read */
HM_DEFECT(DEFECT_SBOM_FORM, "sbom_form")        /* at: a form of SBOM that is not read */
HM_DEFECT(DEFECT_PACK, "pack")                  /* a part_pack that does not check; arg0: which rule */
/* detect */
HM_DEFECT(DEFECT_DPKG_RECORD, "dpkg_record")    /* place line: a stanza that is not a package */
HM_DEFECT(DEFECT_APK_RECORD, "apk_record")      /* place line */
HM_DEFECT(DEFECT_NPM_LOCK_VERSION, "npm_lock_version") /* arg0: lockfileVersion */
HM_DEFECT(DEFECT_NPM_NO_PACKAGES, "npm_no_packages")   /* neither "packages" nor "dependencies" */
HM_DEFECT(DEFECT_LOCK_VERSION, "lock_version") /* a lock file of a format that is not known; at: the version it names */
HM_DEFECT(DEFECT_LOCK_LINE, "lock_line")     /* place line: none that this kind of lock file has; at: the line */
HM_DEFECT(DEFECT_LOCK_BINARY, "lock_binary") /* a lock file in a binary form that is not read */
HM_DEFECT(DEFECT_INCLUDE, "include")           /* at: a file that this one includes and that is not there */
HM_DEFECT(DEFECT_UNRESOLVED, "unresolved")     /* at: a variable or parent that the version depends on and that is not known */
HM_DEFECT(DEFECT_PY_METADATA, "python_metadata")
HM_DEFECT(DEFECT_ELF, "elf")                    /* place byte: headers that contradict the file; arg0: which */
HM_DEFECT(DEFECT_PE, "pe")                      /* place byte: headers that contradict the file */
HM_DEFECT(DEFECT_MACHO, "macho")                /* place byte: headers that contradict the file */
HM_DEFECT(DEFECT_PACKED, "packed_program")      /* a program that a packer has compressed as a whole */
HM_DEFECT(DEFECT_ELF_NOTE, "elf_note")          /* place byte: a package note that is none */
HM_DEFECT(DEFECT_CLR, "dotnet_metadata")        /* place byte; arg0: which */
HM_DEFECT(DEFECT_BUNDLE, "dotnet_bundle")       /* place byte; arg0: which */
HM_DEFECT(DEFECT_GO_BUILDINFO, "go_buildinfo")  /* place byte; arg0: which */
HM_DEFECT(DEFECT_RPM_HEADER, "rpm_header")     /* place byte, or entry: no rpm header */
HM_DEFECT(DEFECT_RPM_TAG, "rpm_tag")           /* tags of a header that do not hold together; at: the first, arg0: how many */
HM_DEFECT(DEFECT_PACKAGE_DATABASE, "package_database_format") /* at: a database format that is not read yet */
HM_DEFECT(DEFECT_OS_RELEASE, "os_release")      /* place line */
/* scan */
HM_DEFECT(DEFECT_IMAGE_NONE, "image_none")      /* descriptions of an image that lead to none */
HM_DEFECT(DEFECT_IMAGE_PLATFORM, "image_platform") /* at: the platforms that are there */
HM_DEFECT(DEFECT_IMAGE_BLOB, "image_blob")      /* a blob that the image names and that is not there */
HM_DEFECT(DEFECT_IMAGE_FOREIGN, "image_foreign") /* a layer that is kept elsewhere on purpose */
HM_DEFECT(DEFECT_IMAGE_OLD, "image_old")        /* a form of image before all those that are read; at: which */
/* cmd */
HM_DEFECT(DEFECT_USAGE_VERB, "usage_verb")      /* at: the word */
HM_DEFECT(DEFECT_USAGE_OPTION, "usage_option")  /* at: the option */
HM_DEFECT(DEFECT_USAGE_NEEDS_VALUE, "usage_needs_value") /* at: the option */
HM_DEFECT(DEFECT_USAGE_NO_VALUE, "usage_no_value") /* at: the option */
HM_DEFECT(DEFECT_USAGE_VALUE, "usage_value")    /* at: option=value */
HM_DEFECT(DEFECT_USAGE_OPERAND, "usage_operand") /* missing or too many; arg0: wanted at least, arg1: at most */
HM_DEFECT(DEFECT_USAGE_TWICE, "usage_twice")    /* two results to one place; at: the option */
HM_DEFECT(DEFECT_USAGE_CHOICE, "usage_choice")  /* at: an operand that is none of those expected */
