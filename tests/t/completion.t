# The bash completion, used as bash uses it (it cuts words at "=").
need bash -c 'type compgen'
file c.bash
  eval "$($HOSHIMORI completion bash)"
  try() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _hoshimori 2>/dev/null; printf "<%s>" "${COMPREPLY[@]}"; echo; }
  try hoshimori sc
  try hoshimori ''
  try hoshimori scan --ga
  try hoshimori scan --gaps = ''
  try hoshimori scan --gaps o
  try hoshimori scan -o cy
  try hoshimori scan -o json = c.b
  try hoshimori scan dir
  try hoshimori scan --lang j
  try hoshimori doctor --jo
  try hoshimori completion z
  try hoshimori help d
$ mkdir directory 'dir two'; bash c.bash
| <scan>
| <scan><detectors><doctor><help><version><completion>
| <--gaps=>
| <fail><ok>
| <ok>
| <cyclonedx>
| <c.bash>
| <{{dir two><directory|directory><dir two}}>
| <ja>
| <>
| <zsh>
| <detectors><doctor>
$ $HOSHIMORI completion bash | bash -n
$ $HOSHIMORI completion zsh | head -1
| #compdef hoshimori
