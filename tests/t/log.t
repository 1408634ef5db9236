# Log lines: one a happening, logfmt, only when asked for; foreign bytes escaped.
file tree/x
$ $HOSHIMORI scan tree -o purls --log-level=info
! ts={{\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ}} level=info event=scan_begin target=tree
! ts={{\S+}} level=info event=scan_end components=0 gaps=0 files=1 claimed=0 denied=0 ms={{\d+}} peak_bytes={{\d+}} seccomp={{[01]}} landlock={{[01]}}
! ts={{\S+}} level=info event=written format=purls file=-
$ $HOSHIMORI scan tree -o purls --log-level=error
$ HOSHIMORI_LOG_LEVEL=error $HOSHIMORI scan "$(printf 'no\nts=0')"
! hoshimori: no\x0ats=0: cannot be opened (ENOENT: no such file or directory). Check that it exists and that you may read it.
! ts={{\S+}} level=error event=failed rc=not_found defect=cannot_open sys=2 path="no\\x0ats=0" at=""
exit 2
