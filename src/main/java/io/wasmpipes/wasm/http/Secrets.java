package io.wasmpipes.wasm.http;

import io.wasmpipes.Header;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Headers that the host adds to requests for one host and that guests never see. */
final class Secrets {
    private final Map<String, List<Header>> byHost = new HashMap<>();

    /** @param lines {@code HOST NAME: VALUE} */
    Secrets(List<String> lines) {
        for (String line : lines) {
            int blank = line.indexOf(' ');
            int colon = line.indexOf(':', blank);
            byHost.computeIfAbsent(AllowList.normal(line.substring(0, blank)), host -> new ArrayList<>(1))
                    .add(Header.of(
                            line.substring(blank, colon).strip(),
                            line.substring(colon + 1).strip()));
        }
    }

    /** The headers, with those for this host in place of any of the same name. */
    List<Header> added(List<Header> headers, String host) {
        List<Header> secrets = byHost.getOrDefault(host, List.of());
        List<Header> all = new ArrayList<>(headers);
        all.removeIf(header -> secrets.stream().anyMatch(secret -> secret.name().equalsIgnoreCase(header.name())));
        all.addAll(secrets);
        return all;
    }
}
