package io.wasmpipes.config;

import java.util.Map;

/**
 * One entry of WASM_MODULES.
 *
 * @param inline whether it is a reference itself rather than an alias
 * @param config from its query
 * @param reserved from its query: {@code abi}, {@code function}, {@code timeout}, {@code memory}
 */
record ChainEntry(
        String alias, String reference, boolean inline, Map<String, String> config, Map<String, String> reserved) {
    static ChainEntry alias(String alias) {
        return new ChainEntry(alias, alias, false, Map.of(), Map.of());
    }
}
