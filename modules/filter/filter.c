/* Lets messages through of which the first result of the expression is neither false nor null. */
#define EXPRESSION ""
#include "../sdk/jq/guest.h"

static int take(jv result, const char *body, int length) {
  jv_kind kind = jv_get_kind(result);
  jv_free(result);
  if (kind == JV_KIND_FALSE || kind == JV_KIND_NULL) {
    wp_drop();
  } else {
    wp_emit(body, length);
  }
  return WP_ACCEPT;
}
