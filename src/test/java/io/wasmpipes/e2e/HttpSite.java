package io.wasmpipes.e2e;

import java.util.List;
import java.util.Map;

/** A hook that takes a moment for each message. */
final class HttpSite implements Site {
    private final HttpTarget target = new HttpTarget(_ -> {
        Thread.sleep(2);
        return HttpTarget.Answer.TAKE;
    });

    @Override
    public Map<String, String> asSink() {
        return Map.of("SINK_URI", "http://127.0.0.1:" + target.port() + "/hook");
    }

    @Override
    public List<Integer> arrived() {
        return target.taken().stream().map(Feed::number).toList();
    }

    @Override
    public void close() {
        target.close();
    }
}
