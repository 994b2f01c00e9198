package io.wasmpipes.e2e;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Faults of all kinds between confirm, commit and settle, in random order, many times. */
class CacheSoak {
    @Test
    void counters_and_keys_stay_exact_through_sixty_faults() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<CacheRun.Fault> kinds = List.of(CacheRun.Fault.values());
        List<CacheRun.Fault> faults = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            faults.add(kinds.get(random.nextInt(kinds.size())));
        }
        try (CacheRig rig = new CacheRig()) {
            CacheRun.go(rig, new CacheRun.Plan(6000, faults, seed));
        }
    }
}
