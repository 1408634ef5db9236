#pragma once
/* jail_test_jobs - numbers that jail_test.c and jail_test_worker.c share. */
enum {
    JOB_ECHO = 0, /* name|extra|content */
    JOB_SUM,
    JOB_FAILING,
    JOB_SILENT_FAILURE,
    JOB_LARGE,
    JOB_ARENA_BOMB,
    JOB_OUT_BOMB,
    JOB_HEAP_BOMB,
    JOB_SPIN,
    JOB_SEGV,
    JOB_ABORT,
    JOB_EXIT,
    JOB_ENVIRONMENT,
    JOB_DESCRIPTORS, /* the open ones, by number */
    JOB_ESCAPE,
    JOB_HOSTILE,
    JOB_PARTS, /* param parts of 100,000 bytes, then the content; at "die" it dies instead */
    JOB_COUNT
};
enum {
    ESCAPE_OPEN = 0,
    ESCAPE_OPENAT2,
    ESCAPE_SOCKET,
    ESCAPE_FORK,
    ESCAPE_EXEC,
    ESCAPE_EXEC_MMAP,
    ESCAPE_EXEC_MPROTECT,
    ESCAPE_MMAP_FILE,
    ESCAPE_KILL_PARENT,
    ESCAPE_TGKILL_OTHER,
    ESCAPE_PTRACE,
    ESCAPE_WRITE_RING,
    ESCAPE_WRITE_STDOUT,
    ESCAPE_CLOSE_SOCKET,
    ESCAPE_STAT,
    ESCAPE_PRCTL,
    ESCAPE_IOCTL,
    ESCAPE_X32,
    ESCAPE_I386,
    ESCAPE_COUNT
};
enum {
    HOSTILE_RANDOM = 0,
    HOSTILE_SHORT,
    HOSTILE_EMPTY,
    HOSTILE_OVERSIZED,
    HOSTILE_WRONG_SEQ,
    HOSTILE_SECOND_HELLO,
    HOSTILE_HUGE_TOTAL,
    HOSTILE_ANSWERS_TWICE,
    HOSTILE_HALF,
    HOSTILE_FLOOD,
    HOSTILE_DESCRIPTOR,
    HOSTILE_COUNT
};
