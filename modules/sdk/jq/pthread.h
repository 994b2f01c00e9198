#ifndef ONE_THREAD
#define ONE_THREAD
typedef unsigned pthread_key_t;
typedef int pthread_once_t;
#define PTHREAD_ONCE_INIT 0
#define PTHREAD_KEYS 16
static inline int pthread_once(pthread_once_t *done, void (*init)(void)) {
  if (!*done) { *done = 1; init(); }
  return 0;
}
int pthread_key_create(pthread_key_t *key, void (*end)(void *));
void *pthread_getspecific(pthread_key_t key);
int pthread_setspecific(pthread_key_t key, const void *value);
#endif
