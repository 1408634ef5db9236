# A target that is not there or no directory is wrong usage (2).
file plain
  text
$ $HOSHIMORI scan nowhere
! hoshimori: nowhere: cannot be opened (ENOENT: no such file or directory). Check that it exists and that you may read it.
exit 2
$ $HOSHIMORI scan plain
! hoshimori: plain: not a directory; a directory is expected. Name the directory or root to scan.
exit 2
$ $HOSHIMORI scan plain --lang ja
! hoshimori: plain: フォルダーではありません。フォルダーを指定する必要があります。スキャンするフォルダーを指定してください。
exit 2
$ $HOSHIMORI scan ''
! hoshimori: {{.*}}
exit 2
