# The manual page, in both languages: no complaint from groff, no line over the terminal's width.
need groff -v && man --version
$ for l in en ja; do
+   $HOSHIMORI help --man --lang=$l > hoshimori.$l.1
+   MANWIDTH=80 man --warnings -l hoshimori.$l.1 > $l.txt 2> $l.err
+   cat $l.err
+   grep -q -- --one-file-system $l.txt && echo good
+ done
| good
| good
$ grep -c . en.txt ja.txt | sed 's/:[0-9][0-9][0-9]$/ has a hundred lines or more/'
| en.txt has a hundred lines or more
| ja.txt has a hundred lines or more
$ python3 -c 'print(*[l for l in open("en.txt", encoding="utf-8") if len(l) > 81], sep="", end="")'
