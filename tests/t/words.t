# Words that are never said about a user's own state: in no output of ours, in no language.
file tree/package-lock.json
  { "name": "a", "lockfileVersion": 3, "packages": { "node_modules/b": { "version": "1" } } }
file bad/package-lock.json
  {
file en
  certified
  compliant
  secure
  proven
  no vulnerabilities
file ja
  取得
  認証
  認定
  合格
  適合
  準拠
  相当
  達成
  公認
  保証
  証明
  監査済み
  安全です
  問題ありません
  脆弱性なし
  報告不要
  違反
  全台
$ for l in en ja; do
+   { for v in '' scan doctor help version completion; do $HOSHIMORI --lang=$l help $v; done
+     $HOSHIMORI --lang=$l help --man; $HOSHIMORI --lang=$l completion zsh; $HOSHIMORI --lang=$l doctor
+     for t in tree bad; do for f in table html csv json; do $HOSHIMORI --lang=$l scan $t -o $f; done; done
+     $HOSHIMORI --lang=$l scan tree -o csv=x; $HOSHIMORI --lang=$l scna; $HOSHIMORI --lang=$l scan nowhere; } > all.$l 2>&1
+   test $(wc -c < all.$l) -gt 20000 || echo "too little to judge"
+   grep -n -i -w -f en all.$l; grep -n -f ja all.$l
+ done; true
