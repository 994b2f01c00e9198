/* The guest side of wasmpipes_v1 for C without a library. */
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
WP_IMPORT(result_read) int wp_result_read(int offset, void *target, int length);
WP_IMPORT(out_header_set) void wp_out_header_set(const char *name, int name_length, const char *value, int value_length);
WP_IMPORT(out_key_set) void wp_out_key_set(const char *key, int length);
WP_IMPORT(emit) void wp_emit(const void *body, int length);
WP_IMPORT(emit_to) void wp_emit_to(const char *label, int label_length, const void *body, int length);
WP_IMPORT(drop) void wp_drop(void);
WP_IMPORT(fail) void wp_fail(const char *reason, int length);
WP_IMPORT(retry_after) void wp_retry_after(long long milliseconds);
WP_IMPORT(http) int wp_http_call(const void *request, int length, void *target, int capacity);

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

static inline unsigned char *wp_mark(void) { return wp_top; }
static inline void wp_release(unsigned char *mark) { wp_top = mark; }

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

static inline int wp_reject(const char *reason) {
  wp_fail(reason, wp_length(reason));
  return WP_REJECT;
}
#endif
