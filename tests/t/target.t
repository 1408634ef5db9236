# A target that is not there, or that is nothing to scan, is wrong usage (2).
file plain
  text
$ $HOSHIMORI scan nowhere
! hoshimori: nowhere: cannot be opened (ENOENT: no such file or directory). Check that it exists and that you may read it.
exit 2
$ $HOSHIMORI scan plain
! hoshimori: plain: neither a directory nor an archive, and no detector knows this file. Name a directory, an archive or image, a lock file, or `-` for a tar on standard input.
exit 2
$ $HOSHIMORI scan plain --lang ja
! hoshimori: plain: フォルダーでもアーカイブでもなく、検出器の知るファイルでもありません。フォルダー、アーカイブ、イメージ、ロックファイル、または標準入力の tar を表す `-` を指定してください。
exit 2
$ $HOSHIMORI scan ''
! hoshimori: {{.*}}
exit 2
