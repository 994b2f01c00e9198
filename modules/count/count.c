/* Counts messages by key: each becomes its key and how often that has come. */
#define EXPRESSION ""
#define SETUP
#include "../sdk/jq/guest.h"

enum { DAY_MS = 86400000 };
static long long ttl;

static int setup(void) {
  char *text = setting("ttl_seconds", "0"), *end;
  long long seconds = strtoll(text, &end, 10);
  int wrong = *end || end == text || seconds < 0 || seconds > 3650LL * DAY_MS / 1000;
  free(text);
  ttl = seconds * 1000;
  return wrong ? refuse("ttl_seconds: ", "must be a number of seconds, 0 for ever") : WP_ACCEPT;
}

/* Every result is a key. */
static int take(jv result, const char *body, int length) {
  (void)body, (void)length;
  jv key = jv_get_kind(result) == JV_KIND_STRING ? result : jv_dump_string(result, 0);
  const char *text = jv_string_value(key);
  int bytes = jv_string_length_bytes(jv_copy(key));
  jv name = jv_string_concat(jv_string("count:"), jv_copy(key));
  long long sum = wp_cache_increment(jv_string_value(name), jv_string_length_bytes(jv_copy(name)), 1, ttl);
  jv_free(name);
  wp_out_key_set(text, bytes);
  jv count = jv_object_set(jv_object_set(jv_object(), jv_string("key"), key), jv_string("count"), jv_number((double)sum));
  jv out = jv_dump_string(count, 0);
  wp_emit(jv_string_value(out), jv_string_length_bytes(jv_copy(out)));
  jv_free(out);
  return GO_ON;
}
