/* Native C's time for what the examples of the SDKs do: copy a message, make it upper case, copy it out. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e9 + t.tv_nsec;
}

int main(int count, char **sizes) {
  for (int s = 1; s < count; s++) {
    int size = atoi(sizes[s]), rounds = 200000000 / (size + 100);
    char *in = malloc(size), *work = malloc(size), *out = malloc(size);
    memset(in, 'a', size);
    double start = now();
    for (int r = 0; r < rounds; r++) {
      memcpy(work, in, size);
      for (int i = 0; i < size; i++) {
        if (work[i] >= 'a' && work[i] <= 'z') work[i] -= 'a' - 'A';
      }
      memcpy(out, work, size);
      __asm__ volatile("" : : "r"(out) : "memory");
    }
    printf("%.0f\n", (now() - start) / rounds);
  }
  return 0;
}
