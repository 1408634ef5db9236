# Wrong calls: exit status 2, what is wrong, the nearest known name, what to do; in both languages.
$ $HOSHIMORI scna .
! hoshimori: there is no such command: "scna". Did you mean scan? `hoshimori help` lists the commands.
exit 2
$ $HOSHIMORI --lang=ja scna .
! hoshimori: そのようなコマンドはありません: 「scna」。もしかして: scan。`hoshimori help` でコマンドの一覧を表示できます。
exit 2
$ $HOSHIMORI frobnicate
! hoshimori: there is no such command: "frobnicate". `hoshimori help` lists the commands.
exit 2
$ $HOSHIMORI scan . --exlude=x
! hoshimori: there is no such option: "--exlude". Did you mean --exclude? `hoshimori help` lists the options.
exit 2
$ $HOSHIMORI scan . --jobs
! hoshimori: the option needs a value: "--jobs". Give it as --option=VALUE.
exit 2
$ $HOSHIMORI scan . --jobs=0
! hoshimori: the option does not take this value: "--jobs=0". `hoshimori help` and the command's name show which values it takes.
exit 2
$ $HOSHIMORI scan . --quiet=yes
! hoshimori: the option takes no value: "--quiet". Leave the value out.
exit 2
$ $HOSHIMORI scan
! hoshimori: a wrong number of operands: at least 1 and at most 1 are expected. `hoshimori help` and the command's name show how it is used.
exit 2
$ $HOSHIMORI scan a b
! hoshimori: a wrong number of operands: at least 1 and at most 1 are expected: "b". `hoshimori help` and the command's name show how it is used.
exit 2
$ $HOSHIMORI scan . -o xml
! hoshimori: the option does not take this value: "--output=xml". `hoshimori help` and the command's name show which values it takes.
exit 2
$ $HOSHIMORI scan . -o json -o table
! hoshimori: two results cannot go to the same place: "--output=table". Give each -o a =FILE of its own; one at most may go to standard output.
exit 2
$ $HOSHIMORI scan . -o json=x -o html=x; ls
! hoshimori: two results cannot go to the same place: "--output=html=x". Give each -o a =FILE of its own; one at most may go to standard output.
$ $HOSHIMORI completion fish
! hoshimori: not one of the words that are expected here: "fish". `hoshimori help` and the command's name show which.
exit 2
$ $HOSHIMORI help scna
! hoshimori: there is no such command: "scna". Did you mean scan? `hoshimori help` lists the commands.
exit 2
# foreign bytes never reach the terminal as they are
$ $HOSHIMORI "$(printf 'a\033[31m\377')"
! hoshimori: there is no such command: "a\x1b[31m\xff". `hoshimori help` lists the commands.
exit 2
# called without anything: help, where words go
$ $HOSHIMORI 2>err; echo $?; head -1 err
| 2
| Usage: hoshimori COMMAND [OPTION]... [OPERAND]...
