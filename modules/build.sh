#!/bin/sh
# Builds every guest module into its folder. With --check builds into a temporary folder and compares byte for byte.
set -eu
cd "$(dirname "$0")"

need() {
  command -v "$1" >/dev/null 2>&1 || { echo "modules need $1: $2" >&2; exit 1; }
}
need node "apt-get install nodejs npm"
need npm "apt-get install npm"
need clang "apt-get install clang lld"
need wasm-ld "apt-get install lld"
need go "go.dev, 1.24 or later"
need cargo "apt-get install cargo"
need /usr/bin/rustc "apt-get install rustc libstd-rust-dev-wasm32" # Debian's, so that everybody's is the same
[ -f /usr/include/wasm32-wasi/stdio.h ] || need wasi-libc "apt-get install wasi-libc libclang-rt-dev-wasm32"
[ -x node_modules/.bin/asc ] || npm ci --no-audit --no-fund --loglevel=error

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
out=.
if [ "${1:-}" = --check ]; then
  out=$work/check
fi

# Crates are fetched by any cargo, compiled by Debian's.
rust() { # folder crate target
  mkdir -p "$out/$(dirname "$3")" "$work/rust"
  (
    cd "$1"
    cargo vendor --locked "$work/rust/vendor-$2" >"$work/rust/$2.toml"
    RUSTC=/usr/bin/rustc RUSTFLAGS="--remap-path-prefix=$work=. --remap-path-prefix=$(cd .. && pwd)=." /usr/bin/cargo build --quiet --release --offline \
      --locked --config "$work/rust/$2.toml" --target wasm32-unknown-unknown --target-dir "$work/rust/target"
  )
  cp "$work/rust/target/wasm32-unknown-unknown/release/$2.wasm" "$out/$3"
  chmod 644 "$out/$3"
}

go_module() { # folder package target
  mkdir -p "$out/$(dirname "$3")"
  target=$(cd "$out" && pwd)/$3
  (cd "$1" && GOTOOLCHAIN=go1.26.8 GOOS=wasip1 GOARCH=wasm go build -trimpath -buildvcs=false -ldflags='-s -w' \
    -buildmode=c-shared -o "$target" "$2")
  chmod 644 "$target"
}

# The first ABI restores its guest after every message, so nothing need ever be freed: the stub runtime.
assemblyscript() { # module without its ending, runtime
  mkdir -p "$out/$(dirname "$1")"
  node_modules/.bin/asc "$1.ts" -o "$out/$1.wasm" -O3 --runtime "$2" --use abort=
}
c() {
  mkdir -p "$out/$(dirname "$1")"
  clang --target=wasm32 -std=c17 -O2 -Wall -Wextra -Werror -nostdlib -Wl,--no-entry -Wl,--strip-all \
    -Wl,-z,stack-size=16384 -o "$out/$1.wasm" "$1.c"
  chmod 644 "$out/$1.wasm"
}

# With jq itself and its regular expressions; memory for a body and what the expression makes of it comes from malloc.
jq() {
  mkdir -p "$out/$1"
  clang --target=wasm32-wasi -isystem /usr/include/wasm32-wasi -std=gnu17 -O2 -Wall -Wextra -Werror -I"$work/jq/include" \
    -mexec-model=reactor -Wl,--strip-all -Wl,-z,stack-size=1048576 -o "$out/$1/$1.wasm" "$1/$1.c" "$work"/jq/*.o \
    -lwasi-emulated-signal
  chmod 644 "$out/$1/$1.wasm"
}

assemblyscript uppercase/uppercase stub
assemblyscript hot/hot stub
assemblyscript cold/cold stub
assemblyscript dedup-name/dedup-name stub
assemblyscript vowels/vowels incremental
assemblyscript lookup/lookup incremental
assemblyscript address/address incremental
c tag/tag
assemblyscript sdk/assemblyscript/example incremental
c sdk/c/example
rust sdk/rust/example example sdk/rust/example.wasm
go_module sdk/go ./example sdk/go/example.wasm
rust redact redact redact/redact.wasm
go_module validate . validate/validate.wasm
sdk/jq/build.sh "$work/jq"
for module in count dedup filter map route split; do
  jq "$module"
done

[ "$out" = . ] && exit 0
status=0
for built in "$out"/*/*.wasm "$out"/sdk/*/*.wasm; do
  file=${built#"$out"/}
  if cmp -s "$built" "$file"; then
    echo "same $file"
  else
    echo "DIFFERS $file: run make modules and commit it" >&2
    status=1
  fi
done
exit $status
