/* Lets through what is hotter than 20 degrees. */
#include "wasmpipes/json.h"

static int handle(wp_text body) {
  double temp;
  if (!wp_json_valid(body)) return wp_reject("not JSON");
  if (!wp_json_number(wp_json_member(body, "temp"), &temp)) return wp_reject("temp is not a number");
  return temp > 20.0 ? wp_pass(body) : wp_dropped();
}

WP_EXPORT(on_message) int on_message(void) {
  wp_marked mark = wp_mark();
  int verdict = handle(wp_body());
  wp_release(mark); /* memory lives on to the next message */
  return verdict;
}
