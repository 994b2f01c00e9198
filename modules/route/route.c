/* The first result of the expression is the label of the message: a string, or null or false for none. */
#define EXPRESSION ""
#include "../sdk/jq/guest.h"

static int take(jv result, const char *body, int length) {
  jv_kind kind = jv_get_kind(result);
  int verdict = WP_ACCEPT;
  if (kind == JV_KIND_FALSE || kind == JV_KIND_NULL) {
    wp_emit(body, length);
  } else if (kind == JV_KIND_STRING) {
    wp_emit_to(jv_string_value(result), jv_string_length_bytes(jv_copy(result)), body, length);
  } else {
    verdict = refuse("the label ", "must be a string, null or false");
  }
  jv_free(result);
  return verdict;
}
