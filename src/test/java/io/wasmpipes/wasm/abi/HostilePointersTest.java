package io.wasmpipes.wasm.abi;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.wasmpipes.Bytes;
import io.wasmpipes.Headers;
import io.wasmpipes.Message;
import io.wasmpipes.PoisonException;
import io.wasmpipes.Scope;
import io.wasmpipes.State;
import io.wasmpipes.cases.MemoryState;
import io.wasmpipes.support.Wat;
import io.wasmpipes.wasm.engine.Ambience;
import io.wasmpipes.wasm.engine.Engine;
import io.wasmpipes.wasm.engine.GuestLimits;
import io.wasmpipes.wasm.engine.HostFunction;
import io.wasmpipes.wasm.engine.Program;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * Every host function of every ABI, called with every combination of sound and hostile numbers. The guest reads the
 * arguments from configuration, so that one guest serves all combinations of a function.
 */
class HostilePointersTest {
    private static final int END = 65_536;
    private static final List<Integer> NUMBERS =
            List.of(0, 3, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, END, END + 1, END - 2, 0xFFFFFFF0);
    private static final Set<String> WITHOUT_POINTERS =
            Set.of("input_len", "out_headers_clear", "drop", "retry_after", "now_ms");
    private static final Surroundings SURROUNDINGS = new Surroundings(
            Map.of(),
            new GuestLimits(1 << 20, Duration.ofSeconds(5)),
            new OutputLimits(10, 1 << 20),
            new CacheLimits(100, 1 << 24),
            InstantSource.system(),
            new Random(1),
            null);

    private static Engine engine;

    @BeforeAll
    static void open(@TempDir Path state) {
        engine = new Engine(state, new Ambience(InstantSource.system(), new Random(1)));
        ((Logger) LoggerFactory.getLogger("module.hostile")).setLevel(Level.OFF);
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    @TestFactory
    Stream<DynamicTest> hostile_numbers_are_refused_and_the_next_message_is_fine() {
        List<HostFunction> functions = new ArrayList<>(V1Session.functions(new Desk(), SURROUNDINGS, (l, t) -> {}));
        functions.addAll(V0Session.functions(new Desk(), (level, text) -> {}));
        return functions.stream()
                .filter(function -> !WITHOUT_POINTERS.contains(function.name()))
                .map(function ->
                        DynamicTest.dynamicTest(function.module() + "." + function.name(), () -> attack(function)));
    }

    private static void attack(HostFunction function) throws Exception {
        boolean v1 = function.module().equals(WasmPipesV1.MODULE);
        Abi abi = v1 ? new WasmPipesV1() : new WasmPipesV0();
        List<String> types = function.signature().parameters();
        List<List<Integer>> combinations = combinations(types.size());
        int refused = 0;
        int index = 0;
        // The guest finds the arguments of the message's number in a table of data.
        Program program = engine.compile("hostile", Wat.module(wat(function, combinations, v1)));
        abi.check(program, SURROUNDINGS);
        try (Session session = abi.open(program, abi.entry(program, null), SURROUNDINGS)) {
            for (List<Integer> combination : combinations) {
                if (!apply(session, combination.toString(), index++)) { // an accepted one may have hit the table
                    refused++;
                    assertThat(apply(session, "sound", combinations.size())).isTrue();
                }
            }
        }
        assertThat(refused).as("combinations refused").isGreaterThan(combinations.size() / 4);
        assertThat(apply(program, abi, Collections.nCopies(types.size(), -1), combinations))
                .isFalse();
    }

    private static boolean apply(Program program, Abi abi, List<Integer> wanted, List<List<Integer>> combinations)
            throws Exception {
        try (Session session = abi.open(program, abi.entry(program, null), SURROUNDINGS)) {
            return apply(session, "all of them -1", combinations.indexOf(wanted));
        }
    }

    /** Whether the message was accepted; anything but acceptance and poison with a proper reason fails the test. */
    private static boolean apply(Session session, String what, int number) throws Exception {
        byte[] body = ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(number)
                .array();
        Message message = Message.of(Bytes.wrap(body)).withHeaders(Headers.of(Map.of("abc", "value")));
        MemoryState state = new MemoryState();
        state.set("abc", Bytes.utf8("cached"), null);
        try {
            session.apply(message, new Surface(state));
            return true;
        } catch (PoisonException e) {
            assertThat(e)
                    .as(what)
                    .hasMessageMatching(
                            "passed a .* to .*|set a header whose name.*|used an empty cache key|emitted to a label.*"
                                    + "|counted a metric whose name.*|asked for more than 65536 random bytes.*"
                                    + "|made more bytes of output.*");
            assertThat(e.stage()).as(what).isEqualTo("hostile");
            return false;
        }
    }

    private static List<List<Integer>> combinations(int parameters) {
        List<List<Integer>> all = List.of(List.of());
        for (int i = 0; i < parameters; i++) {
            List<Integer> numbers = parameters > 3 ? NUMBERS.subList(1, 6) : NUMBERS;
            all = all.stream()
                    .flatMap(start -> numbers.stream().map(number -> {
                        List<Integer> longer = new ArrayList<>(start);
                        longer.add(number);
                        return longer;
                    }))
                    .toList();
        }
        return all;
    }

    private static String wat(HostFunction function, List<List<Integer>> combinations, boolean v1) {
        List<String> types = function.signature().parameters();
        StringBuilder call = new StringBuilder("(call $f");
        for (int i = 0; i < types.size(); i++) {
            String load = "(i32.load (i32.add (local.get $at) (i32.const %d)))".formatted(4 * i);
            call.append(types.get(i).equals("i64") ? "(i64.extend_i32_s " + load + ")" : load);
        }
        String made = function.signature().results().isEmpty() ? call + ")" : "(drop " + call + "))";
        String imports = v1
                ? "(import \"wasmpipes_v1\" \"input_read\" (func $read (param i32 i32 i32) (result i32)))"
                        + "(import \"wasmpipes_v1\" \"drop\" (func $drop))"
                : "(import \"pubsub\" \"getMessage\" (func $read (param i32)))";
        String read =
                v1 ? "(drop (call $read (i32.const 0) (i32.const 16) (i32.const 4)))" : "(call $read (i32.const 16))";
        String end = v1 ? "(call $drop) (i32.const 0)" : "";
        return """
                (module %s
                  (import "%s" "%s" (func $f (param %s) %s))
                  (memory (export "memory") 1)
                  (data (i32.const 0) "abcdefgh")
                  (data (i32.const 100) "%s")
                  (func (export "%s") %s (local $at i32)
                    %s
                    (local.set $at (i32.add (i32.const 100) (i32.mul (i32.load (i32.const 16)) (i32.const %d))))
                    %s %s))
                """.formatted(
                        imports,
                        function.module(),
                        function.name(),
                        String.join(" ", types),
                        function.signature().results().isEmpty()
                                ? ""
                                : "(result " + function.signature().results().getFirst() + ")",
                        table(combinations, types.size()),
                        v1 ? "on_message" : "run",
                        v1 ? "(result i32)" : "",
                        read,
                        4 * types.size(),
                        made,
                        end);
    }

    /** All combinations as little-endian numbers, and last a sound one: pointers 0, lengths 3. */
    private static String table(List<List<Integer>> combinations, int parameters) {
        List<Integer> sound = new ArrayList<>();
        for (int i = 0; i < parameters; i++) {
            sound.add(i % 2 == 0 ? 0 : 3);
        }
        StringBuilder data = new StringBuilder();
        Stream.concat(combinations.stream(), Stream.of(sound))
                .flatMap(List::stream)
                .forEach(number -> {
                    for (int shift = 0; shift < 32; shift += 8) {
                        data.append("\\%02x".formatted(number >>> shift & 0xFF));
                    }
                });
        return data.toString();
    }

    private record Surface(State state) implements Scope {
        @Override
        public void count(String name, long delta) {}
    }
}
