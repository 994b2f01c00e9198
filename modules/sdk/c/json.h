/* Reads members of a JSON object in place (RFC 8259). Needs wasi-libc for numbers. */
#ifndef WASMPIPES_JSON_H
#define WASMPIPES_JSON_H
#include "wasmpipes.h"
#include <stdlib.h>
#include <string.h>

enum { WP_JSON_DEPTH = 100, WP_JSON_NUMBER_MAX = 64 };

typedef struct {
  const char *at, *end;
} wp_json_place;

static inline void wp_json_blanks(wp_json_place *p) {
  while (p->at < p->end && (*p->at == ' ' || *p->at == '\t' || *p->at == '\n' || *p->at == '\r')) p->at++;
}

static inline int wp_json_take(wp_json_place *p, char wanted) {
  if (p->at == p->end || *p->at != wanted) return 0;
  p->at++;
  return 1;
}

static inline int wp_json_hex(wp_json_place *p) {
  for (int i = 0; i < 4; i++, p->at++) {
    if (p->at == p->end || !*p->at || !strchr("0123456789abcdefABCDEF", *p->at)) return 0;
  }
  return 1;
}

static inline int wp_json_string(wp_json_place *p) {
  if (!wp_json_take(p, '"')) return 0;
  while (p->at < p->end && (unsigned char)*p->at >= ' ') {
    char c = *p->at++;
    if (c == '"') return 1;
    if (c != '\\') continue;
    if (p->at == p->end || !*p->at || !strchr("\"\\/bfnrtu", *p->at)) return 0;
    if (*p->at++ == 'u' && !wp_json_hex(p)) return 0;
  }
  return 0;
}

static inline int wp_json_digits(wp_json_place *p) {
  const char *first = p->at;
  while (p->at < p->end && *p->at >= '0' && *p->at <= '9') p->at++;
  return (int)(p->at - first);
}

static inline int wp_json_plain_number(wp_json_place *p) {
  wp_json_take(p, '-');
  if (!wp_json_take(p, '0') && !wp_json_digits(p)) return 0;
  if (wp_json_take(p, '.') && !wp_json_digits(p)) return 0;
  if (wp_json_take(p, 'e') || wp_json_take(p, 'E')) {
    if (!wp_json_take(p, '+')) wp_json_take(p, '-');
    return wp_json_digits(p) > 0;
  }
  return 1;
}

static inline int wp_json_word(wp_json_place *p, const char *word) {
  int length = wp_length(word);
  if (p->end - p->at < length || memcmp(p->at, word, length)) return 0;
  p->at += length;
  return 1;
}

static inline int wp_json_value(wp_json_place *p, int depth);

static inline int wp_json_members(wp_json_place *p, int depth, char end) {
  wp_json_blanks(p);
  if (wp_json_take(p, end)) return 1;
  do {
    wp_json_blanks(p);
    if (end == '}') {
      if (!wp_json_string(p)) return 0;
      wp_json_blanks(p);
      if (!wp_json_take(p, ':')) return 0;
      wp_json_blanks(p);
    }
    if (!wp_json_value(p, depth + 1)) return 0;
    wp_json_blanks(p);
  } while (wp_json_take(p, ','));
  return wp_json_take(p, end);
}

static inline int wp_json_value(wp_json_place *p, int depth) {
  if (p->at == p->end || depth > WP_JSON_DEPTH) return 0;
  switch (*p->at) {
  case '{':
    p->at++;
    return wp_json_members(p, depth, '}');
  case '[':
    p->at++;
    return wp_json_members(p, depth, ']');
  case '"': return wp_json_string(p);
  case 't': return wp_json_word(p, "true");
  case 'f': return wp_json_word(p, "false");
  case 'n': return wp_json_word(p, "null");
  default: return wp_json_plain_number(p);
  }
}

/* Whether all of it is JSON. */
static inline int wp_json_valid(wp_text text) {
  wp_json_place p = {text.at, text.at + text.length};
  wp_json_blanks(&p);
  if (!wp_json_value(&p, 0)) return 0;
  wp_json_blanks(&p);
  return p.at == p.end;
}

/* The value of a member of a valid object as it stands there, absent if there is none; names are compared unescaped. */
static inline wp_text wp_json_member(wp_text object, const char *name) {
  wp_text found = {0, -1};
  wp_json_place p = {object.at, object.at + object.length};
  wp_json_blanks(&p);
  if (!wp_json_take(&p, '{')) return found;
  do {
    wp_json_blanks(&p);
    wp_text key = {p.at + 1, 0};
    if (!wp_json_string(&p)) return found;
    key.length = (int)(p.at - key.at) - 1;
    wp_json_blanks(&p);
    wp_json_take(&p, ':');
    wp_json_blanks(&p);
    const char *value = p.at;
    wp_json_value(&p, 0);
    if (wp_is(key, name)) found = (wp_text){value, (int)(p.at - value)}; /* the last of several counts */
    wp_json_blanks(&p);
  } while (wp_json_take(&p, ','));
  return found;
}

/* Whether a value is a number, and which. */
static inline int wp_json_number(wp_text value, double *number) {
  wp_json_place p = {value.at, value.at + value.length};
  if (value.length <= 0 || value.length >= WP_JSON_NUMBER_MAX || !wp_json_plain_number(&p) || p.at != p.end) return 0;
  char text[WP_JSON_NUMBER_MAX];
  memcpy(text, value.at, value.length);
  text[value.length] = 0;
  *number = strtod(text, 0);
  return 1;
}
#endif
