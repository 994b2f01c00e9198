/* Lets every key through once in a while: exact across lanes and pods, because keys are claimed in the shared cache. */
#define EXPRESSION ""
#define SETUP
#include "../sdk/jq/guest.h"
#include <stdio.h>

enum { LONGEST_SECONDS = 315360000 };
static char *by_header;
static long long ttl;

static char *filled(const char *pattern, const char *first, const char *second) {
  int room = strlen(pattern) + strlen(first) + strlen(second) + 1;
  char *text = malloc(room);
  if (!text) abort();
  snprintf(text, room, pattern, first, second);
  return text;
}

/* A member of an object that is a text or a number. */
static char *field_expression(const char *field) {
  jv name = jv_dump_string(jv_string(field), 0), why = jv_dump_string(jv_string_fmt("no text or number under %s", field), 0);
  char *text = filled("(objects | .[%s] | strings, numbers) // error(%s)", jv_string_value(name), jv_string_value(why));
  jv_free(name);
  jv_free(why);
  return text;
}

static int setup(void) {
  char *expression = setting("expr", ""), *field = setting("field", ""), *seconds = setting("ttl_seconds", "3600"), *end;
  by_header = setting("header", "");
  ttl = strtoll(seconds, &end, 10) * 1000;
  if (*end || ttl <= 0 || ttl > LONGEST_SECONDS * 1000LL) return refuse("ttl_seconds: ", "must be a number of seconds above 0");
  if (!!*expression + !!*field + !!*by_header != 1) return refuse("", "one of expr, field and header makes the key");
  if (*by_header) {
    form = TEXT; /* the body need not be JSON */
    chosen = strdup(".");
  } else if (*field) {
    chosen = field_expression(field);
  } else {
    chosen = filled("first(%s%s\n) // error(\"expr made no key\")", expression, "");
  }
  return WP_ACCEPT;
}

static int claim(const char *key, int length, const char *body, int body_length) {
  char *name = malloc(length + 6);
  if (!name) abort();
  memcpy(name, "dedup:", 6);
  memcpy(name + 6, key, length);
  if (wp_cache_put_if_absent(name, length + 6, "1", 1, ttl)) {
    wp_emit(body, body_length);
  } else {
    wp_metric_add("duplicates", 10, 1);
    wp_drop();
  }
  free(name);
  return WP_ACCEPT;
}

static int take(jv result, const char *body, int length) {
  if (*by_header) {
    jv_free(result);
    int bytes = wp_header_get(by_header, strlen(by_header), 0, 0);
    if (bytes < 0) {
      char *why = filled("the header %s is missing%s", by_header, "");
      int verdict = refuse(why, "");
      free(why);
      return verdict;
    }
    char *key = answer(bytes);
    int verdict = claim(key, bytes, body, length);
    free(key);
    return verdict;
  }
  if (jv_get_kind(result) != JV_KIND_STRING) result = jv_dump_string(result, 0);
  int verdict = claim(jv_string_value(result), jv_string_length_bytes(jv_copy(result)), body, length);
  jv_free(result);
  return verdict;
}
