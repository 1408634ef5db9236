# A small tree: formats, files, exit statuses, gaps.
file tree/package-lock.json
  {
    "name": "shop", "version": "1.0.0", "lockfileVersion": 3,
    "packages": {
      "": { "name": "shop", "version": "1.0.0", "dependencies": { "left-pad": "^1.3.0" } },
      "node_modules/left-pad": { "version": "1.3.0", "license": "WTFPL" }
    }
  }
$ $HOSHIMORI scan tree -o purls
| pkg:npm/left-pad@1.3.0
$ $HOSHIMORI scan tree -o purls=out.txt; cat out.txt
! {{\d+ parts?, 0 gaps, .*}}
! wrote out.txt
| pkg:npm/left-pad@1.3.0
$ $HOSHIMORI -q scan tree -o purls=out.txt -o cyclonedx:1.5=out.json; grep -c specVersion.*1.5 out.json
| 1
$ LC_ALL=ja_JP.UTF-8 $HOSHIMORI scan tree -o purls=out.txt
! {{部品 \d+ 件、読み取れなかったもの 0 件、.*}}
! 書き出しました: out.txt
# same input, same bytes
$ export SOURCE_DATE_EPOCH=1700000000
+ $HOSHIMORI -q scan tree -o cyclonedx=a.json -o json=a -o html=a.html -o csv=a.csv
+ $HOSHIMORI -q scan tree -o cyclonedx=b.json -o json=b -o html=b.html -o csv=b.csv
+ cmp a.json b.json && cmp a b && cmp a.html b.html && cmp a.csv b.csv && echo same
| same
$ $HOSHIMORI -q scan tree --serial=random -o cyclonedx=c.json; cmp -s a.json c.json || echo differs
| differs
$ $HOSHIMORI scan tree --subject=webshop --subject-version=2.0 -o cyclonedx | grep -A3 bom-ref.*subject
|       "bom-ref": "hoshimori:subject",
|       "name": "webshop",
|       "version": "2.0"
|     }
$ $HOSHIMORI scan tree/. -o cyclonedx | grep -A1 bom-ref.*subject
|       "bom-ref": "hoshimori:subject",
|       "name": "tree"
# nothing there: done, and an empty list
$ mkdir empty; $HOSHIMORI scan empty -o purls
# a file that cannot be made is known before the scan
$ $HOSHIMORI scan tree -o json=no/such/folder
! hoshimori: no/such/folder: cannot be written (ENOENT: no such file or directory). Check that the folder exists, that you may write there and that there is space.
exit 4
$ $HOSHIMORI scan tree -o cyclonedx > /dev/full
! hoshimori: standard output: cannot be written (ENOSPC: no space left on the device). Check that the folder exists, that you may write there and that there is space.
exit 4
# exclusion, by option and by variable
$ $HOSHIMORI scan . --exclude 'tree' -o purls
$ HOSHIMORI_EXCLUDE='x,tree' $HOSHIMORI scan . -o purls
$ HOSHIMORI_OUTPUT=purls $HOSHIMORI scan .
| pkg:npm/left-pad@1.3.0
# what cannot be read is a gap
file broken/package-lock.json
  { "lockfileVersion": 3, "packages": {
$ $HOSHIMORI scan broken -o purls
exit 3
$ $HOSHIMORI scan broken -o purls --gaps=ok
$ HOSHIMORI_GAPS=ok $HOSHIMORI scan broken -o purls
$ HOSHIMORI_GAPS=ok $HOSHIMORI scan broken -o purls --gaps=fail
exit 3
$ $HOSHIMORI scan broken -o json | grep -c '"defect": "truncated"'
| 1
# over a limit
$ $HOSHIMORI scan tree -o purls --max-file-bytes=1K; head -c 2000 /dev/zero | tr '\0' ' ' >> tree/package-lock.json; $HOSHIMORI scan tree -o purls --max-file-bytes=1K
| pkg:npm/left-pad@1.3.0
exit 3
# both wrong: the worse status wins
$ $HOSHIMORI scan broken -o csv > /dev/full
exit 4
any stderr
