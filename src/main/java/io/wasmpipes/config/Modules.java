package io.wasmpipes.config;

import io.wasmpipes.ConfigException;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Problems;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The chain of modules and where they come from.
 *
 * @param origins where references lead
 * @param chain in order; empty passes messages through
 * @param http the requests that modules may make
 * @param reload WASM_RELOAD: how often to look for a changed module; empty for never
 */
public record Modules(Origins origins, List<Entry> chain, Calls http, Optional<Duration> reload) {
    public Modules {
        chain = List.copyOf(chain);
    }

    /**
     * The modules that these variables name; nothing else of them is looked at.
     *
     * @throws ConfigException with every problem there is
     */
    public static Modules of(Map<String, String> variables) throws ConfigException {
        Problems problems = new Problems();
        Modules modules = new ModulesParser(new Values(new Env(variables), problems)).parse();
        problems.throwIfAny();
        return modules;
    }

    /**
     * The requests that modules may make.
     *
     * @param hosts WASM_ALLOW_HTTP; empty for none
     * @param secrets WASM_HTTP_SECRETS: lines of a host and a header that is added to requests for it
     */
    public record Calls(List<String> hosts, List<Secret> secrets) {
        /** None at all. */
        public static final Calls NONE = new Calls(List.of(), List.of());

        public Calls {
            hosts = List.copyOf(hosts);
            secrets = List.copyOf(secrets);
        }
    }

    /**
     * One module of the chain.
     *
     * @param alias its name in metrics, logs and dead letters; unique in the chain
     * @param variable where its reference comes from, for messages: {@code MODULE_HOT_URI} or {@code WASM_MODULES}
     * @param reference a URI, a path, or a name under WASM_BLOB_URI: the module store tells them apart
     * @param config what the guest reads with {@code config_get}; may hold secrets
     * @param abi overrides the detected ABI
     * @param function overrides the exported function
     * @param bounds with the module's own overrides applied
     */
    public record Entry(
            String alias,
            String variable,
            String reference,
            Map<String, String> config,
            Optional<String> abi,
            Optional<String> function,
            Bounds bounds) {
        public Entry {
            config = Map.copyOf(config);
        }

        /** Names the configuration's keys, not its values. */
        @Override
        public String toString() {
            return alias + "=" + Endpoint.redact(reference) + " config=" + new TreeMap<>(config).keySet() + " "
                    + bounds;
        }
    }

    /** The bounds of one instance: bytes of memory; and of one message: time, outputs, their bytes. */
    public record Bounds(
            long memory, Duration timeout, int outputs, long outputBytes, int cacheWrites, long cacheBytes) {}
}
