# The page of detectors is what the program prints: nothing in it is written by hand.
$ $HOSHIMORI detectors --lang en | diff -q - "$SRC/docs/detectors.md" && echo same
| same
$ $HOSHIMORI detectors --lang ja | diff -q - "$SRC/docs/detectors.ja.md" && echo same
| same
