#include "../sdk/c/wasmpipes.h"

/* Configuration, read once: it outlives every message. */
static wp_text name, value, route_by, drop_if;

WP_EXPORT(on_start) int on_start(void) {
  name = wp_config("header");
  value = wp_config("value");
  route_by = wp_config("route_by");
  drop_if = wp_config("drop_if");
  return (name.length < 0) != (value.length < 0); /* both or neither */
}

static int is_label(wp_text text) {
  for (int i = 0; i < text.length; i++) {
    char c = text.at[i];
    int letter = c >= 'a' && c <= 'z';
    int other = (c >= '0' && c <= '9') || c == '_';
    if (!letter && !(other && i > 0)) return 0;
  }
  return text.length > 0;
}

static int forward(void) {
  if (drop_if.length > 0 && wp_header(drop_if).length >= 0) {
    wp_drop();
    return WP_ACCEPT;
  }
  wp_text label = {0, -1};
  if (route_by.length > 0) label = wp_header(route_by);
  if (label.length >= 0 && !is_label(label)) return wp_reject("the routing header is not a label");
  wp_text body = wp_body();
  if (name.length >= 0) wp_out_header_set(name.at, name.length, value.at, value.length);
  if (label.length >= 0) {
    wp_emit_to(label.at, label.length, body.at, body.length);
  } else {
    wp_emit(body.at, body.length);
  }
  return WP_ACCEPT;
}

WP_EXPORT(on_message) int on_message(void) {
  unsigned char *mark = wp_mark();
  int verdict = forward();
  wp_release(mark);
  return verdict;
}
