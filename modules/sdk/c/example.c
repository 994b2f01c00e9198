/* Does what its configuration says, so that every function of the SDK has a case. */
#include "wasmpipes.h"

enum { MINUTE = 60000, SHORT = 64 };
typedef int handler(wp_text body);

static int uppercase(wp_text body) {
  char *text = (char *)body.at;
  for (int i = 0; i < body.length; i++) {
    if (text[i] >= 'a' && text[i] <= 'z') text[i] -= 'a' - 'A';
  }
  return wp_pass(body);
}

static int lines(wp_text body) {
  int start = 0;
  for (int i = 0; i <= body.length; i++) {
    if (i < body.length ? body.at[i] != '\n' : i == start) continue;
    wp_emit(body.at + start, i - start);
    start = i + 1;
  }
  return body.length ? WP_ACCEPT : wp_dropped();
}

/* Names and values end with 0 each: they become NAME=VALUE,NAME=VALUE. */
static int headers(wp_text body) {
  (void)body;
  wp_text list = wp_answer(wp_header_list(0, 0));
  char *text = (char *)list.at;
  for (int i = 0, value = 0; i < list.length; i++) {
    if (text[i]) continue;
    text[i] = value ? ',' : '=';
    value = !value;
  }
  wp_text seen = wp_header((wp_text){"X-IN", 4});
  if (seen.length < 0) seen = (wp_text){"none", 4};
  wp_out_header_set("x-seen", 6, seen.at, seen.length);
  wp_emit(text, list.length ? list.length - 1 : 0);
  return WP_ACCEPT;
}

static int bare(wp_text body) {
  wp_out_headers_clear();
  wp_out_header_set("only", 4, "this", 4);
  return wp_pass(body);
}

static int key(wp_text body) {
  wp_out_key_set(body.at, body.length);
  wp_emit("keyed", 5);
  return WP_ACCEPT;
}

static int route(wp_text body) {
  wp_emit_to("other", 5, body.at, body.length);
  return WP_ACCEPT;
}

static int drop(wp_text body) {
  (void)body;
  return wp_dropped();
}

static int refuse(wp_text body) {
  char *reason = wp_room(body.length + 4);
  __builtin_memcpy(reason, "no ", 3);
  for (int i = 0; i < body.length; i++) reason[3 + i] = body.at[i];
  reason[3 + body.length] = 0;
  return wp_reject(reason);
}

static int later(wp_text body) {
  (void)body;
  return wp_retry("later", 5000);
}

static int once(wp_text body) {
  int first = wp_cache_put_if_absent(body.at, body.length, "1", 1, MINUTE);
  return first ? wp_pass(body) : wp_dropped();
}

static int put_number(char *target, long long number) {
  char digits[SHORT];
  int count = 0, length = 0;
  do digits[count++] = '0' + number % 10;
  while (number /= 10);
  while (count) target[length++] = digits[--count];
  return length;
}

static int count(wp_text body) {
  char text[SHORT];
  wp_emit(text, put_number(text, wp_cache_increment(body.at, body.length, 2, 0)));
  return WP_ACCEPT;
}

static int last(wp_text body) {
  wp_text before = wp_cached((wp_text){"last", 4});
  if (before.length < 0) before = (wp_text){"nothing", 7};
  if (body.length) {
    wp_cache_set("last", 4, body.at, body.length, MINUTE);
  } else {
    wp_cache_delete("last", 4);
  }
  return wp_pass(before);
}

static char *append(char *to, const char *text, int length) {
  while (length--) *to++ = *text++;
  return to;
}

static int failed(int code) {
  static const char *const reasons[] = {"http: malformed", "http: not allowed", "http: unreachable", "http: timed out", "http: too large"};
  return wp_reject(reasons[code < -6 || code > -2 ? 0 : -2 - code]);
}

/* The reply is the status, lines of headers, an empty line and the body. */
static int fetch(wp_text body) {
  char *request = wp_room(body.length + SHORT);
  char *end = append(append(append(request, "POST ", 5), body.at, body.length), "\nx-a: b\n\nping", 13);
  wp_text reply = wp_http((wp_text){request, (int)(end - request)});
  if (reply.length < 0) return failed(reply.length);
  static const char name[] = "content-type: ";
  char *out = wp_room(reply.length + SHORT);
  char *at = append(append(out, reply.at, 3), " ", 1);
  int i = 4;
  for (; reply.at[i] != '\n'; i++) {
    int start = i, head = sizeof name - 1;
    while (reply.at[i] != '\n') i++;
    if (wp_is((wp_text){reply.at + start, head}, name)) at = append(at, reply.at + start + head, i - start - head);
  }
  at = append(append(at, " ", 1), reply.at + i + 1, reply.length - i - 1);
  wp_emit(out, (int)(at - out));
  return WP_ACCEPT;
}

static int world(wp_text body) {
  (void)body;
  char text[SHORT], chance[4];
  wp_random(chance, sizeof chance);
  wp_log(1, "a line", 6);
  wp_metric_add("seen", 4, 2);
  int length = put_number(text, wp_now_ms());
  text[length++] = ' ';
  length += put_number(text + length, sizeof chance);
  wp_emit(text, length);
  return WP_ACCEPT;
}

static const struct {
  const char *name;
  handler *run;
} actions[] = {{"uppercase", uppercase}, {"lines", lines},  {"headers", headers}, {"bare", bare},   {"key", key},
               {"route", route},         {"drop", drop},    {"reject", refuse},   {"retry", later}, {"once", once},
               {"count", count},         {"last", last},    {"http", fetch},      {"world", world}};
static handler *action;

WP_EXPORT(on_start) int on_start(void) {
  wp_text name = wp_config("do");
  if (name.length < 0) return wp_reject("do: is needed");
  for (unsigned i = 0; i < sizeof actions / sizeof *actions; i++) {
    if (wp_is(name, actions[i].name)) action = actions[i].run;
  }
  if (action) return WP_ACCEPT;
  char *reason = wp_room(name.length + SHORT);
  *append(append(reason, "do: unknown ", 12), name.at, name.length) = 0;
  return wp_reject(reason);
}

WP_EXPORT(on_message) int on_message(void) {
  wp_marked mark = wp_mark();
  int verdict = action(wp_body());
  wp_release(mark); /* memory lives on to the next message */
  return verdict;
}
