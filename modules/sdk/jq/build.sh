#!/bin/sh
# Compiles jq and oniguruma for WASI into a folder: build.sh FOLDER. Their sources are Debian's, by apt-get.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
cd "$1"

fetch() { # PACKAGE FILE SHA256
  if ! [ -f "$2" ]; then
    mkdir -p apt/lists/partial apt/cache/archives/partial
    sed -n 's/^URIs: *//p' /etc/apt/sources.list.d/*.sources 2>/dev/null | head -n 1 |
      sed "s|.*|deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] & trixie main|" >apt/sources.list
    options="-o Dir::Etc::sourcelist=$PWD/apt/sources.list -o Dir::Etc::sourceparts=- -o Dir::State::lists=$PWD/apt/lists"
    options="$options -o Dir::Cache=$PWD/apt/cache"
    # shellcheck disable=SC2086
    apt-get $options -qq update
    # shellcheck disable=SC2086 # only the upstream source counts: Debian's patches may have gone
    apt-get $options -qq source --download-only "$1" || [ -f "$2" ]
  fi
  echo "$3  $2" | sha256sum --check --quiet
  tar xzf "$2"
}
fetch jq jq_1.7.1.orig.tar.gz fc75b1824aba7a954ef0886371d951c3bf4b6e0a921d1aefc553f309702d6ed1
fetch libonig libonig_6.9.9.orig.tar.gz 001aa1202e78448f4c0bf1a48c76e556876b36f16d92ce3207eccfd61d99f2a0
jq=jq-jq-1.7.1/src
onig=oniguruma-6.9.9/src

mkdir -p include/src
cp "$here/pthread.h" "$here/config.h" include
sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/"/' -e 's/$/\\n"/' $jq/builtin.jq >include/src/builtin.inc
echo '#define JQ_VERSION "1.7.1"' >include/src/version.h
echo '#define JQ_CONFIG "wasm"' >include/src/config_opts.inc
cp $jq/jq.h $jq/jv.h include

math="ACOS ACOSH ASIN ASINH ATAN ATAN2 ATANH CBRT CEIL COPYSIGN COS COSH ERF ERFC EXP EXP2 EXPM1 FABS FDIM FLOOR FMA FMAX
  FMIN FMOD HYPOT JN LDEXP LGAMMA LOG LOG10 LOG1P LOG2 LOGB NEARBYINT NEXTAFTER NEXTTOWARD POW REMAINDER RINT ROUND SCALB
  SCALBLN SIN SINH SQRT TAN TANH TGAMMA TRUNC YN"
time="GMTIME GMTIME_R STRPTIME TIMEGM STRFTIME MKTIME GETTIMEOFDAY TM_TM_GMT_OFF"
flags="-DIEEE_8087=1 -DUSE_DECNUM=1 -DDECUSE64=1"
for name in $math $time LIBONIG MEMMEM CONFIG_H; do
  flags="$flags -DHAVE_$name=1"
done

compile() { # SOURCE OBJECT
  # shellcheck disable=SC2086
  clang --target=wasm32-wasi -isystem /usr/include/wasm32-wasi -O2 -std=gnu11 -w -D_GNU_SOURCE -D_WASI_EMULATED_SIGNAL \
    $flags -Iinclude -I$jq -I$onig -c "$1" -o "$2.o"
}
for name in builtin bytecode compile execute jv jv_alloc jv_aux jv_dtoa jv_dtoa_tsd jv_file jv_parse jv_print jv_unicode \
  lexer linker locfile parser util; do
  compile "$jq/$name.c" "jq_$name"
done
for name in decNumber decContext; do
  compile "$jq/decNumber/$name.c" "dec_$name"
done
for name in regparse regcomp regexec regenc regerror regext regsyntax regtrav regversion st onig_init unicode \
  unicode_unfold_key unicode_fold1_key unicode_fold2_key unicode_fold3_key utf8 ascii; do
  compile "$onig/$name.c" "onig_$name"
done
compile "$here/host.c" host
