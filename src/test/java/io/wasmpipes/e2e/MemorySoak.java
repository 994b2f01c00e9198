package io.wasmpipes.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.support.PipeProcess;
import io.wasmpipes.support.Ports;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** {@link MemoryIT}, for five minutes: memory does not grow once the process is warm. */
class MemorySoak {
    private static final double WARM = 0.2;
    private static final double GROWTH_MAX = 1.1;

    @Test
    void resident_memory_does_not_grow_under_load() throws Exception {
        int port = Ports.free();
        try (Hook hook = Hook.slow(Duration.ofMillis(50));
                PipeProcess process = MemoryIT.start(hook, port, "16MiB")) {
            MemoryLoad load = new MemoryLoad(process, port).run(Duration.ofMinutes(5));
            System.out.println(load + " first minute=" + load.peakMiB(0, WARM) + " last=" + load.peakMiB(1 - WARM, 1));
            assertThat(load.peakMiB(0, 1)).isLessThan(MemoryIT.BOUND_MIB);
            assertThat((double) load.peakMiB(1 - WARM, 1)).isLessThan(load.peakMiB(0, WARM) * GROWTH_MAX);
            assertThat(process.terminate().exitCode()).isZero();
        }
    }
}
