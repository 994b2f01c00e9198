package io.wasmpipes.pipe;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.support.Await;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Pipes between models that fail at random between every two hops. The seeds are printed; {@code -Dstress.seed=N} runs one
 * again, {@code -Dstress.runs=N} runs more.
 */
class PipeStressTest {
    static Stream<World.Settings> experiments() {
        Long given = Long.getLong("stress.seed");
        long first = given != null ? given : RandomGenerator.getDefault().nextInt(1_000_000) * 1000L;
        int runs = given != null ? 1 : Integer.getInteger("stress.runs", 24);
        return Stream.iterate(first, seed -> seed + 1).limit(runs).map(PipeStressTest::experiment);
    }

    static World.Settings experiment(long seed) {
        int lanes = 1 + (int) (seed % 8);
        Order order = List.of(Order.KEY, Order.KEY, Order.SOURCE, Order.NONE).get((int) (seed / 2 % 4));
        boolean sinkInOrder = seed % 2 == 0;
        int messages = order == Order.SOURCE && !sinkInOrder ? 400 : 2000;
        return new World.Settings(
                seed, lanes, 64, messages, order, sinkInOrder, (int) (seed % 5), (int) (seed / 3 % 4) * 2);
    }

    @ParameterizedTest
    @MethodSource("experiments")
    void nothing_is_lost_nor_settled_twice_nor_overtaken(World.Settings settings) throws InterruptedException {
        System.out.println("stress " + settings);
        assertThat(new World(settings).run(Await.PATIENCE)).isEmpty();
    }
}
