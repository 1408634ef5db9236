# What people need when something is wrong. Sanitizers and the sandbox exclude each other.
need test -z "$HM_SANITIZED"
$ LC_ALL=C LANG=ja_JP.UTF-8 $HOSHIMORI doctor
| Version                  hoshimori {{\d+\.\d+\.\d+}}
| Linux kernel             {{\d.*}}
| Cores                    {{\d+}}
| Language                 en (LC_ALL=C)
| Worker program           {{/.*/worker}}
| Sandbox: seccomp         yes
| Sandbox: no_new_privs    yes
| Sandbox: limits          yes
| Sandbox: Landlock        {{(yes, version \d+|not in this kernel.*)}}
|
| A scan can run here.
$ LC_ALL=ja_JP.UTF-8 $HOSHIMORI doctor
| バージョン               hoshimori {{\d+\.\d+\.\d+}}
| Linux カーネル           {{\d.*}}
| コア数                   {{\d+}}
| 言語                     ja (LC_ALL=ja_JP.UTF-8)
| 処理プログラム           {{/.*/worker}}
| 隔離: seccomp            あり
| 隔離: no_new_privs       あり
| 隔離: 資源の上限         あり
| 隔離: Landlock           {{(あり \(バージョン \d+\)|このカーネルにはありません.*)}}
|
| この機器でスキャンを実行できます。
# without its worker: said, with exit status 4, by doctor and by a scan
$ cp $HOSHIMORI alone; ./alone doctor > out; echo $?; tail -1 out
| 4
| A scan cannot run here with the full sandbox. What is missing is listed above.
any stderr
$ ./alone scan .
! hoshimori: worker: the program cannot be started{{.*}}. Check the installation: `hoshimori doctor` shows where programs are looked for.
exit 4
