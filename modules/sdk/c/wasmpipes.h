/* The guest side of wasmpipes_v1 for C, with wasi-libc or without any library. Texts are UTF-8 with a length, not ended by 0. */
#ifndef WASMPIPES_H
#define WASMPIPES_H

#define WP_ACCEPT 0
#define WP_REJECT 1
#define WP_RETRY 75
#define WP_EXPORT(name) __attribute__((export_name(#name)))
#define WP_IMPORT(name) __attribute__((import_module("wasmpipes_v1"), import_name(#name)))

typedef struct {
  const char *at;
  int length; /* -1: absent */
} wp_text;

WP_IMPORT(input_len) int wp_input_len(void);
WP_IMPORT(input_read) int wp_input_read(int offset, void *target, int length);
WP_IMPORT(header_get) int wp_header_get(const char *name, int name_length, void *target, int capacity);
WP_IMPORT(config_get) int wp_config_get(const char *key, int key_length, void *target, int capacity);
WP_IMPORT(header_list) int wp_header_list(void *target, int capacity);
WP_IMPORT(result_read) int wp_result_read(int offset, void *target, int length);
WP_IMPORT(out_header_set) void wp_out_header_set(const char *name, int name_length, const char *value, int value_length);
WP_IMPORT(out_headers_clear) void wp_out_headers_clear(void);
WP_IMPORT(out_key_set) void wp_out_key_set(const char *key, int length);
WP_IMPORT(emit) void wp_emit(const void *body, int length);
WP_IMPORT(emit_to) void wp_emit_to(const char *label, int label_length, const void *body, int length);
WP_IMPORT(drop) void wp_drop(void);
WP_IMPORT(fail) void wp_fail(const char *reason, int length);
WP_IMPORT(retry_after) void wp_retry_after(long long milliseconds);
WP_IMPORT(cache_get) int wp_cache_get(const char *key, int key_length, void *target, int capacity);
WP_IMPORT(cache_set) void wp_cache_set(const char *key, int key_length, const void *value, int length, long long ttl_ms);
WP_IMPORT(cache_delete) void wp_cache_delete(const char *key, int key_length);
WP_IMPORT(cache_put_if_absent)
int wp_cache_put_if_absent(const char *key, int key_length, const void *value, int length, long long ttl_ms);
WP_IMPORT(cache_increment) long long wp_cache_increment(const char *key, int key_length, long long delta, long long ttl_ms);
WP_IMPORT(log) void wp_log(int level, const char *text, int length); /* 0 debug, 1 info, 2 warn, 3 error */
WP_IMPORT(metric_add) void wp_metric_add(const char *name, int length, long long delta);
WP_IMPORT(now_ms) long long wp_now_ms(void);
WP_IMPORT(random) void wp_random(void *target, int length);
WP_IMPORT(http) int wp_http_call(const void *request, int length, void *target, int capacity);

#ifdef __wasi__
#include <stdlib.h>

/* Room for a while, from malloc: wp_release() frees all that came after the mark. Aborts when there is none. */
typedef struct wp_block {
  struct wp_block *next;
} wp_block;
typedef wp_block *wp_marked;
static wp_marked wp_last;

static inline void *wp_room(int size) {
  wp_block *block = malloc(sizeof *block + 8 + size);
  if (!block) abort();
  block->next = wp_last;
  wp_last = block;
  return block + 2;
}

static inline wp_marked wp_mark(void) { return wp_last; }

static inline void wp_release(wp_marked mark) {
  while (wp_last != mark) {
    wp_block *block = wp_last;
    wp_last = block->next;
    free(block);
  }
}
#else
typedef unsigned char *wp_marked;
extern unsigned char __heap_base;
static unsigned char *wp_top = &__heap_base;

/* Room for a while: wp_release() takes all of it back. Traps when the memory limit is reached. */
static inline void *wp_room(int size) {
  unsigned char *room = wp_top;
  wp_top += (size + 15) & ~15;
  unsigned long have = __builtin_wasm_memory_size(0) * 65536;
  if ((unsigned long)wp_top > have) {
    unsigned long pages = ((unsigned long)wp_top - have + 65535) / 65536;
    if (__builtin_wasm_memory_grow(0, pages) == (unsigned long)-1) __builtin_trap();
  }
  return room;
}

static inline wp_marked wp_mark(void) { return wp_top; }
static inline void wp_release(wp_marked mark) { wp_top = mark; }
#endif

static inline int wp_length(const char *text) {
  int length = 0;
  while (text[length]) length++;
  return length;
}

/* Fetches an answer whose length is known by now. */
static inline wp_text wp_answer(int length) {
  wp_text text = {0, length};
  if (length >= 0) {
    char *room = wp_room(length);
    wp_result_read(0, room, length);
    text.at = room;
  }
  return text;
}

static inline wp_text wp_header(wp_text name) { return wp_answer(wp_header_get(name.at, name.length, 0, 0)); }
static inline wp_text wp_cached(wp_text key) { return wp_answer(wp_cache_get(key.at, key.length, 0, 0)); }
static inline wp_text wp_config(const char *key) { return wp_answer(wp_config_get(key, wp_length(key), 0, 0)); }

static inline wp_text wp_body(void) {
  wp_text body = {0, wp_input_len()};
  char *room = wp_room(body.length);
  wp_input_read(0, room, body.length);
  body.at = room;
  return body;
}

/* Makes a request, "GET https://host/path\nname: value\n\nbody"; needs WASM_ALLOW_HTTP. The reply has the same form, with
   the status for a first line. A length below 0 is a failure: -2 malformed, -3 not allowed, -4 unreachable, -5 timed out,
   -6 too large. */
static inline wp_text wp_http(wp_text request) { return wp_answer(wp_http_call(request.at, request.length, 0, 0)); }

static inline int wp_is(wp_text text, const char *other) {
  int length = wp_length(other);
  if (text.length != length) return 0;
  for (int i = 0; i < length; i++) {
    if (text.at[i] != other[i]) return 0;
  }
  return 1;
}

static inline int wp_pass(wp_text body) {
  wp_emit(body.at, body.length);
  return WP_ACCEPT;
}

static inline int wp_dropped(void) {
  wp_drop();
  return WP_ACCEPT;
}

/* The message may pass after some milliseconds or, with 0, when the pipe thinks fit. */
static inline int wp_retry(const char *reason, long long after_ms) {
  wp_fail(reason, wp_length(reason));
  if (after_ms > 0) wp_retry_after(after_ms);
  return WP_RETRY;
}

/* The message can never pass. */
static inline int wp_reject(const char *reason) {
  wp_fail(reason, wp_length(reason));
  return WP_REJECT;
}
#endif
