package io.wasmpipes.app;

import io.wasmpipes.adapter.http.HttpIngress.Answer;
import io.wasmpipes.adapter.http.HttpIngress.Handler;
import io.wasmpipes.adapter.http.HttpIngress.Request;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * How the ports of sources behave whatever listens there: they answer health probes as the original did, say
 * {@code Connection: close} while the process is leaving, and let nothing in once it drains. Thread-safe.
 */
final class Conduct {
    private static final Answer OK = Answer.text(200, "ok");
    private static final Answer UNHEALTHY = Answer.text(500, "unhealthy");
    private static final Answer GONE = closing(Answer.text(503, "going away"));

    private final Health health;
    private volatile boolean leaving;
    private volatile boolean draining;

    Conduct(Health health) {
        this.health = health;
    }

    /** From now on connections are closed after their next answer. */
    void leave() {
        leaving = true;
    }

    /** From now on nothing is let in. */
    void drain() {
        draining = true;
    }

    CompletionStage<Answer> handle(@Nullable Handler handler, Request request) {
        String path = request.path();
        if (path.startsWith("/health")) {
            Answer answer = probe(path);
            if (answer != null) {
                return CompletableFuture.completedFuture(answer);
            }
        }
        if (handler == null || draining) {
            return CompletableFuture.completedFuture(GONE);
        }
        CompletionStage<Answer> answer = handler.handle(request);
        return leaving ? answer.thenApply(Conduct::closing) : answer;
    }

    private @Nullable Answer probe(String path) {
        return switch (path) {
            case "/healthz/liveness", "/health/liveness" -> health.live() ? OK : UNHEALTHY;
            case "/healthz/readiness", "/health/readiness" -> health.ready() ? OK : UNHEALTHY;
            default -> null;
        };
    }

    private static Answer closing(Answer answer) {
        return new Answer(answer.status(), answer.headers(), answer.body(), true);
    }
}
