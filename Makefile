# Short commands for people; each does its own set-up. Everything real is in meson.build and tools/.
# O=FOLDER puts all build folders below FOLDER instead of here.

O ?= .
export O

.PHONY: build run check bench lint fuzz format install clean
.NOTPARALLEL:

build:   ## the release program, build/hoshimori
	@tools/setup --build-only
	@tools/configure build
	@ninja -C $(O)/build

run: build   ## build, scan this machine, write out/
	@tools/run-here

check:   ## plain and sanitizer builds, every test; ends with "N passed, N failed"
	@tools/setup
	@tools/check

bench: build   ## one line a figure
	@tools/bench

lint:    ## clang with -Werror, gcc -fanalyzer, clang-tidy, clang-format, rooms: the whole tree
	@tools/setup
	@tools/lint

fuzz:    ## every target, FUZZ_SECONDS (60) each, JOBS (2) at a time
	@tools/setup
	@tools/fuzz

format:  ## lays out the source, with the one version of clang-format that decides
	@tools/setup
	@tools/lint --format

install: build   ## honours PREFIX (/usr/local) and DESTDIR
	@meson install -C $(O)/build --no-rebuild

clean:   ## removes the build folders and out/
	rm -rf $(O)/build $(O)/build-check $(O)/build-san $(O)/build-fuzz $(O)/build-clang out
