package io.wasmpipes.wasm.abi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wasmpipes.Bytes;
import io.wasmpipes.PoisonException;
import io.wasmpipes.wasm.engine.HostFunction;
import io.wasmpipes.wasm.http.HttpCalls;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.event.Level;

/**
 * What the gateway offers its plug-ins beyond an Extism host, as far as a pipe has it: log, requests, configuration, and data
 * in the cache. Attributes, which plug-ins of a request share there, are none here. One thread.
 */
final class OtoroshiHost {
    static final String HTTP = "proxy_http_call";

    private static final String TEXT = "i64 i64 -> i64";
    private static final String NOTHING = "i64 -> i64";
    private static final List<Level> LEVELS = List.of(Level.TRACE, Level.DEBUG, Level.INFO, Level.WARN);

    private final ExtismHost host;
    private final Surroundings surroundings;

    OtoroshiHost(ExtismHost host, Surroundings surroundings) {
        this.host = host;
        this.surroundings = surroundings;
    }

    /** Each is there for plug-ins in JavaScript, too, which look for it elsewhere. */
    List<HostFunction> functions() {
        List<HostFunction> all = new ArrayList<>(own());
        all.addAll(new OtoroshiData(host, "").functions());
        all.addAll(new OtoroshiData(host, host.alias()).functions());
        HttpCalls calls = surroundings.http();
        if (calls != null) {
            OtoroshiHttp http = new OtoroshiHttp(host, calls);
            all.add(HostFunction.blocking(Otoroshi.MODULE, HTTP, TEXT, (memory, a) -> http.call(text(host, a))));
        }
        all.addAll(List.copyOf(all.stream().map(OtoroshiHost::forScripts).toList()));
        return all;
    }

    private static HostFunction forScripts(HostFunction function) {
        return new HostFunction(
                Otoroshi.SCRIPT_MODULE, function.name(), function.signature(), function.reach(), function.body());
    }

    private List<HostFunction> own() {
        return List.of(
                HostFunction.shared(Otoroshi.MODULE, "proxy_log", "i32 i64 i64 -> i32", (memory, a) -> {
                    host.log(level(a[0]), host.heap.read(a[1], a[2]));
                    return 0;
                }),
                HostFunction.shared(Otoroshi.MODULE, "proxy_log_event", TEXT, (memory, a) -> event(text(host, a))),
                of("proxy_config", NOTHING, a -> host.heap.put(EventJson.write(config()))),
                of("proxy_get_attrs", NOTHING, a -> 0),
                of("proxy_get_attr", TEXT, a -> 0),
                of("proxy_set_attr", TEXT, a -> 0),
                of("proxy_del_attr", TEXT, a -> 0),
                of("proxy_clear_attrs", NOTHING, a -> 0));
    }

    private static HostFunction of(String name, String signature, ExtismHost.Body body) {
        return HostFunction.of(Otoroshi.MODULE, name, signature, (memory, a) -> body.call(a));
    }

    /** The bytes that a call passes by offset and length. */
    static Bytes text(ExtismHost host, long[] a) throws PoisonException {
        return host.heap.read(a[0], a[1]);
    }

    private static Level level(long number) {
        return number >= 0 && number < LEVELS.size() ? LEVELS.get((int) number) : Level.ERROR;
    }

    private long event(Bytes text) throws PoisonException {
        JsonNode event =
                EventJson.parsed(text).orElseThrow(() -> new PoisonException("logged an event that is no JSON"));
        String line =
                event.path("function").asText("") + ": " + event.path("message").asText("");
        host.log(level(event.path("level").asInt(1)), Bytes.utf8(line));
        return 0;
    }

    private ObjectNode config() {
        ObjectNode config = EventJson.object();
        surroundings.config().forEach(config::put);
        return config;
    }
}
