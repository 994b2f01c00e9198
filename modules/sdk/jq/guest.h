/* What modules that run an expression of jq share. A module defines EXPRESSION, the one it has without configuration, and
   take(). */
#include "../c/wasmpipes.h"
#include <jq.h>
#include <stdlib.h>
#include <string.h>


enum form { JSON, TEXT, MESSAGE };
enum { WHY_MAX = 1000, DEBUG = 0 };

static jq_state *program;
static jq_state *keys; /* makes the key of an output from its result, if it is configured */
static const char *compiling;
static enum form form;
static int raw; /* strings are put out as they are */

/* The SDK's own room would be malloc's. */
static char *answer(int length) {
  char *text = malloc(length + 1);
  if (!text) abort();
  wp_result_read(0, text, length);
  text[length] = 0;
  return text;
}

static char *setting(const char *key, const char *otherwise) {
  int length = wp_config_get(key, strlen(key), 0, 0);
  return length < 0 ? strdup(otherwise) : answer(length);
}

static int refuse(const char *what, const char *why) {
  char text[WHY_MAX];
  int head = strlen(what), tail = strlen(why);
  if (tail > WHY_MAX - head) tail = WHY_MAX - head;
  memcpy(text, what, head);
  memcpy(text + head, why, tail);
  wp_fail(text, head + tail);
  return WP_REJECT;
}

static void wrong(void *told, jv message) {
  if (!*(int *)told) refuse(compiling, jv_string_value(message));
  *(int *)told = 1;
  jv_free(message);
}

static void debug(void *unused, jv value) {
  (void)unused;
  jv text = jv_dump_string(value, 0);
  wp_log(DEBUG, jv_string_value(text), jv_string_length_bytes(jv_copy(text)));
  jv_free(text);
}

static int choose(char *given, const char *const *names, int count) {
  int found = 0;
  while (found < count && strcmp(given, names[found])) found++;
  free(given);
  return found;
}

static int compile(jq_state **state, const char *what, char *expression) {
  static int told;
  compiling = what;
  *state = jq_init();
  jq_set_error_cb(*state, wrong, &told);
  jq_set_debug_cb(*state, debug, 0);
  int compiled = jq_compile(*state, expression);
  free(expression);
  return compiled ? WP_ACCEPT : WP_REJECT;
}

#ifdef SETUP
static char *chosen; /* instead of what expr says */
static int setup(void); /* reads more configuration */
#endif

WP_EXPORT(on_start) int on_start(void) {
  static const char *const forms[] = {"json", "text", "message"};
  static const char *const outputs[] = {"json", "text"};
  form = choose(setting("input", "json"), forms, 3);
  raw = choose(setting("output", "json"), outputs, 2);
  if (form > MESSAGE) return refuse("input: ", "is one of json, text, message");
  if (raw > 1) return refuse("output: ", "is one of json, text");
#ifdef SETUP
  int verdict = setup();
  if (verdict != WP_ACCEPT) return verdict;
  char *expression = chosen ? chosen : setting("expr", EXPRESSION);
#else
  char *expression = setting("expr", EXPRESSION);
#endif
  if (!*expression) return refuse("expr: ", "is needed, an expression of jq such as .temp > 20");
  if (compile(&program, "expr: ", expression) != WP_ACCEPT) return WP_REJECT;
  char *key = setting("key", "");
  return *key ? compile(&keys, "key: ", key) : WP_ACCEPT;
}

static jv headers(void) {
  int length = wp_header_list(0, 0);
  char *list = answer(length);
  jv all = jv_object();
  for (int at = 0; at < length;) {
    const char *name = list + at, *value = name + strlen(name) + 1;
    jv key = jv_string(name);
    if (!jv_object_has(jv_copy(all), jv_copy(key))) { /* the first of a name, as header_get has it */
      all = jv_object_set(all, key, jv_string(value));
    } else {
      jv_free(key);
    }
    at = value + strlen(value) + 1 - list;
  }
  free(list);
  return all;
}

static jv input(const char *body, int length) {
  if (form == TEXT) return jv_string_sized(body, length);
  jv value = jv_parse_sized(body, length);
  if (form == JSON) return value;
  if (!jv_is_valid(value)) {
    jv_free(value);
    value = jv_string_sized(body, length);
  }
  return jv_object_set(jv_object_set(jv_object(), jv_string("body"), value), jv_string("headers"), headers());
}

static int rejected(const char *what, jv invalid) {
  jv message = jv_invalid_get_msg(invalid);
  if (jv_get_kind(message) != JV_KIND_STRING && jv_get_kind(message) != JV_KIND_NULL) message = jv_dump_string(message, 0);
  char *why = strdup(jv_get_kind(message) == JV_KIND_STRING ? jv_string_value(message) : "there is nothing");
  char *quote = strstr(why, " (while parsing '"); /* the whole body */
  if (quote) *quote = 0;
  int verdict = refuse(what, why);
  free(why);
  jv_free(message);
  return verdict;
}

/* What becomes of one result, which it owns, and of the message's body: a verdict, or GO_ON for the next result. */
enum { GO_ON = -1 };
static int take(jv result, const char *body, int length);

static inline int set_key(jv result) {
  jq_start(keys, result, 0);
  jv key = jq_next(keys);
  if (!jv_is_valid(key)) return rejected("key: ", key);
  if (jv_get_kind(key) != JV_KIND_STRING) key = jv_dump_string(key, 0);
  wp_out_key_set(jv_string_value(key), jv_string_length_bytes(jv_copy(key)));
  jv_free(key);
  return GO_ON;
}

static inline int emit_result(jv result) {
  int verdict = keys ? set_key(jv_copy(result)) : GO_ON;
  if (verdict != GO_ON) {
    jv_free(result);
    return verdict;
  }
  jv body = raw && jv_get_kind(result) == JV_KIND_STRING ? result : jv_dump_string(result, 0);
  wp_emit(jv_string_value(body), jv_string_length_bytes(jv_copy(body)));
  jv_free(body);
  return GO_ON;
}

static int run(jv value, const char *body, int length) {
  int verdict = GO_ON, results = 0;
  jq_start(program, value, 0);
  jv result = jq_next(program);
  for (; jv_is_valid(result); result = jq_next(program)) {
    results++;
    verdict = take(result, body, length);
    if (verdict != GO_ON) return verdict;
  }
  if (jq_halted(program)) {
    jv_free(result);
    return refuse("", "the expression halted");
  }
  if (jv_invalid_has_msg(jv_copy(result))) return rejected("", result);
  jv_free(result);
  if (!results) wp_drop();
  return WP_ACCEPT;
}

WP_EXPORT(on_message) int on_message(void) {
  int length = wp_input_len();
  char *body = malloc(length + 1);
  if (!body) abort();
  wp_input_read(0, body, length);
  jv value = input(body, length);
  int verdict = jv_is_valid(value) ? run(value, body, length) : rejected("not JSON: ", value);
  free(body);
  return verdict;
}
