package io.wasmpipes.pipe;

import io.wasmpipes.Bytes;
import io.wasmpipes.Cache.Write;
import io.wasmpipes.ConfigException;
import io.wasmpipes.Message;
import io.wasmpipes.PoisonException;
import io.wasmpipes.Scope;
import io.wasmpipes.Stage;
import io.wasmpipes.TransientException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Counts per key, drops what it has seen, sometimes refuses or asks for time. */
final class ModelStages implements Stage.Factory {
    private final World.Settings settings;
    private final ModelCache cache;
    private final boolean withoutRollBack;
    private final Map<String, Boolean> filtered;

    /**
     * @param withoutRollBack writes at once, which is wrong
     * @param filtered gets the ids of what it drops
     */
    ModelStages(World.Settings settings, ModelCache cache, boolean withoutRollBack, Map<String, Boolean> filtered) {
        this.settings = settings;
        this.cache = cache;
        this.withoutRollBack = withoutRollBack;
        this.filtered = filtered;
    }

    @Override
    public String name() {
        return "model";
    }

    @Override
    public String digest() {
        return "1";
    }

    @Override
    public Stage open() throws ConfigException {
        Random random = new Random(settings.seed() + 5);
        return new Stage() {
            @Override
            public String name() {
                return "model";
            }

            @Override
            public List<Message> apply(Message message, Scope scope)
                    throws TransientException, PoisonException, InterruptedException {
                return ModelStages.this.apply(message, scope, random);
            }

            @Override
            public void close() {}
        };
    }

    private List<Message> apply(Message message, Scope scope, Random random)
            throws TransientException, PoisonException, InterruptedException {
        String id = message.id().value();
        if (id.hashCode() % 97 == 0) {
            throw new PoisonException("model", "not this one", null);
        }
        scope.state().increment("count/" + message.key(), 1, null);
        if (!firstSight(id, scope)) {
            return List.of();
        }
        if (random.nextInt(100) < settings.faultPercent()) {
            throw TransientException.message("model fault: stage");
        }
        if (id.hashCode() % 31 == 0) {
            filtered.put(id, true);
            return List.of();
        }
        Message output = message.withHeaders(message.headers().with("name", id));
        return id.hashCode() % 11 == 0
                ? List.of(output, output.withHeaders(output.headers().with("name", id + "+")))
                : List.of(output);
    }

    private boolean firstSight(String id, Scope scope) throws TransientException, InterruptedException {
        if (withoutRollBack) {
            boolean absent = cache.get("seen/" + id) == null;
            cache.commit("sabotage/" + id, List.of(new Write.Put("seen/" + id, Bytes.EMPTY, null)), Duration.ZERO);
            return absent;
        }
        return scope.state().putIfAbsent("seen/" + id, Bytes.EMPTY, null);
    }
}
