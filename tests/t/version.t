# Version, language, and standard output that cannot be written.
$ $HOSHIMORI version
| hoshimori {{\d+\.\d+\.\d+}}
$ $HOSHIMORI --version; $HOSHIMORI -V; $HOSHIMORI scan --version
| hoshimori {{\d+\.\d+\.\d+}}
| hoshimori {{\d+\.\d+\.\d+}}
| hoshimori {{\d+\.\d+\.\d+}}
$ $HOSHIMORI help version | head -1
| Usage: hoshimori version [OPTION]...
$ LC_ALL=ja_JP.UTF-8 $HOSHIMORI help version
| 使い方: hoshimori version [OPTION]...
|
| プログラムの名前とバージョンを表示します。
|
| すべてのコマンドのオプション:
|   --lang=ja|en              表示の言語。既定はロケール (LC_ALL、LC_MESSAGES、
|                             LANG) で決まります。
|   -q, --quiet               進み具合と最後の案内を表示しません。エラーは表示しま
|                             す。
|   --color=auto|always|never
|                             標準出力の色付け。既定の auto では端末のときだけ色を
|                             付けます。
|   --log-level=none|error|info
|                             標準エラー出力にログ (logfmt) も書き出します。既定は
|                             none です。
|   -h, --help                使い方を表示して終了します。
|   -V, --version             バージョンを表示して終了します。
|
| 終了ステータス:
|   0                         完了しました。
|   1                         完了しましたが、ポリシーに合わないものがあります。
|   2                         使い方の誤りです。オプションやコマンドの誤り、TARGET
|                             がない、フォルダーではない、など。
|   3                         完了して書き出しましたが、読み切れなかったファイルが
|                             あります。--gaps=ok で 0 になります。
|   4                         必要なものがないか、拒否されました。処理プログラム、
|                             カーネルのサンドボックス、書き出し先の空き容量など。
|   70                        内部エラーです。開発元に連絡してください。
|   130                       Ctrl-C で中断されました (128 とシグナル番号の和)。何
|                             も書き出していません。
# option before variable before locale
$ LC_ALL=ja_JP.UTF-8 HOSHIMORI_LANG=en $HOSHIMORI help version | head -1
| Usage: hoshimori version [OPTION]...
$ LC_ALL=en_US.UTF-8 HOSHIMORI_LANG=en $HOSHIMORI help version --lang ja | head -1
| 使い方: hoshimori version [OPTION]...
$ LC_ALL= LC_MESSAGES=ja_JP LANG=en_US $HOSHIMORI help version | head -1
| 使い方: hoshimori version [OPTION]...
$ HOSHIMORI_LANG=de $HOSHIMORI version
! hoshimori: the option does not take this value: "HOSHIMORI_LANG=de". `hoshimori help` and the command's name show which values it takes.
exit 2
$ $HOSHIMORI help > /dev/full
! hoshimori: standard output: cannot be written (ENOSPC: no space left on the device). Check that the folder exists, that you may write there and that there is space.
exit 4
$ $HOSHIMORI version >&-
! hoshimori: standard output: cannot be written (EBADF: the file is not open). Check that the folder exists, that you may write there and that there is space.
exit 4
# a reader that goes away is no failure, and nothing is said
$ { sleep 0.2; $HOSHIMORI help --man; echo $? >&2; } | true
! 0
