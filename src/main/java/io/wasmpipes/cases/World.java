package io.wasmpipes.cases;

import io.wasmpipes.wasm.http.HttpCalls;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Random;
import java.util.random.RandomGenerator;

/** What modules under test see of the world: a clock, chance and hosts that do as the case says. One thread. */
public final class World implements InstantSource, RandomGenerator, HttpCalls {
    private Instant now = CaseReader.NOW;
    private Random random = new Random(CaseReader.SEED);
    private Map<String, Reply> replies = Map.of();

    /** As a case has it before its first message. */
    void begin(ModuleCase test) {
        now = test.now();
        random = new Random(test.seed());
        replies = test.http();
    }

    void pass(Duration time) {
        now = now.plus(time);
    }

    @Override
    public Instant instant() {
        return now;
    }

    @Override
    public long nextLong() {
        return random.nextLong();
    }

    @Override
    public void nextBytes(byte[] bytes) {
        random.nextBytes(bytes);
    }

    @Override
    public Answer call(Call call) {
        String request = call.method() + " " + call.uri();
        Reply reply = replies.get(request);
        return reply == null ? new Failure(Reason.NOT_ALLOWED, request + " is not among the case's http") : reply;
    }
}
