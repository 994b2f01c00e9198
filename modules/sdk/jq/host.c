#include <pthread.h>
#include <stddef.h>

/* There is one thread. */
static void *values[PTHREAD_KEYS];
static pthread_key_t keys;

int pthread_key_create(pthread_key_t *key, void (*end)(void *)) {
  (void)end;
  if (keys == PTHREAD_KEYS) return 1;
  *key = keys++;
  return 0;
}

void *pthread_getspecific(pthread_key_t key) { return values[key]; }

int pthread_setspecific(pthread_key_t key, const void *value) {
  values[key] = (void *)value;
  return 0;
}

/* There are no files. */
char *realpath(const char *path, char *resolved) {
  (void)path, (void)resolved;
  return NULL;
}
