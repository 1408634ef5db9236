# Interrupted: nothing is written, the status is 128 and the signal.
$ mkdir tree; echo '{"name":"a","lockfileVersion":3,"packages":{' > lock
+ i=0; while [ $i -lt 30000 ]; do echo "\"node_modules/p$i\":{\"version\":\"1.0.$i\"},"; i=$((i+1)); done >> lock
+ echo '"node_modules/z":{"version":"1"}}}' >> lock
+ i=0; while [ $i -lt 10 ]; do mkdir tree/$i; cp lock tree/$i/package-lock.json; i=$((i+1)); done
+ for s in INT TERM HUP; do
+   timeout --preserve-status -s $s 0.1 $HOSHIMORI scan tree --jobs=1 -o purls=out.txt; echo $?
+ done; ls
| 130
| 143
| 129
| lock
| tree
! hoshimori: tree: interrupted before the end; nothing was written. Run it again to get the whole result.
! hoshimori: tree: interrupted before the end; nothing was written. Run it again to get the whole result.
! hoshimori: tree: interrupted before the end; nothing was written. Run it again to get the whole result.
